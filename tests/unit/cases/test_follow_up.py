"""Further photos: what they are called, where they lead, and how many are taken."""

import json
from typing import Any

import pytest

from schemas.records import RefundRequested
from streams.cases.acts import AuditAct
from streams.cases.asked import Asked, Party, Wanted
from streams.cases.case import Case
from streams.cases.looks import Look
from streams.cases.parties.follow_up import FOLLOW_UPS_AT_MOST, message_of, send
from streams.cases.sent_evidence import FollowUp, SentMedium
from streams.cases.states import ENDED, CaseState
from streams.cases.transitions import Transition
from streams.errors import Invalid, OperatorError
from tests.builders import AT_MS, a_reference, a_request
from tests.unit.cases.cases import a_case

BUYER = AuditAct(by="b-1", note="as asked", at_ms=AT_MS)
ENDS_MS = AT_MS + 1_000
PHOTO = SentMedium(uri="claims/f.jpg")
ASKED = (Asked(Wanted.ANGLE), Asked(Wanted.DISPATCH_VIDEO))


def a_follow_up(**changes: Any) -> FollowUp:
    given: dict[str, Any] = {
        "case_id": "c-1",
        "number": 1,
        "party": "buyer",
        "by": "b-1",
        "sent_at_ms": AT_MS,
        "media": (PHOTO,),
    }
    return FollowUp(**given | changes)


def sent(
    case: Case, party: Party = "buyer", *media: SentMedium, before: int = 0, known: set[str] | None = None
) -> Transition:
    earlier = [a_follow_up(party=party, number=number + 1) for number in range(before)]
    return send(case, BUYER, party, media or (PHOTO,), earlier, known or {"c1"}, ENDS_MS)


@pytest.mark.parametrize("state", sorted(set(CaseState) - ENDED - {CaseState.AWAITING_MERCHANT}))
def test_what_the_buyer_sends_is_heard_before_any_verdict(state: CaseState) -> None:
    look = Look.APPEAL if state in {CaseState.APPEALED, CaseState.MERCHANT_APPEALED} else Look.SECOND
    case = a_case(state=state, look=look, asked=ASKED if state is CaseState.AWAITING_BOTH else (), due_at_ms=AT_MS + 7)

    done = sent(case)

    assert (done.after.state, done.after.due_at_ms, done.after.asked) == (CaseState.AWAITING_MERCHANT, ENDS_MS, ())
    assert done.after.look is (Look.APPEAL if look is Look.APPEAL else Look.FIRST)
    assert [event.event for event in done.events] == ["MERCHANT_ASKED"]


def test_a_hearing_that_runs_is_never_cut_short_and_always_long_enough() -> None:
    assert sent(a_case(due_at_ms=ENDS_MS + 5)).after.due_at_ms == ENDS_MS + 5
    assert sent(a_case(due_at_ms=ENDS_MS - 5)).after.due_at_ms == ENDS_MS


@pytest.mark.parametrize(
    ("state", "to", "due_at_ms"),
    [
        (CaseState.AWAITING_MERCHANT, CaseState.READY, None),
        (CaseState.AWAITING_BOTH, CaseState.AWAITING_BUYER_EVIDENCE, AT_MS + 7),
        (CaseState.READY, CaseState.READY, AT_MS + 7),
        (CaseState.ASSIGNED, CaseState.ASSIGNED, AT_MS + 7),
    ],
)
def test_what_the_merchant_sends_is_its_answer(state: CaseState, to: CaseState, due_at_ms: int | None) -> None:
    done = sent(a_case(state=state, due_at_ms=AT_MS + 7, asked=ASKED), "merchant")

    assert (done.after.state, done.after.due_at_ms) == (to, due_at_ms)
    assert done.follow_up is not None
    assert done.follow_up.asked == (ASKED[1],)


def test_media_have_ids_that_no_other_medium_of_the_request_has() -> None:
    done = sent(a_case(), "buyer", PHOTO, PHOTO, SentMedium(uri="x", media_id="u-1"), known={"f1.2", "c1"})

    assert done.follow_up is not None
    assert [one.media_id for one in done.follow_up.media] == ["f1.1", "f1.2x", "u-1"]
    assert json.loads(done.entries[-1].payload)["photos"] == ["f1.1", "f1.2x", "u-1"]


@pytest.mark.parametrize(
    ("media", "why"),
    [
        ([PHOTO] * 21, "1 to 20"),
        ([SentMedium(uri="x", media_id="c1")], "id of its own"),
        ([SentMedium(uri="x", media_id="a"), SentMedium(uri="y", media_id="a")], "id of its own"),
    ],
)
def test_media_that_cannot_be_taken_say_why(media: list[SentMedium], why: str) -> None:
    with pytest.raises(Invalid, match=why):
        sent(a_case(), "buyer", *media)
    with pytest.raises(Invalid, match="1 to 20"):
        send(a_case(), BUYER, "buyer", (), (), (), ENDS_MS)


@pytest.mark.parametrize("state", sorted(ENDED))
def test_after_the_verdict_it_is_too_late(state: CaseState) -> None:
    with pytest.raises(OperatorError, match="appeal instead" if state == CaseState.DECIDED else "and it is over"):
        sent(a_case(state=state))


def test_each_party_sends_so_often_and_no_more() -> None:
    assert sent(a_case(), before=FOLLOW_UPS_AT_MOST - 1).follow_up is not None
    with pytest.raises(OperatorError, match="no more is taken"):
        sent(a_case(), before=FOLLOW_UPS_AT_MOST)
    assert send(a_case(), BUYER, "merchant", [PHOTO], [a_follow_up()] * 6, (), ENDS_MS).follow_up is not None


REQUEST: RefundRequested = a_request(claim_media=[], reference_media=[a_reference("r1")])


def test_enrich_is_told_of_the_buyers_photos_beside_the_references_of_the_request() -> None:
    follow_up = sent(a_case()).follow_up
    assert follow_up is not None
    told = message_of(follow_up, a_case(), REQUEST)

    assert [one.media_id for one in told.request.claim_media] == ["f1.1"]
    assert told.request.reference_media == REQUEST.reference_media
    assert (told.case_id, told.follow_up, told.request_digest) == ("c-1", 1, a_case().request_digest)


def test_what_the_merchant_sends_is_younger_than_the_claim_and_accuses_nobody() -> None:
    follow_up = sent(a_case(), "merchant").follow_up
    assert follow_up is not None
    told = message_of(follow_up, a_case(), REQUEST)

    assert told.request.claim_media == []
    assert [(one.media_id, one.registered_at_ms) for one in told.request.reference_media] == [("f1.1", AT_MS)]
