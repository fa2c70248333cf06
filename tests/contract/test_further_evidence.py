"""Photos that parties send later: taken, looked at, and kept with the case, on both databases."""

import json

import pytest

from schemas.codec import decode, encode
from schemas.records import CaseEvidenceSent, EvidenceGathered, RefundRequested
from streams.adapters.sql.cases.erasures import SqlErasureRecords
from streams.cases.acts import AuditAct
from streams.cases.asked import Asked, Wanted
from streams.cases.record.erasure import Needs, photos_of, plan
from streams.cases.sent_evidence import SentMedium
from streams.cases.states import CaseState
from streams.casework.record.erasure import finish
from streams.errors import CaseChanged, Invalid, OperatorError, RefusedByDatabase
from tests.builders import a_medium_evidence, a_reference, an_evidence
from tests.contract.judging import NOW_MS, some_evidence, suspecting
from tests.contract.sql import Database

PHOTO = SentMedium(uri="claims/f1.jpg")


def act(by: str, after_ms: int = 1_000, note: str = "as it was") -> AuditAct:
    return AuditAct(by=by, note=note, at_ms=NOW_MS + after_ms)


@pytest.fixture
def case(database: Database) -> str:
    [decision] = database.decide(suspecting("rr-1"), some_evidence("rr-1", reference_media=[a_reference("r1")]))
    return str(decision.case_id)


def told(database: Database) -> list[CaseEvidenceSent]:
    found = [message for message in database.outbox.waiting(100) if message.topic == "case.evidence.v1"]
    assert {message.key for message in found} <= {b"b-1", b"b-17"}
    return [decode(CaseEvidenceSent, message.value) for message in found]


def read(message: CaseEvidenceSent, sha256: str = "e" * 64) -> EvidenceGathered:
    """What enrich would answer on a follow-up."""
    media = [a_medium_evidence(one.media_id, sha256=sha256) for one in message.request.claim_media]
    found = an_evidence(message.request, media=media, case_id=message.case_id, follow_up=message.follow_up)
    return decode(EvidenceGathered, encode(found))


def answered(database: Database, name: str, after_ms: int = 1_000) -> EvidenceGathered:
    database.further.send(name, act("b-1", after_ms), "buyer", [PHOTO])
    evidence = read(told(database)[-1])
    database.follow_ups.store([evidence], NOW_MS + after_ms)
    return evidence


def test_what_was_asked_for_comes_is_looked_at_and_stands_with_the_case(database: Database, case: str) -> None:
    asked = (Asked(Wanted.PAPER_CODE, "7F3K2Q"),)
    database.verdicts.decide(case, act("lin.wei"), "MORE_EVIDENCE", "DAMAGE_UNCLEAR", asked=asked, heard=True)
    before = database.counts()

    taken = database.further.send(case, act("b-1", 2_000), "buyer", [PHOTO, SentMedium(uri="v.mp4", kind="video")])

    assert taken.case.state is CaseState.AWAITING_MERCHANT
    [message] = told(database)
    assert [one.media_id for one in message.request.reference_media] == ["r1"]
    assert [(one.media_id, one.kind) for one in message.request.claim_media] == [("f1.1", "photo"), ("f1.2", "video")]
    evidence = read(message)
    assert database.follow_ups.store([evidence], NOW_MS + 3_000) == [None]
    assert database.follow_ups.store([evidence], NOW_MS + 4_000) == [None], "a repeat"
    assert [one.action for one in database.cases.show(case).audit].count("EVIDENCE_READ") == 1
    [kept] = database.cases.show(case).follow_ups
    assert (kept.number, kept.party, kept.asked, kept.evidence) == (1, "buyer", asked, evidence)
    after = database.counts()
    same = ("claims", "decisions", "cases", "request_origins", "photo_matches")
    assert {table: after[table] for table in same} == {table: before[table] for table in same}


def test_a_repeat_of_evidence_changes_nothing_and_what_nobody_sent_is_refused(database: Database, case: str) -> None:
    evidence = answered(database, case)

    database.follow_ups.store([read(told(database)[0], sha256="d" * 64)], NOW_MS + 9_000)

    assert database.cases.show(case).follow_ups[0].evidence == evidence
    unknown = an_evidence(evidence.request, case_id=case, follow_up=2)
    with pytest.raises(RefusedByDatabase, match="has no follow-up 2"):
        database.follow_ups.store([evidence, unknown], NOW_MS)


