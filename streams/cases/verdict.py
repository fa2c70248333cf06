"""Verbs: a reviewer's verdict, and an appeal against it."""

from collections.abc import Collection
from typing import Any, Literal

from streams.cases.acts import Action, AuditAct
from streams.cases.case import Case
from streams.cases.hearing import Party
from streams.cases.review import steps_to_review
from streams.cases.states import CaseState
from streams.cases.transitions import Step, Transition, moved
from streams.errors import OperatorError

Verdict = Literal["GRANT", "REFUSE"]

_ACTIONS: dict[Verdict, Action] = {"GRANT": Action.GRANTED, "REFUSE": Action.REFUSED}


def decide(  # noqa: PLR0913 - what a verdict rests on
    case: Case,
    act: AuditAct,
    verdict: Verdict,
    rule: str,
    reviewers: Collection[str],
    *,
    heard: bool,
    appeal_ends_ms: int,
) -> Transition:
    """Return the transition that ``act.by`` decides the case by ``rule``, a code; ``act.note`` is the rationale.

    It may be appealed until ``appeal_ends_ms``. Other arguments, and errors, as of
    :func:`streams.cases.review.steps_to_review`.
    """
    steps = steps_to_review(case, act, reviewers, heard=heard)
    detail = {"rule": rule} | ({"heard": True} if heard else {})
    changes: dict[str, Any] = {"verdict": verdict, "decided_at_ms": act.at_ms, "due_at_ms": appeal_ends_ms}
    last = Step(_ACTIONS[verdict], CaseState.DECIDED, detail)
    return moved(case, act, [*steps, last], tell="DECIDED", **changes)


def appeal(case: Case, act: AuditAct, party: Party, *, appealed_before: bool) -> Transition:
    """Return the transition that ``party`` asks for somebody else's verdict; ``act.note`` says why.

    Raises :class:`OperatorError` where there is no verdict, the time is over, the verdict is what the party asked for,
    or there was an appeal before.
    """
    _require_appealable(case, act, party, appealed_before=appealed_before)
    to = CaseState.APPEALED if party == "buyer" else CaseState.MERCHANT_APPEALED
    undecided: dict[str, Any] = {"verdict": None, "decided_at_ms": None}
    detail = {"party": party, "against": case.verdict}
    return moved(case, act, [Step(Action.APPEALED, to, detail)], tell="APPEALED", **undecided)


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
