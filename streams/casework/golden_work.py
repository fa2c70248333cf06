"""Golden cases in reviewers' hands: which one goes out, who gets it next, and which case is meant by a name."""

import msgspec

from streams.cases import assignment as verbs
from streams.cases.acts import AuditAct
from streams.cases.assignment import Assignment, Reviewer, Terms
from streams.cases.case import Case
from streams.cases.golden import GoldenCase
from streams.cases.states import CaseState
from streams.casework.ports import CaseWork
from streams.errors import NotAllowed


def hand_out(
    work: CaseWork, reviewer: Reviewer, act: AuditAct, terms: Terms, assignment_id: str
) -> tuple[Assignment, Case] | None:
    """Return the golden case that ``act.by`` has in hand from here on; None: there is none left for them."""
    case = work.goldens.next(reviewer, assignment_id, act.at_ms)
    if case is None:
        return None
    done = verbs.assign(case, act)
    given = verbs.assigned(case, assignment_id, act, act.at_ms, terms)
    work.goldens.begin(given, done)
    return given, done.after


def hand_on(work: CaseWork, given: Assignment, case: Case, act: AuditAct) -> None:
    """Store that a case was handed over; a golden one begins anew for whoever has it now.

    :class:`NotAllowed` where it is golden no longer.
    """
    if not isinstance(case, GoldenCase):
        work.assignments.add(given)
        return
    again = work.goldens.again(case.case_id, given.assignment_id, act.at_ms)
    if again is None:
        msg = f"{given.reviewer} may not decide case {case.case_id}: name somebody else"
        raise NotAllowed(msg)
    work.goldens.begin(given, verbs.assign(again, msgspec.structs.replace(act, by=given.reviewer)))


def case_of(work: CaseWork, name: str, act: AuditAct) -> Case:
    """Return the case that ``act.by`` means by a name: as they have it in hand where it is a golden one.

    Errors as of :meth:`streams.casework.ports.Cases.get`.
    """
    case = work.cases.get(name)
    if case.state is not CaseState.CLOSED:
        return case
    return work.goldens.of(case.case_id, act.by) or case