def test_a_photo_that_came_later_can_be_confirmed_as_forged(database: Database, case: str) -> None:
    answered(database, case)

    done = database.forgeries.confirm(case, act("lin.wei", 2_000), photos=["f1.1"], heard=True)

    assert database.rows("SELECT sha256 FROM forged_photos") == [("e" * 64,)]
    assert [name.rpartition(":")[2] for name in done.photos] == ["f1.1"]


def test_new_photos_of_the_buyer_are_heard_before_a_verdict_against_either(database: Database, case: str) -> None:
    database.hearings.state(case, act("m-1"), "merchant")

    reopened = database.further.send(case, act("b-1", 2_000), "buyer", [PHOTO]).case

    assert reopened.state is CaseState.AWAITING_MERCHANT
    with pytest.raises(OperatorError, match="the merchant has not been heard"):
        database.verdicts.decide(case, act("lin.wei", 3_000), "GRANT", "DAMAGE_SHOWN")
    assert reopened.due_at_ms is not None
    assert database.timers.move_due(reopened.due_at_ms) == 1
    assert database.cases.show(case).case.state is CaseState.READY


def test_an_appeal_with_new_photos_stays_an_appeal(database: Database, case: str) -> None:
    database.verdicts.decide(case, act("lin.wei"), "REFUSE", "NO_DAMAGE_SHOWN", heard=True)
    database.hearings.appeal(case, act("b-1", 2_000), "buyer")
    database.further.send(case, act("b-1", 3_000), "buyer", [PHOTO])
    database.hearings.state(case, act("m-1", 4_000), "merchant")

    with pytest.raises(OperatorError, match="can no longer be withdrawn"):
        database.hearings.withdraw(case, act("platform", 5_000))
    with pytest.raises(OperatorError, match="somebody else"):
        database.verdicts.decide(case, act("lin.wei", 5_000), "REFUSE", "NO_DAMAGE_SHOWN")
    assert database.verdicts.decide(case, act("chen.yu", 5_000), "GRANT", "DAMAGE_SHOWN").verdict == "GRANT"


def test_the_merchants_packing_video_ends_the_hearing_and_is_a_reference_that_came_after_the_claim(
    database: Database, case: str
) -> None:
    video = SentMedium(uri="packing/p1.mp4", kind="video", origin="packing")

    taken = database.further.send(case, act("m-1"), "merchant", [video])

    assert taken.case.state is CaseState.READY
    [message] = told(database)
    request: RefundRequested = message.request
    assert request.claim_media == []
    assert [(one.kind, one.origin, one.registered_at_ms) for one in request.reference_media] == [
        ("video", "packing", NOW_MS + 1_000)
    ]


def test_media_that_break_the_contract_are_refused_and_nothing_is_changed(database: Database, case: str) -> None:
    before = database.cases.show(case)
    with pytest.raises(Invalid, match="cannot be taken"):
        database.further.send(case, act("b-1"), "buyer", [SentMedium(uri="")])
    with pytest.raises(Invalid, match="id of its own"):
        database.further.send(case, act("b-1"), "buyer", [SentMedium(uri="x", media_id="c1")])
    with pytest.raises(CaseChanged):
        database.further.send(case, act("b-1"), "buyer", [PHOTO], version=7)
    assert database.cases.show(case) == before
    assert told(database) == []


def test_an_erasure_takes_what_was_read_from_later_photos_too(database: Database, case: str) -> None:
    evidence = answered(database, case)
    records = SqlErasureRecords(database.engine)
    [claim] = records.claims_of([evidence.request.person])
    sent_photo = database.cases.show(case).follow_ups[0].media[0].media_id
    photos = photos_of(claim, [])
    assert sent_photo in {photo.photo.media_id for photo in photos}

    finish(database.casework, records.begin(act("dpo")), plan(photos, Needs(open_cases=False)), [], act("dpo", 5_000))

    assert database.cases.show(case).follow_ups[0].evidence is None
    assert database.rows("SELECT photos FROM follow_ups") == [(None,)]
    database.follow_ups.store([evidence], NOW_MS + 9_000)
    assert database.cases.show(case).follow_ups[0].evidence is None
    last = json.loads(database.cases.show(case).audit[-1].payload or b"{}")
    assert sent_photo in last["photos"]
