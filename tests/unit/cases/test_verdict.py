"""Verdicts and appeals: who may, when, and what follows."""

import pytest

from streams.cases.acts import Action, AuditAct
from streams.cases.case import Case
from streams.cases.hearing import Party
from streams.cases.states import CaseState
from streams.cases.verdict import Verdict, appeal, decide
from streams.errors import OperatorError
from tests.builders import AT_MS
from tests.unit.cases.cases import LIN, a_case

ENDS_MS = LIN.at_ms + 1_000
BUYER = AuditAct(by="b-1", note="the crack is real", at_ms=ENDS_MS - 1)


def a_decided_case(verdict: str) -> Case:
    return a_case(state=CaseState.DECIDED, verdict=verdict, decided_at_ms=AT_MS, due_at_ms=ENDS_MS)


@pytest.mark.parametrize(("verdict", "action"), [("GRANT", Action.GRANTED), ("REFUSE", Action.REFUSED)])
def test_a_verdict_names_its_rule_and_stands_until_it_may_no_longer_be_appealed(
    verdict: Verdict, action: Action
) -> None:
    done = decide(a_case(state=CaseState.READY), LIN, verdict, "DAMAGE_SHOWN", [], heard=False, appeal_ends_ms=ENDS_MS)

    assert (done.after.state, done.after.verdict, done.after.due_at_ms) == (CaseState.DECIDED, verdict, ENDS_MS)
    assert [entry.action for entry in done.entries] == [Action.ASSIGNED, action]
    assert b'"rule":"DAMAGE_SHOWN"' in done.entries[-1].payload
    assert [(event.event, event.verdict, event.detail) for event in done.events] == [("DECIDED", verdict, action)]


def test_nobody_decides_before_the_hearing_is_over() -> None:
    with pytest.raises(OperatorError, match="the merchant has not been heard"):
        decide(a_case(), LIN, "GRANT", "DAMAGE_SHOWN", [], heard=False, appeal_ends_ms=ENDS_MS)


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
        decide(done.after, LIN, "GRANT", "DAMAGE_SHOWN", [LIN.by], heard=False, appeal_ends_ms=ENDS_MS)


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
