"""The way to a verdict, from wherever a case stands."""

import pytest

from streams.cases.acts import Action, AuditAct, same_person
from streams.cases.reviewing.review import changed, require_version, steps_to_review
from streams.cases.states import ENDED, CaseState
from streams.errors import CaseChanged, OperatorError
from tests.unit.cases.cases import LIN, a_case

WAITS = (CaseState.AWAITING_MERCHANT, CaseState.AWAITING_BUYER_EVIDENCE)
DUE = LIN.at_ms


def actions(
    state: CaseState, *, heard: bool = False, due_at_ms: int | None = None, act: AuditAct = LIN
) -> list[Action]:
    case = a_case(state=state, due_at_ms=due_at_ms)
    return [step.action for step in steps_to_review(case, act, ["chen.yu"], heard=heard)]


@pytest.mark.parametrize("state", WAITS)
def test_a_wait_ends_when_somebody_was_heard_or_the_deadline_is_over(state: CaseState) -> None:
    assert actions(state, heard=True) == [Action.HEARD_ELSEWHERE, Action.ASSIGNED]
    assert actions(state, due_at_ms=DUE) == [Action.TIMED_OUT, Action.ASSIGNED]
    for not_over in (None, DUE + 1):
        with pytest.raises(OperatorError, match="wait, or say --heard"):
            actions(state, due_at_ms=not_over)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (CaseState.READY, [Action.ASSIGNED]),
        (CaseState.ASSIGNED, []),
        (CaseState.AWAITING_SECOND_REVIEWER, [Action.ASSIGNED]),
        (CaseState.APPEALED, [Action.ASSIGNED]),
    ],
)
def test_what_waits_for_nobody_outside_is_taken_up_at_once(state: CaseState, expected: list[Action]) -> None:
    assert actions(state) == actions(state, heard=True) == expected


@pytest.mark.parametrize("state", sorted(ENDED))
def test_what_has_ended_is_not_decided_again(state: CaseState) -> None:
    with pytest.raises(OperatorError, match=f"is {state} with the verdict GRANT: only a case that is open"):
        steps_to_review(a_case(state=state, verdict="GRANT"), LIN, [], heard=True)


@pytest.mark.parametrize("state", sorted(set(CaseState) - ENDED))
def test_who_came_to_a_verdict_before_comes_to_no_other(state: CaseState) -> None:
    with pytest.raises(OperatorError, match="somebody else has to decide it now"):
        actions(state, heard=True, act=AuditAct(by="chen.yu", note="again", at_ms=LIN.at_ms))
    with pytest.raises(OperatorError, match="somebody else has to decide it now"):
        actions(state, heard=True, act=AuditAct(by="local:chen.yu", note="at the command line", at_ms=LIN.at_ms))


def test_who_comes_late_is_told() -> None:
    require_version(a_case(version=3), 3)
    require_version(a_case(version=3), None)
    with pytest.raises(CaseChanged, match="somebody else changed case c-1 since you read it"):
        require_version(a_case(version=3), 2)
    assert "one of 2 cases" in str(changed(["c-1", "c-2"]))


@pytest.mark.parametrize("other", ["lin.wei", "local:lin.wei", "Lin.Wei", "LIN.WEI", "\uff4cin.wei", "local:LIN.wei"])
def test_one_person_is_one_by_whatever_name_they_come(other: str) -> None:
    assert same_person("lin.wei", other)
    assert not same_person("key:lin.wei", other)
    assert not same_person("lin.we", other)
