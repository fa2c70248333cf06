"""Verbs of the hearing: a party says something, the platform takes the request back, a deadline passes."""

from typing import Any

from streams.cases.acts import Action, AuditAct
from streams.cases.asked import Party
from streams.cases.case import Case
from streams.cases.looks import Look
from streams.cases.states import ENDED, HEARINGS, CaseState
from streams.cases.transitions import Step, Transition, may_move, moved
from streams.errors import OperatorError

_ANSWERED = {
    ("merchant", CaseState.AWAITING_MERCHANT): CaseState.READY,
    ("merchant", CaseState.AWAITING_BOTH): CaseState.AWAITING_BUYER_EVIDENCE,
    ("buyer", CaseState.AWAITING_BUYER_EVIDENCE): CaseState.AWAITING_MERCHANT,
    ("buyer", CaseState.AWAITING_BOTH): CaseState.AWAITING_MERCHANT,
}
"""Where what a party says leads to. What the buyer was asked for the merchant may answer before any verdict.

Words alone that nobody asked for move nothing: else a buyer could put off a verdict for ever.
"""


def state(
    case: Case, act: AuditAct, party: Party, *, rehearing_ends_ms: int, media_id: str | None = None
) -> Transition:
    """Return the transition that puts what ``party`` says (``act.note``) on the case, or on its photo ``media_id``.

    It ends the wait for that party. The buyer's answer to what was asked opens a short hearing of the merchant, until
    ``rehearing_ends_ms``. Where nobody waits for the party, it is only added to the record. Raises
    :class:`OperatorError` where the case is decided, then an appeal is the way, or closed.
    """
    require_undecided(case)
    to = _ANSWERED.get((party, case.state))
    step = Step(Action.STATEMENT_MADE, to, {"party": party} | ({} if media_id is None else {"media_id": media_id}))
    due = {CaseState.AWAITING_MERCHANT: rehearing_ends_ms, CaseState.AWAITING_BUYER_EVIDENCE: case.due_at_ms}
    changes: dict[str, Any] = {"due_at_ms": due[to]} if to in due else {}
    asked = to is CaseState.AWAITING_MERCHANT
    if asked:
        changes |= looked_at_anew(case)
    return moved(case, act, [step], tell="MERCHANT_ASKED" if asked else None, **changes)


def require_undecided(case: Case) -> None:
    """Raise :class:`OperatorError` where the case is decided or closed: what a party adds then comes too late."""
    if case.state in ENDED:
        msg = f"case {case.case_id} is {case.state}: a statement or evidence comes too late, appeal instead"
        if case.state is CaseState.CLOSED:
            msg = f"case {case.case_id} is {case.state}: a statement or evidence comes too late, and it is over"
        raise OperatorError(msg)


def looked_at_anew(case: Case) -> dict[str, Any]:
    """Return the fields to change once there is something new to see: kept verdicts did not know of it, and lapse."""
    return {} if case.look is Look.APPEAL else {"look": Look.FIRST}


def withdraw(case: Case, act: AuditAct) -> Transition:
    """Return the transition by which the platform takes the request back; :class:`OperatorError` after a verdict."""
    if not may_be_taken_back(case):
        msg = f"case {case.case_id} is {case.state}: it can no longer be withdrawn"
        raise OperatorError(msg)
    return moved(case, act, [Step(Action.WITHDRAWN, CaseState.CLOSED)], tell="CLOSED")


def may_be_taken_back(case: Case) -> bool:
    """Return whether the platform may still take the case's request back."""
    return case.state not in ENDED and case.look is not Look.APPEAL and may_move(case, CaseState.CLOSED)


def time_out(case: Case, act: AuditAct) -> Transition | None:
    """Return the transition that follows because the case's deadline passed; None: nothing follows.

    Silence moves a hearing on to review and decides nothing; a verdict that nobody appealed is final.
    """
    detail = {"due_at_ms": case.due_at_ms}
    if case.state in HEARINGS:
        return moved(case, act, [Step(Action.TIMED_OUT, CaseState.READY, detail)])
    if case.state is CaseState.DECIDED:
        return moved(case, act, [Step(Action.CLOSED, CaseState.CLOSED, detail)], tell="CLOSED")
    return None
