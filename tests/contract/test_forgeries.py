"""A confirmed forgery: history, the bank of photos, and every claim that it touches; revoked, all of it is undone."""

from collections import Counter

import pytest

from schemas.records import EvidenceGathered, RefundDecided
from streams.cases.acts import AuditAct
from streams.cases.audit import verify
from streams.cases.states import CaseState
from streams.errors import CaseChanged, OperatorError
from tests.builders import a_medium_evidence, with_changes
from tests.contract.judging import NOW_MS, AJudge, bytes_of, some_evidence, suspecting
from tests.contract.sql import Database

LIN = AuditAct(by="lin.wei", note="the crack is painted in", at_ms=NOW_MS + 60_000)
CHEN = AuditAct(by="chen.yu", note="it is a real crack", at_ms=NOW_MS + 120_000)


@pytest.fixture
def forged(database: Database) -> RefundDecided:
    """The one case of a picture that two cleared claims of other buyers used as well; another claim stands apart."""
    judge = suspecting("rr-2")
    database.decide(judge, some_evidence("rr-1", buyer_id="b-1"), some_evidence("rr-9", buyer_id="b-9"))
    [case] = database.decide(judge, some_evidence("rr-2", buyer_id="b-2", like=("rr-1",)))
    database.decide(judge, some_evidence("rr-3", buyer_id="b-3", like=("rr-2",)))
    return case


def id_of(decision: RefundDecided) -> str:
    assert decision.case_id is not None
    return decision.case_id


def marks_seen(database: Database, evidence: EvidenceGathered) -> tuple[bool, list[bool]]:
    """What the judge is told of a claim: whether its own file is forged, and which of what it resembles is."""
    judge = AJudge()
    database.decide(judge, evidence)
    [question] = judge.asked
    medium = question.evidence.media[0]
    return question.marks.is_forged(medium), [question.marks.was_forged(each) for each in medium.sightings]


def test_a_confirmed_forgery_is_a_verdict_with_its_act_in_the_chain_and_an_event(
    database: Database, forged: RefundDecided
) -> None:
    done = database.forgeries.confirm(id_of(forged), LIN, heard=True)

    file = database.file_of(forged)
    assert file.case == done.case
    assert (file.case.state, file.case.verdict, file.case.decided_at_ms) == (
        CaseState.DECIDED,
        "FORGERY_CONFIRMED",
        LIN.at_ms,
    )
    assert [(entry.action, entry.actor) for entry in file.audit] == [
        ("CASE_OPENED", "system"),
        ("HEARD_ELSEWHERE", "lin.wei"),
        ("ASSIGNED", "lin.wei"),
        ("FORGERY_CONFIRMED", "lin.wei"),
    ]
    assert b"painted in" in (file.audit[-1].payload or b"")
    assert verify(file.case.case_id, file.audit) is None
    [event] = [each for each in database.events() if each.event == "DECIDED"]
    assert (event.case_id, event.verdict) == (forged.case_id, "FORGERY_CONFIRMED")


def test_it_counts_in_the_history_of_its_person_alone(database: Database, forged: RefundDecided) -> None:
    database.forgeries.confirm(id_of(forged), LIN, heard=True)

    judge = AJudge()
    database.decide(judge, some_evidence("rr-4", buyer_id="b-2"), some_evidence("rr-5", buyer_id="b-1"))
    assert [question.history.forgeries for question in judge.asked] == [1, 0]


def test_its_photo_is_known_by_its_sighting_and_by_its_bytes(database: Database, forged: RefundDecided) -> None:
    before = marks_seen(database, some_evidence("rr-4", like=("rr-2", "rr-1")))
    database.forgeries.confirm(id_of(forged), LIN, heard=True)

    resembling = some_evidence("rr-5", like=("rr-2", "rr-1"))
    same_file = some_evidence("rr-6")
    medium = with_changes(same_file.media[0], sha256=bytes_of("rr-2"))
    sighting = f"claim:rr-2:{forged.request_digest}:c1"
    unnamed = [with_changes(resembling.media[0].sightings[0], sighting_id=sighting, sha256=None)]
    by_sighting = with_changes(some_evidence("rr-7"), media=[with_changes(resembling.media[0], sightings=unnamed)])

    assert before == (False, [False, False])
    assert marks_seen(database, resembling) == (False, [True, False])
    assert marks_seen(database, with_changes(same_file, media=[medium])) == (True, [])
    assert marks_seen(database, by_sighting) == (False, [True])


