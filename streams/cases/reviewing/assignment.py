"""Verbs of assignment: the system gives a case to one reviewer, who keeps it, parks it, hands it over or gives it back.

Who holds a case is a field of it (``assignee``), until when is the assignment's lease: a heartbeat changes no case.
"""

# Over 250 lines because what may be done with a case in hand, and who may not, is read in one place.

from collections.abc import Collection, Iterable, Sequence

import msgspec

from schemas.units import HOUR_MS
from streams.cases.acts import Action, AuditAct, same_person
from streams.cases.audit import AuditEntry, EntryContent
from streams.cases.case import Case
from streams.cases.reviewing.ordering import WAITING, Lane, lane_of
from streams.cases.reviewing.withholding import state_shown
from streams.cases.states import CaseState
from streams.cases.transitions import Step, Transition, moved, noted
from streams.errors import CaseChanged, Invalid, NotAllowed


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """How cases are handed out, as an operator chose.

    One reviewer may have ``held_at_most`` cases parked at a time, and skip ``skips_per_hour`` without a conflict of
    interest. Of every ``kept_free`` reviewers at work (0: of none) one stays free for the reserved lane, the first from
    half of them on, while that lane alone keeps as many busy: see
    :func:`streams.cases.reviewing.ordering.has_to_stay_free`.
    """

    lease_s: int = 900
    heartbeat_s: int = 30
    hold_hours: int = 24
    held_at_most: int = 5
    skips_per_hour: int = 5
    reserved_share: float = 0.2
    golden_share: float = 0.02
    kept_free: int = 40

    def lease_ends_ms(self, now_ms: int) -> int:
        """Return when a lease ends that is given or renewed now, in Unix milliseconds."""
        return now_ms + self.lease_s * 1_000

    def heartbeat_due(self, found: "Assignment", now_ms: int) -> bool:
        """Return whether to store a heartbeat: the case was not taken yet, or the last one is ``heartbeat_s`` old."""
        return not found.taken or found.lease_until_ms <= self.lease_ends_ms(now_ms) - self.heartbeat_s * 1_000

    @property
    def hold_ms(self) -> int:
        """How long a case may stay parked at most, in milliseconds."""
        return self.hold_hours * HOUR_MS


DEFAULT_TERMS = Terms()


class Reviewer(msgspec.Struct, frozen=True, kw_only=True):
    """Who decides cases: what they know (nothing named: everything), and how many cases they work on at a time."""

    name: str
    categories: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    capacity: int = 1


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """One case in one reviewer's hands: from when, until when, and the act that ended it (``outcome``).

    ``lane`` says whose share of the reviewers' time it takes, ``ready_at_ms`` when it began to wait for a reviewer.
    ``held_since_ms`` says since when it is parked; None: it is not.
    ``taken`` is False while the person to whom it was handed over has not looked at it.
    """

    assignment_id: str
    case_id: str
    reviewer: str
    lane: Lane
    ready_at_ms: int
    assigned_at_ms: int
    lease_until_ms: int
    taken: bool = True
    held_since_ms: int | None = None
    note: str = ""
    ended_at_ms: int | None = None
    outcome: str | None = None

    @property
    def parked(self) -> bool:
        """Whether it is parked."""
        return self.held_since_ms is not None


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What a reviewer has written on a case so far; ``version`` is the case's when it was saved."""

    case_id: str
    reviewer: str
    version: int
    saved_at_ms: int
    text: str


def assign(case: Case, act: AuditAct) -> Transition:
    """Return the transition that makes ``act.by`` the reviewer; :class:`CaseChanged` if the case waits for none."""
    if case.state not in WAITING:
        msg = f"case {case.case_id} is {case.state}: it does not wait for a reviewer"
        raise CaseChanged(msg)
    return moved(case, act, [Step(Action.ASSIGNED, CaseState.ASSIGNED)], assignee=act.by)


def assigned(case: Case, assignment_id: str, act: AuditAct, ready_at_ms: int, terms: Terms) -> Assignment:
    """Return the assignment that gives ``act.by`` a case that waited since ``ready_at_ms`` (Unix milliseconds)."""
    return Assignment(
        assignment_id=assignment_id,
        case_id=case.case_id,
        reviewer=act.by,
        lane=lane_of(case),
        ready_at_ms=ready_at_ms,
        assigned_at_ms=act.at_ms,
        lease_until_ms=terms.lease_ends_ms(act.at_ms),
    )


def skip(case: Case, act: AuditAct) -> Transition:
    """Return the transition by which ``act.by`` gives the case back, for the reason in ``act.note``.

    Raises as :func:`require_holder` does.
    """
    require_holder(case, act)
    return moved(case, act, [Step(Action.SKIPPED, CaseState.READY)])


def expire(case: Case, act: AuditAct, assignment: Assignment) -> Transition:
    """Return the transition by which a case whose lease ran out waits for the next reviewer."""
    detail = {"reviewer": assignment.reviewer, "lease_until_ms": assignment.lease_until_ms}
    return moved(case, act, [Step(Action.LEASE_EXPIRED, CaseState.READY, detail)])


def hold(case: Case, act: AuditAct, until_ms: int) -> Transition:
    """Return the transition that parks the case until ``until_ms``, for the reason in ``act.note``.

    Raises as :func:`require_holder` does.
    """
    require_holder(case, act)
    return noted(case, act, Action.HELD, {"until_ms": until_ms})


