"""The way to a verdict: through the wait that is over, to the one person who reviews the case."""

from collections.abc import Collection, Sequence
from typing import Final

from streams.cases.acts import Action, AuditAct, same_person
from streams.cases.case import Case
from streams.cases.reviewing.withholding import state_shown
from streams.cases.states import ENDED, CaseState
from streams.cases.transitions import Step
from streams.errors import CaseChanged, NotAllowed, OperatorError

FORGERY_CONFIRMED: Final = "FORGERY_CONFIRMED"
"""The verdict."""

VERDICTS = frozenset({Action.FORGERY_CONFIRMED, Action.GRANTED, Action.REFUSED, Action.VERDICT_KEPT})
"""The acts in the audit trail by which a person came to a verdict: who did one gives no other on that case."""

_WAITS = {
    CaseState.AWAITING_MERCHANT: "the merchant has not been heard",
    CaseState.AWAITING_BUYER_EVIDENCE: "the buyer was asked for evidence and has not answered",
    CaseState.AWAITING_BOTH: "buyer and merchant were asked for evidence and have not answered",
}


def steps_to_review(
    case: Case, act: AuditAct, reviewers: Collection[str], *, heard: bool, picks: bool = True
) -> list[Step]:
    """Return the steps from where the case stands until ``act.by`` reviews it.

    ``heard`` says that whoever the case waits for answered elsewhere; ``reviewers`` are those who gave a verdict on it
    before: a second look and an appeal are for somebody else. ``picks``: they may take a case in nobody's hands. Raises
    :class:`OperatorError` where the case is decided, still waits, or ``act.by`` is one of ``reviewers``,
    :class:`NotAllowed` where it is in somebody else's hands, and :class:`CaseChanged` where it is in nobody's and they
    may not take it.
    """
    if case.state in ENDED:
        verdict = "" if case.verdict is None else f" with the verdict {case.verdict}"
        msg = f"case {case.case_id} is {case.state}{verdict}: only a case that is open can be decided"
        raise OperatorError(msg)
    steps = _steps_out_of_wait(case, act, heard=heard) if case.state in _WAITS else []
    if case.assignee is not None and not same_person(case.assignee, act.by):
        msg = f"case {case.case_id} is in somebody else's hands: only they can decide it now"
        raise NotAllowed(msg)
    if any(same_person(act.by, one) for one in reviewers):
        msg = f"case {case.case_id} was decided by {act.by} before: somebody else has to decide it now"
        raise OperatorError(msg)
    if case.state is CaseState.ASSIGNED:
        return steps
    if not picks:
        msg = (
            f"case {case.case_id} is {state_shown(case.state)} and in nobody's hands: the system hands cases out, "
            "ask for the next one"
        )
        raise CaseChanged(msg)
    return [*steps, Step(Action.ASSIGNED, CaseState.ASSIGNED)]


def _steps_out_of_wait(case: Case, act: AuditAct, *, heard: bool) -> list[Step]:
    if heard:
        return [Step(Action.HEARD_ELSEWHERE, CaseState.READY)]
    if case.due_at_ms is not None and case.due_at_ms <= act.at_ms:
        return [Step(Action.TIMED_OUT, CaseState.READY, {"due_at_ms": case.due_at_ms})]
    msg = f"{_WAITS[case.state]} on case {case.case_id}: wait, or say --heard when that happened elsewhere"
    raise OperatorError(msg)


def require_version(case: Case, version: int | None) -> None:
    """Raise :class:`CaseChanged` unless the case still is at ``version``; None: any version will do."""
    if version is not None and version != case.version:
        raise changed([case.case_id])


def changed(case_ids: Sequence[str]) -> CaseChanged:
    """Return the error for somebody who acts on one of these cases after it changed."""
    if len(case_ids) > 1:
        return CaseChanged(f"somebody else changed one of {len(case_ids)} cases since they were read: try again")
    [case_id] = case_ids
    return CaseChanged(f"somebody else changed case {case_id} since you read it: refund-sentinel case show {case_id}")
