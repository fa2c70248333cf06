"""Verdicts and appeals: who may, when, and what follows."""

import json
from typing import Any

import msgspec
import pytest

from streams.cases.acts import Action, AuditAct
from streams.cases.asked import Asked, Party, Wanted
from streams.cases.case import Case
from streams.cases.looks import Given, Look, VerdictName, VerdictRecord
from streams.cases.parties.appeal import appeal
from streams.cases.procedure import DEFAULT, Procedure
from streams.cases.reviewing.verdict import Bench, give
from streams.cases.states import CaseState
from streams.errors import Invalid, NotAllowed, OperatorError
from tests.builders import AT_MS
from tests.unit.cases.cases import LIN, a_case

ENDS_MS = LIN.at_ms + 1_000
BUYER = AuditAct(by="b-1", note="the crack is real", at_ms=ENDS_MS - 1)


def a_decided_case(verdict: str) -> Case:
    return a_case(state=CaseState.DECIDED, verdict=verdict, decided_at_ms=AT_MS, due_at_ms=ENDS_MS)


def given(verdict: VerdictName, rule: str = "DAMAGE_SHOWN", **more: Any) -> Given:
    return Given(verdict=verdict, rule=rule, **more)


def on_record(given: Given, look: Look, by: str) -> VerdictRecord:
    return VerdictRecord(case_id="c-1", number=1, by=by, at_ms=AT_MS, look=look, given=given)


READY = a_case(state=CaseState.READY)
FORGED = given("FORGERY_CONFIRMED", "PHOTO_FORGED", photos=("c1", "c2"))
ASKED = (Asked(Wanted.ANGLE, "the bottom"), Asked(Wanted.PAPER_CODE, "7F3K2Q"))
MORE = given("MORE_EVIDENCE", "DAMAGE_UNCLEAR", asked=ASKED)


@pytest.mark.parametrize(
    ("verdict", "action"),
    [
        (given("GRANT"), Action.GRANTED),
        (given("REFUSE"), Action.REFUSED),
        (FORGED, Action.FORGERY_CONFIRMED),
    ],
)
def test_a_verdict_names_its_rule_and_stands_until_it_may_no_longer_be_appealed(verdict: Given, action: Action) -> None:
    ruling = give(READY, LIN, verdict, Bench(), DEFAULT)

    done, ends_ms = ruling.transition, DEFAULT.of("ceramics").appeal_ends_ms(LIN.at_ms)
    assert (done.after.state, done.after.verdict, done.after.due_at_ms) == (CaseState.DECIDED, verdict.verdict, ends_ms)
    assert [entry.action for entry in done.entries] == [Action.ASSIGNED, action]
    last = json.loads(done.entries[-1].payload)
    assert (last["rule"], last.get("photos", []), last["note"]) == (verdict.rule, list(verdict.photos), LIN.note)
    assert [(event.event, event.verdict, event.detail) for event in done.events] == [
        ("DECIDED", verdict.verdict, action)
    ]
    assert (done.given, ruling.given) == (
        VerdictRecord(case_id="c-1", number=1, by=LIN.by, at_ms=LIN.at_ms, look=Look.FIRST, given=verdict),
        verdict,
    )


def test_that_it_was_said_that_somebody_was_heard_stands_with_the_verdict() -> None:
    done = give(READY, LIN, FORGED, Bench(heard=True), DEFAULT).transition
    assert json.loads(done.entries[-1].payload)["heard"] is True


def test_nobody_decides_before_the_hearing_is_over() -> None:
    with pytest.raises(OperatorError, match="the merchant has not been heard"):
        give(a_case(), LIN, given("GRANT"), Bench(), DEFAULT)


@pytest.mark.parametrize("verdict", [given("GRANT"), FORGED])
def test_a_first_verdict_that_needs_another_is_kept_and_nobody_is_told(verdict: Given) -> None:
    ruling = give(READY, LIN, verdict, Bench(second=True), DEFAULT)

    done = ruling.transition
    assert ruling.given is None
    assert (done.after.state, done.after.look, done.after.verdict, done.after.decided_at_ms, done.after.due_at_ms) == (
        CaseState.AWAITING_SECOND_REVIEWER,
        Look.SECOND,
        None,
        None,
        None,
    )
    assert done.events == ()
    assert [entry.action for entry in done.entries] == [Action.ASSIGNED, Action.VERDICT_KEPT]


