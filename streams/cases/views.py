"""Verb: a reviewer is shown whose claim it is. Whoever decides a case does not need to know, and asks with a reason."""

from streams.cases.acts import Action, AuditAct
from streams.cases.case import Case
from streams.cases.transitions import Transition, noted
from streams.errors import Invalid


def show_buyer(case: Case, act: AuditAct) -> Transition:
    """Return the transition that ``act.by`` is shown the buyer, for the reason in ``act.note``: it stands on record."""
    if not act.note:
        msg = "say why you have to know whose claim it is"
        raise Invalid(msg)
    return noted(case, act, Action.BUYER_SHOWN, {})
