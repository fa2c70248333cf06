"""Leases: who may come to a verdict while a case is in somebody's hands, and what follows when nobody is there."""

from streams.cases.acts import Action, AuditAct, by_system, same_person
from streams.cases.case import Case
from streams.cases.quality.golden import GoldenCase
from streams.cases.reviewing import assignment as verbs
from streams.cases.reviewing import conflicts
from streams.cases.reviewing.assignment import Terms
from streams.casework.ports import BeforeVerdict, CaseWork
from streams.errors import NotAllowed
from streams.settings import Settings

_IN_HAND = frozenset({Action.ASSIGNED, Action.LEASE_EXPIRED})
_PARKED = frozenset({Action.ASSIGNED, Action.HANDED_OVER, Action.HELD})


def terms_of(settings: Settings) -> Terms:
    """Return the terms on which cases are handed out."""
    return Terms(
        lease_s=settings.lease_s,
        heartbeat_s=settings.heartbeat_s,
        hold_hours=settings.hold_hours,
        reserved_share=settings.reserved_share,
        golden_share=settings.golden_share,
        kept_free=settings.kept_free,
        skips_per_hour=settings.skips_per_hour,
    )


def require_reviewer(work: CaseWork, case: Case, act: AuditAct, before: BeforeVerdict) -> None:
    """Raise unless ``act.by`` may give a verdict on the case, of which ``before`` is known.

    :class:`NotAllowed` for a conflict of interest, :class:`CaseChanged` where their lease on the case ran out, whether
    or not it went back to the queue since.
    """
    if before.conflict or conflicts.is_own(case, act):
        msg = f"a conflict of interest of {act.by} is on record: somebody else decides case {case.case_id}"
        raise NotAllowed(msg)
    if case.assignee is not None and same_person(case.assignee, act.by):
        verbs.require_lease(before.in_hand, act)
    elif isinstance(case, GoldenCase):
        verbs.require_not_run_out(case, act, work.goldens.view(case).entries)
    else:
        verbs.require_not_run_out(case, act, work.cases.entries(case.case_id, _IN_HAND))


def held_since_ms(work: CaseWork, case: Case) -> int | None:
    """Return when whoever has the case parked it first, in Unix milliseconds; None: they have not.

    Working on it in between begins no new hold: else a case could be parked for ever.
    """
    if isinstance(case, GoldenCase):
        return verbs.first_held_ms(one for one in work.goldens.view(case).entries if one.action in _PARKED)
    return verbs.first_held_ms(work.cases.entries(case.case_id, _PARKED))


def expire_leases(work: CaseWork, at_ms: int, limit: int) -> int:
    """Return how many cases (at most ``limit``) went back to the queue because their lease had run out at ``at_ms``."""
    due = work.assignments.due(at_ms, limit)
    work.cases.apply([verbs.expire(case, by_system(at_ms), found) for found, case in due])
    return len(due)
