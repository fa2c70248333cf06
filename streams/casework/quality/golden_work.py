"""Golden cases in reviewers' hands: which one goes out, who gets it next, and which case is meant by a name."""

import msgspec

from streams.cases.acts import SYSTEM, Action, AuditAct, by_system, person_of
from streams.cases.case import Case
from streams.cases.looks import first_kept
from streams.cases.parties.hearing import time_out
from streams.cases.procedure import Procedure
from streams.cases.quality.golden import GoldenCase, drawn_for_golden
from streams.cases.reviewing import assignment as verbs
from streams.cases.reviewing import verdict
from streams.cases.reviewing.assignment import Assignment, Reviewer, Terms
from streams.cases.reviewing.verdict import Bench
from streams.cases.states import CaseState
from streams.cases.transitions import Transition
from streams.casework.ports import CaseWork
from streams.errors import NotAllowed


def hand_out(
    work: CaseWork, reviewer: Reviewer, act: AuditAct, terms: Terms, assignment_id: str, waiting: Case
) -> tuple[Assignment, Case] | None:
    """Return the golden case that ``act.by`` has in hand from here on, in the place of one that goes on ``waiting``.

    None: the lot draws none, they had one in the place of this case before, or there is none left for them.
    """
    if terms.golden_share <= 0:
        return None
    key = work.cases.lot_key(act.at_ms)
    if not drawn_for_golden(key, waiting.case_id, person_of(reviewer.name), terms.golden_share):
        return None
    if work.goldens.went_in_place_of(waiting.case_id, reviewer.name):
        return None
    case = work.goldens.next(reviewer, assignment_id, act.at_ms)
    if case is None:
        return None
    done = verbs.assign(case, act)
    given = verbs.assigned(case, assignment_id, act, act.at_ms, terms)
    work.goldens.begin(given, done, waiting.case_id)
    return given, done.after


def hand_on(work: CaseWork, given: Assignment, case: Case, act: AuditAct) -> None:
    """Store that a case was handed over; a golden one begins anew for whoever has it now.

    :class:`NotAllowed` where it is golden no longer.
    """
    if not isinstance(case, GoldenCase):
        work.assignments.add(given)
        return
    again = work.goldens.again(case, given.assignment_id, act.at_ms)
    if again is None:
        msg = f"{given.reviewer} may not decide case {case.case_id}: name somebody else"
        raise NotAllowed(msg)
    work.goldens.begin(given, verbs.assign(again, msgspec.structs.replace(act, by=given.reviewer)), None)


def passed(work: CaseWork, case: Case, at_ms: int, procedure: Procedure) -> Transition | None:
    """Return what follows because the case's deadline passed; None: nothing does. See :func:`time_out`.

    A verdict on a golden case that needs another person's is answered with its like: nobody else is given the case.
    """
    if not isinstance(case, GoldenCase) or case.state is not CaseState.AWAITING_SECOND_REVIEWER:
        return time_out(case, by_system(at_ms))
    view = work.goldens.view(case)
    kept = next(one for one in reversed(view.entries) if one.action == Action.VERDICT_KEPT)
    answer = AuditAct(by=SYSTEM, note=msgspec.json.decode(kept.payload)["note"], at_ms=at_ms)
    taken = msgspec.structs.replace(procedure, verdict_fields={})  # as it was when the first one was complete
    return verdict.give(case, answer, first_kept(view.given), Bench(record=view.given), taken).transition


def case_of(work: CaseWork, name: str, act: AuditAct) -> Case:
    """Return the case that ``act.by`` means by a name: as they have it in hand where it is a golden one.

    Errors as of :meth:`streams.casework.ports.Cases.get`.
    """
    case = work.cases.get(name)
    if case.state is not CaseState.CLOSED:
        return case
    return work.goldens.of(case.case_id, act.by) or case