def test_every_cleared_claim_of_its_cluster_becomes_a_case_of_it_and_its_answer_stays(
    database: Database, forged: RefundDecided
) -> None:
    before = database.rows("SELECT request_id, message FROM decisions ORDER BY request_id")

    done = database.forgeries.confirm(id_of(forged), LIN, heard=True)

    assert sorted(case.request_id for case in done.opened) == ["rr-1", "rr-3"]
    assert {case.reason_codes for case in done.opened} == {("LINKED_TO_FORGERY",)}
    assert database.clusters() == dict.fromkeys(("rr-1", "rr-2", "rr-3"), "rr-1")
    assert database.rows("SELECT request_id, message FROM decisions ORDER BY request_id") == before
    for case in done.opened:
        file = database.cases.show(case.case_id)
        assert file.case == case
        assert (file.case.state, file.case.opened_for) == (CaseState.AWAITING_MERCHANT, forged.case_id)
        assert file.decision.verdict == "CLEAR"
        assert [(entry.action, entry.actor) for entry in file.audit] == [("CASE_OPENED", "lin.wei")]
        assert verify(case.case_id, file.audit) is None
    opened = [each for each in database.events() if each.event == "CASE_OPENED" and each.occurred_at_ms == LIN.at_ms]
    assert {(each.case_id, each.cluster_id) for each in opened} == {(case.case_id, "rr-1") for case in done.opened}


def test_the_whole_cluster_is_listed_with_what_the_machine_said(database: Database, forged: RefundDecided) -> None:
    database.forgeries.confirm(id_of(forged), LIN, heard=True)

    name, members = database.cases.cluster(id_of(forged))

    assert name == "rr-1"
    assert [(each.request_id, each.verdict, each.case_verdict, each.buyer_id) for each in members] == [
        ("rr-1", "CLEAR", None, "b-1"),
        ("rr-2", "REVIEW", "FORGERY_CONFIRMED", "b-2"),
        ("rr-3", "CLEAR", None, "b-3"),
    ]
    assert all(each.case_id is not None for each in members)


def test_a_repeated_confirmation_changes_nothing_but_opens_what_came_since(
    database: Database, forged: RefundDecided
) -> None:
    database.forgeries.confirm(id_of(forged), LIN, heard=True)
    before = database.counts()

    again = database.forgeries.confirm(id_of(forged), CHEN)

    assert (again.repeated, again.opened, len(again.photos)) == (True, (), 1)
    assert database.counts() == before
    database.decide(AJudge(), some_evidence("rr-4", like=("rr-3",)))
    assert [case.request_id for case in database.forgeries.confirm(id_of(forged), CHEN).opened] == ["rr-4"]


def test_revoking_undoes_history_bank_and_the_cases_that_it_opened(database: Database, forged: RefundDecided) -> None:
    opened = database.forgeries.confirm(id_of(forged), LIN, heard=True).opened

    done = database.forgeries.revoke(id_of(forged), CHEN)

    assert (done.case.state, done.case.verdict, done.case.decided_at_ms) == (CaseState.APPEALED, None, None)
    assert {case.case_id for case in done.closed} == {case.case_id for case in opened}
    judge = AJudge()
    database.decide(judge, some_evidence("rr-4", buyer_id="b-2", like=("rr-2",)))
    assert judge.asked[0].history.forgeries == 0
    assert judge.asked[0].marks.forged == frozenset()
    for case in opened:
        file = database.cases.show(case.case_id)
        assert file.case.state == CaseState.CLOSED
        assert [entry.action for entry in file.audit] == ["CASE_OPENED", "CLOSED"]
        assert verify(case.case_id, file.audit) is None
    events = Counter(each.event for each in database.events())
    assert events == {"CASE_OPENED": 3, "DECIDED": 1, "APPEALED": 1, "CLOSED": 2}
    assert len({each.event_id for each in database.events()}) == sum(events.values())


def test_a_repeated_revocation_changes_nothing(database: Database, forged: RefundDecided) -> None:
    database.forgeries.confirm(id_of(forged), LIN, heard=True)
    database.forgeries.revoke(id_of(forged), CHEN)
    before = database.counts()

    assert database.forgeries.revoke(id_of(forged), LIN).repeated
    assert database.counts() == before


def test_what_was_never_confirmed_cannot_be_revoked(database: Database, forged: RefundDecided) -> None:
    with pytest.raises(OperatorError, match="nothing to revoke"):
        database.forgeries.revoke(id_of(forged), CHEN)


def test_a_case_stays_open_for_another_forgery_of_its_cluster(database: Database, forged: RefundDecided) -> None:
    opened = database.forgeries.confirm(id_of(forged), LIN, heard=True).opened
    other = next(case for case in opened if case.request_id == "rr-1")
    database.forgeries.confirm(other.case_id, LIN, heard=True)

    done = database.forgeries.revoke(id_of(forged), CHEN)

    assert done.closed == ()
    [left] = [case for case in database.cases.list_cases() if case.request_id == "rr-3"]
    assert (left.state, left.opened_for) == (CaseState.AWAITING_MERCHANT, other.case_id)
    assert [case.request_id for case in database.forgeries.revoke(other.case_id, CHEN).closed] == ["rr-3"]