SECOND = a_case(state=CaseState.AWAITING_SECOND_REVIEWER, look=Look.SECOND)
CHEN = AuditAct(by="chen.yu", note="so it is", at_ms=LIN.at_ms + 1)
WU = AuditAct(by="wu.min", note="the crack is real", at_ms=LIN.at_ms + 2)


def test_equal_verdicts_stand() -> None:
    bench = Bench(record=[on_record(given("REFUSE", "R-1"), Look.FIRST, "lin.wei")], reviewers=["lin.wei"])

    ruling = give(SECOND, CHEN, given("REFUSE", "R-2"), bench, DEFAULT)

    assert (ruling.transition.after.state, ruling.transition.after.verdict) == (CaseState.DECIDED, "REFUSE")


def test_of_two_forgeries_the_photos_stand_that_both_name() -> None:
    bench = Bench(record=[on_record(FORGED, Look.FIRST, "lin.wei")], reviewers=["lin.wei"])

    ruling = give(SECOND, CHEN, given("FORGERY_CONFIRMED", photos=("c2", "c3")), bench, DEFAULT)

    assert ruling.given is not None
    assert ruling.given.photos == ("c2",)
    assert json.loads(ruling.transition.entries[-1].payload)["photos"] == ["c2"]
    assert ruling.transition.given is not None
    assert ruling.transition.given.given.photos == ("c2", "c3")


@pytest.mark.parametrize("second", [given("GRANT"), given("FORGERY_CONFIRMED", photos=("c3",))])
def test_where_two_differ_a_senior_decides_who_gave_neither(second: Given) -> None:
    first = on_record(FORGED, Look.FIRST, "lin.wei")
    kept = give(SECOND, CHEN, second, Bench(record=[first], reviewers=["lin.wei"]), DEFAULT).transition
    assert (kept.after.state, kept.after.look) == (CaseState.AWAITING_SECOND_REVIEWER, Look.SENIOR)
    bench = Bench(record=[first, on_record(second, Look.SECOND, "chen.yu")], reviewers=["lin.wei", "chen.yu"])

    with pytest.raises(NotAllowed, match="a senior has to decide"):
        give(kept.after, WU, given("GRANT"), bench, DEFAULT)
    with pytest.raises(OperatorError, match="somebody else has to decide it now"):
        give(kept.after, CHEN, given("GRANT"), msgspec.structs.replace(bench, senior=True), DEFAULT)
    done = give(kept.after, WU, given("GRANT"), msgspec.structs.replace(bench, senior=True), DEFAULT)
    assert (done.transition.after.state, done.transition.after.verdict) == (CaseState.DECIDED, "GRANT")


def test_an_appeal_is_decided_by_one_person_even_where_a_first_verdict_would_need_another() -> None:
    appealed = a_case(state=CaseState.APPEALED, look=Look.APPEAL)
    assert give(appealed, CHEN, FORGED, Bench(second=True), DEFAULT).transition.after.state == CaseState.DECIDED


@pytest.mark.parametrize(
    ("asked", "to", "told"),
    [
        (ASKED, CaseState.AWAITING_BUYER_EVIDENCE, ["BUYER_NOTICE"]),
        ((*ASKED, Asked(Wanted.DISPATCH_VIDEO)), CaseState.AWAITING_BOTH, ["BUYER_NOTICE", "MERCHANT_NOTICE"]),
    ],
)
def test_more_evidence_decides_nothing_and_says_in_words_what_is_asked_for(
    asked: tuple[Asked, ...], to: CaseState, told: list[str]
) -> None:
    ruling = give(READY, LIN, given("MORE_EVIDENCE", asked=asked), Bench(second=True), DEFAULT)

    case, events = ruling.transition.after, ruling.transition.events
    assert ruling.given is None
    assert (case.state, case.verdict, case.look, case.asked) == (to, None, Look.FIRST, asked)
    assert case.due_at_ms == DEFAULT.of("ceramics").buyer_evidence_ends_ms(LIN.at_ms)
    assert [(event.event, event.detail, event.verdict) for event in events] == [
        (event, "MORE_EVIDENCE", None) for event in told
    ]
    assert events[0].notice is not None
    assert "7F3K2Q" in events[0].notice.zh
    assert "the bottom" in events[0].notice.en
    assert "dispatch" not in events[0].notice.en
    assert len({event.event_id for event in events}) == len(events)


