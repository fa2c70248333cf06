"""Verb: a party appeals a verdict, so that somebody else decides."""

from typing import Any

from streams.cases.acts import Action, AuditAct
from streams.cases.asked import Party
from streams.cases.case import Case
from streams.cases.looks import Look
from streams.cases.states import CaseState
from streams.cases.transitions import Step, Transition, moved
from streams.errors import OperatorError


def appeal(case: Case, act: AuditAct, party: Party, *, appealed_before: bool) -> Transition:
    """Return the transition by which ``party`` appeals, so that somebody else decides; ``act.note`` says why.

    Raises :class:`OperatorError` where there is no verdict, the time is over, the verdict is what the party asked for,
    or there was an appeal before.
    """
    _require_appealable(case, act, party, appealed_before=appealed_before)
    to = CaseState.APPEALED if party == "buyer" else CaseState.MERCHANT_APPEALED
    undecided: dict[str, Any] = {"verdict": None, "decided_at_ms": None, "look": Look.APPEAL}
    return moved(case, act, [Step(Action.APPEALED, to, {"party": party})], tell="APPEALED", **undecided)


def _require_appealable(case: Case, act: AuditAct, party: Party, *, appealed_before: bool) -> None:
    if case.state is not CaseState.DECIDED:
        msg = f"case {case.case_id} is {case.state}: only a verdict that is not final yet can be appealed"
    elif case.due_at_ms is not None and case.due_at_ms <= act.at_ms:
        msg = f"the time to appeal on case {case.case_id} is over"
    elif appealed_before:
        msg = f"case {case.case_id} was appealed before: the verdict on the appeal is final"
    elif (party == "merchant") is not (case.verdict == "GRANT"):
        msg = f"{case.verdict} on case {case.case_id} is not against the {party}: only the other side can appeal"
    else:
        return
    raise OperatorError(msg)