def test_confirming_again_opens_what_the_revocation_closed(database: Database, forged: RefundDecided) -> None:
    first = database.forgeries.confirm(id_of(forged), LIN, heard=True).opened
    database.forgeries.revoke(id_of(forged), CHEN)

    again = database.forgeries.confirm(id_of(forged), CHEN)

    assert {case.case_id for case in again.opened} == {case.case_id for case in first}
    for case in again.opened:
        file = database.cases.show(case.case_id)
        assert file.case.state == CaseState.AWAITING_MERCHANT
        assert [entry.action for entry in file.audit] == ["CASE_OPENED", "CLOSED", "CASE_REOPENED"]
        assert verify(case.case_id, file.audit) is None


def test_a_request_that_the_platform_took_back_is_not_opened_again_for_a_forgery(
    database: Database, forged: RefundDecided
) -> None:
    first = database.forgeries.confirm(id_of(forged), LIN, heard=True).opened
    [taken_back, *_] = [case for case in first if case.request_id == "rr-1"]
    database.hearings.withdraw(taken_back.case_id, CHEN)
    database.forgeries.revoke(id_of(forged), CHEN)

    again = database.forgeries.confirm(id_of(forged), CHEN)

    assert {case.request_id for case in again.opened} == {case.request_id for case in first} - {"rr-1"}
    assert database.cases.show(taken_back.case_id).case.state is CaseState.CLOSED


def test_who_confirmed_it_before_does_not_decide_the_appeal(database: Database, forged: RefundDecided) -> None:
    database.forgeries.confirm(id_of(forged), LIN, heard=True)
    database.forgeries.revoke(id_of(forged), LIN)

    with pytest.raises(OperatorError, match="somebody else has to decide"):
        database.forgeries.confirm(id_of(forged), LIN)


def test_nobody_confirms_before_the_merchant_was_heard(database: Database, forged: RefundDecided) -> None:
    with pytest.raises(OperatorError, match="merchant has not been heard"):
        database.forgeries.confirm(id_of(forged), LIN)

    due = database.file_of(forged).case.due_at_ms
    assert due is not None
    late = AuditAct(by="lin.wei", note="silence", at_ms=due)
    assert not database.forgeries.confirm(id_of(forged), late).repeated


def test_who_comes_late_is_told(database: Database, forged: RefundDecided) -> None:
    with pytest.raises(CaseChanged, match="somebody else changed case"):
        database.forgeries.confirm(id_of(forged), LIN, heard=True, version=7)
    database.change("UPDATE cases SET state = 'DECIDED', verdict = 'GRANT', version = 2")

    with pytest.raises(OperatorError, match="DECIDED with the verdict GRANT"):
        database.forgeries.confirm(id_of(forged), LIN, heard=True)


def test_only_the_photos_that_are_named_enter_the_bank(database: Database) -> None:
    media = [a_medium_evidence(name, sha256=bytes_of(name)) for name in ("c1", "c2")]
    [case] = database.decide(suspecting("rr-1"), with_changes(some_evidence("rr-1"), media=media))

    with pytest.raises(OperatorError, match="has no photo c3: its photos are: c1, c2"):
        database.forgeries.confirm(id_of(case), LIN, heard=True, photos=["c3"])
    done = database.forgeries.confirm(id_of(case), LIN, heard=True, photos=["c2"])

    assert [name.rpartition(":")[2] for name in done.photos] == ["c2"]


def test_a_claim_from_before_photos_were_kept_is_known_by_the_sightings_that_matched(
    database: Database, forged: RefundDecided
) -> None:
    database.change("UPDATE claims SET photos = NULL")

    done = database.forgeries.confirm(id_of(forged), LIN, heard=True)

    assert done.photos == (f"claim:rr-2:{forged.request_digest}:c1",)


def test_a_large_cluster_is_opened_and_closed_as_one(database: Database) -> None:
    names = [f"rr-{n:03}" for n in range(300)]
    claims = [some_evidence(name, buyer_id=name, like=tuple(names[:n][-3:])) for n, name in enumerate(names)]
    decisions = [
        each
        for start in range(0, 300, 100)
        for each in database.decide(suspecting("rr-000"), *claims[start : start + 100])
    ]

    assert len(database.forgeries.confirm(id_of(decisions[0]), LIN, heard=True).opened) == 299
    assert set(database.clusters().values()) == {"rr-000"}
    assert len(database.forgeries.revoke(id_of(decisions[0]), CHEN).closed) == 299
