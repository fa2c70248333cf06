"""Leases: who may come to a verdict while a case is in somebody's hands, and what follows when nobody is there."""

from streams.cases import assignment as verbs
from streams.cases.acts import AuditAct, by_system
from streams.cases.assignment import Terms
from streams.cases.case import Case
from streams.casework.ports import CaseWork
from streams.errors import NotAllowed
from streams.settings import Settings


def terms_of(settings: Settings) -> Terms:
    """Return on which terms cases are handed out."""
    return Terms(
        lease_s=settings.lease_s,
        heartbeat_s=settings.heartbeat_s,
        hold_hours=settings.hold_hours,
        reserved_share=settings.reserved_share,
        golden_share=settings.golden_share,
    )


def require_reviewer(work: CaseWork, case: Case, act: AuditAct) -> None:
    """Return when ``act.by`` may come to a verdict on the case: no conflict is named, and their lease on it lasts.

    Raises :class:`NotAllowed` or :class:`CaseChanged`.
    """
    if work.assignments.in_conflict(case, [act.by], act.at_ms):
        msg = f"a conflict of interest of {act.by} is on record: somebody else decides case {case.case_id}"
        raise NotAllowed(msg)
    if case.assignee == act.by:
        verbs.require_lease(work.assignments.of_case(case), act)


def expire_leases(work: CaseWork, at_ms: int, limit: int) -> int:
    """Return how many cases went back to the queue because their reviewer was not there any more."""
    due = work.assignments.due(at_ms, limit)
    work.cases.apply([verbs.expire(case, by_system(at_ms), found) for found, case in due])
    return len(due)