def hand_over(case: Case, act: AuditAct, to: str, excluded: Collection[str], *, known: bool) -> Transition:
    """Return the transition that makes ``to`` the reviewer instead of ``act.by``, for the reason in ``act.note``.

    ``excluded`` are those who may not decide the case; ``known`` says that ``to`` is somebody who reviews. Raises
    :class:`NotAllowed` where ``to`` is one of the first, :class:`Invalid` where ``to`` is nobody known or ``act.by``,
    and as :func:`require_holder` does.
    """
    require_holder(case, act)
    if same_person(to, act.by):
        msg = f"case {case.case_id} is with {to} already: name somebody else"
        raise Invalid(msg)
    if any(same_person(to, one) for one in excluded):
        msg = f"{to} may not decide case {case.case_id}: name somebody else"
        raise NotAllowed(msg)
    if not known:
        msg = (
            f"nobody called {to} reviews here: name a person with the role of a reviewer, or who asked for a case "
            "before (refund-sentinel case reviewer NAME makes somebody known)"
        )
        raise Invalid(msg)
    return moved(case, act, [Step(Action.HANDED_OVER, None, {"reviewer": to})], assignee=to)


def lease_renewed_ms(assignment: Assignment, terms: Terms, now_ms: int) -> int:
    """Return when the lease ends if it is renewed now, in Unix milliseconds.

    A clock that is behind, or another machine's, does not shorten it. Renewing ends a hold, and the wait for the person
    to whom a case was handed over. It also ends a lease that a wrong clock set: one that lasts more than twice a hold.
    """
    ends = terms.lease_ends_ms(now_ms)
    lasts = assignment.taken and not assignment.parked and assignment.lease_until_ms <= now_ms + 2 * terms.hold_ms
    return max(ends, assignment.lease_until_ms) if lasts else ends


def first_held_ms(entries: Iterable[AuditEntry | EntryContent]) -> int | None:
    """Return when whoever has the case parked it first, Unix milliseconds; ``entries`` say who had it and parked it."""
    held = None
    for one in entries:
        held = (held or one.at_ms) if one.action == Action.HELD else None
    return held


def hold_ends_ms(since_ms: int, terms: Terms, now_ms: int, wanted_ms: int | None) -> int:
    """Return when a hold of ``wanted_ms`` ends, in Unix milliseconds; ``wanted_ms`` None: as late as it may.

    It counts from ``since_ms``, when the case was parked first. :class:`Invalid` where that is too long, or no time.
    """
    latest = since_ms + terms.hold_ms
    ends = latest if wanted_ms is None else now_ms + wanted_ms
    if not now_ms < ends <= latest:
        msg = f"a case can be kept for more than nothing and at most {terms.hold_hours} hours in all"
        raise Invalid(msg)
    return ends


def require_room_to_hold(assignment: Assignment, in_hand: Sequence[Assignment], terms: Terms) -> None:
    """Raise :class:`Invalid` if the reviewer has too many cases parked to park this one."""
    held = [each for each in in_hand if each.parked and each.assignment_id != assignment.assignment_id]
    if len(held) >= terms.held_at_most:
        msg = f"{len(held)} cases are parked already: decide one of them first, or hand one over"
        raise Invalid(msg)


def require_seldom_skipped(skipped: int, terms: Terms) -> None:
    """Raise :class:`NotAllowed` if a reviewer who ``skipped`` so many cases within an hour may not skip one more.

    Whoever skips case after case comes to the one that they want.
    """
    if skipped >= terms.skips_per_hour:
        msg = (
            f"{skipped} cases were skipped within the last hour: decide this one, park it or hand it over; "
            "what concerns you yourself can always be given back"
        )
        raise NotAllowed(msg)


def require_holder(case: Case, act: AuditAct) -> None:
    """Raise unless ``act.by`` has the case in hand: :class:`CaseChanged` if nobody has it, else :class:`NotAllowed`."""
    if case.state is not CaseState.ASSIGNED or case.assignee is None:
        msg = f"case {case.case_id} is {state_shown(case.state)} and in nobody's hands now: ask for the next one"
        raise CaseChanged(msg)
    if not same_person(case.assignee, act.by):
        msg = f"case {case.case_id} is in somebody else's hands"
        raise NotAllowed(msg)


def require_lease(assignment: Assignment | None, act: AuditAct) -> None:
    """Raise :class:`CaseChanged` if the lease of ``assignment`` ran out; None: there is nothing to check."""
    if assignment is not None and assignment.lease_until_ms <= act.at_ms:
        raise _ran_out(assignment.case_id)


def require_not_run_out(case: Case, act: AuditAct, entries: Iterable[AuditEntry | EntryContent]) -> None:
    """Raise :class:`CaseChanged` if ``act.by`` had the case until their lease ran out, and was not given it again.

    ``entries`` are those of the case's trail that say who had it, oldest first.
    """
    ran_out = False
    for one in entries:
        if one.action == Action.ASSIGNED and same_person(one.actor, act.by):
            ran_out = False
        elif one.action == Action.LEASE_EXPIRED:
            ran_out |= same_person(msgspec.json.decode(one.payload or b"{}").get("reviewer", ""), act.by)
    if ran_out:
        raise _ran_out(case.case_id)


def _ran_out(case_id: str) -> CaseChanged:
    return CaseChanged(f"the lease on case {case_id} ran out: your draft is kept, ask for the next case")


def in_hand_again(in_hand: Sequence[Assignment], reviewer: Reviewer) -> Assignment | None:
    """Return the case in hand that a reviewer who asks for the next one gets: one handed over, or their oldest.

    None: they may get a new one. Parked cases do not count.
    """
    handed_over = [each for each in in_hand if not each.taken]
    working = [each for each in in_hand if each.taken and not each.parked]
    if handed_over and len(working) < reviewer.capacity:
        return handed_over[0]
    return working[0] if len(working) >= reviewer.capacity else None