def test_evidence_is_asked_for_twice_at_most() -> None:
    once = [on_record(MORE, Look.FIRST, "lin.wei")]
    assert give(READY, LIN, MORE, Bench(record=once), DEFAULT).transition.given is not None
    with pytest.raises(OperatorError, match="asked for 2 times"):
        give(READY, LIN, MORE, Bench(record=once * 2), DEFAULT)


NEEDS_FIELDS = Procedure(verdict_fields={"REFUSE": ["damage_seen"]})


@pytest.mark.parametrize(
    ("verdict", "why"),
    [
        (given("GRANT", ""), "names the rule"),
        (given("GRANT", "x" * 65), "names the rule"),
        (given("GRANT", "a b"), "names the rule"),
        (given("REFUSE"), "also needs: damage_seen"),
        (given("REFUSE", fields={"damage_seen": " "}), "also needs: damage_seen"),
        (given("GRANT", fields={"damage_seen": "x" * 401}), "at most 400"),
        (given("GRANT", photos=("c1",)), "only FORGERY_CONFIRMED names photos"),
        (given("GRANT", asked=ASKED), "only MORE_EVIDENCE asks"),
        (given("MORE_EVIDENCE"), "asks the buyer for something"),
        (given("MORE_EVIDENCE", asked=(Asked(Wanted.DISPATCH_VIDEO),)), "asks the buyer for something"),
        (given("MORE_EVIDENCE", asked=(Asked(Wanted.PAPER_CODE),)), "needs the code"),
        (given("MORE_EVIDENCE", asked=(Asked(Wanted.ANGLE, "x" * 201),)), "at most 200"),
    ],
)
def test_a_verdict_that_is_not_complete_says_what_is_missing(verdict: Given, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        give(READY, LIN, verdict, Bench(), NEEDS_FIELDS)


def test_a_verdict_with_its_fields_keeps_them_and_one_without_a_rationale_is_none() -> None:
    complete = given("REFUSE", fields={"damage_seen": "none"})
    done = give(READY, LIN, complete, Bench(), NEEDS_FIELDS).transition
    assert json.loads(done.entries[-1].payload)["fields"] == {"damage_seen": "none"}
    with pytest.raises(Invalid, match="give a rationale"):
        give(READY, AuditAct(by="lin.wei", note=" ", at_ms=1), complete, Bench(), NEEDS_FIELDS)


@pytest.mark.parametrize(
    ("verdict", "party", "to"),
    [
        ("GRANT", "merchant", CaseState.MERCHANT_APPEALED),
        ("REFUSE", "buyer", CaseState.APPEALED),
        ("FORGERY_CONFIRMED", "buyer", CaseState.APPEALED),
    ],
)
def test_who_a_verdict_is_against_may_appeal_and_somebody_else_decides(
    verdict: str, party: Party, to: CaseState
) -> None:
    done = appeal(a_decided_case(verdict), BUYER, party, appealed_before=False)

    assert (done.after.state, done.after.verdict, done.after.due_at_ms) == (to, None, None)
    with pytest.raises(OperatorError, match="somebody else has to decide it now"):
        give(done.after, LIN, given("GRANT"), Bench(reviewers=[LIN.by]), DEFAULT)


@pytest.mark.parametrize(
    ("case", "party", "before", "why"),
    [
        (a_decided_case("GRANT"), "buyer", False, "not against the buyer"),
        (a_decided_case("REFUSE"), "merchant", False, "not against the merchant"),
        (a_decided_case("REFUSE"), "buyer", True, "was appealed before"),
        (a_case(state=CaseState.READY), "buyer", False, "only a verdict that is not final yet"),
        (a_case(state=CaseState.CLOSED, verdict="REFUSE"), "buyer", False, "only a verdict that is not final yet"),
    ],
)
def test_an_appeal_that_cannot_be_says_why(case: Case, party: Party, before: bool, why: str) -> None:  # noqa: FBT001 - drawn
    with pytest.raises(OperatorError, match=why):
        appeal(case, BUYER, party, appealed_before=before)


def test_an_appeal_comes_too_late_once_the_time_is_over() -> None:
    late = AuditAct(by="b-1", note="the crack is real", at_ms=ENDS_MS)

    with pytest.raises(OperatorError, match="time to appeal"):
        appeal(a_decided_case("REFUSE"), late, "buyer", appealed_before=False)
