"""Handing cases out: the next one for a reviewer, who keeps it, parks it, hands it over or gives it back.

Reviewers do not pick. Each act is one transaction; what it says of who has which case is stored by the writer of cases.
"""

# Over 250 lines because each act on a case in hand is one method here, and one transaction.

import secrets

import msgspec

from streams.cases.acts import AuditAct, same_person
from streams.cases.case import Case
from streams.cases.record import disclosure
from streams.cases.reviewing import assignment as verbs
from streams.cases.reviewing.assignment import DEFAULT_TERMS, Assignment, Draft, Reviewer, Terms
from streams.cases.reviewing.conflicts import PASSED_OVER_MS, SKIPS_OVER_MS, Conflict, own_conflicts
from streams.cases.reviewing.ordering import FREE_FOR_MS, SHARE_OVER_MS, has_to_stay_free, kept_busy, lanes_for
from streams.cases.reviewing.withholding import state_shown
from streams.casework.assignment_ports import Assignments as Port
from streams.casework.assignment_ports import Found, Taker
from streams.casework.ports import CaseDatabase, CaseWork
from streams.casework.quality.golden_work import hand_on, hand_out
from streams.casework.reviewing.drafts import require_short
from streams.casework.reviewing.leases import held_since_ms
from streams.casework.reviewing.takers import excluded_from, takers_of
from streams.errors import CaseChanged, NotAllowed, NotFound


class Assigned(msgspec.Struct, frozen=True, kw_only=True):
    """A case in a reviewer's hands. Without a heartbeat every ``heartbeat_s`` seconds the lease runs out."""

    assignment: Assignment
    case: Case
    heartbeat_s: int
    draft: Draft | None = None


class Assignments:
    """Hands cases out. ``act`` says who asks, and when.

    Raises :class:`streams.errors.NotFound` for an unknown assignment, and what the verbs and the database raise.
    """

    def __init__(self, database: CaseDatabase, terms: Terms = DEFAULT_TERMS) -> None:
        self._database = database
        self._terms = terms

    def next(self, act: AuditAct, *, senior: bool = False, golden: bool = False) -> Assigned | None:
        """Return the case that ``act.by`` reviews next; None: there is none that they may decide.

        ``senior``: also one on which two reviewers differ. ``golden``: by lot, a golden case in the place of the next
        one, which goes on waiting; seniors know which these are, and are given none.

        What was handed over to them comes first. Who already works on as many cases as they can gets the oldest of
        these again: an answer lost on its way loses no case.
        """
        with self._database.changing_cases() as work:
            since_ms, lease_ms = act.at_ms - SHARE_OVER_MS, self._terms.lease_s * 1_000
            reviewer, now = work.assignments.asks(act.by, act.at_ms, since_ms, lease_ms)
            for conflict in own_conflicts(act):
                work.assignments.name_conflict(conflict)
            again = verbs.in_hand_again([each for each in now.own if each.lease_until_ms > act.at_ms], reviewer)
            if again is not None:
                return self._resumed(work, again, act)
            free = self._stays_free(work, act, kept_busy(now.reserved_ms))
            for lane in lanes_for(now.reserved, now.given, self._terms.reserved_share, stays_free=free):
                found = work.assignments.next(reviewer, lane, act.at_ms, senior=senior)
                if found is None:
                    continue
                if golden and not senior:
                    known = hand_out(work, reviewer, act, self._terms, _new_id(), found.case)
                    if known is not None:
                        return Assigned(assignment=known[0], case=known[1], heartbeat_s=self._terms.heartbeat_s)
                return self._assigned(work, found, act)
            return None

    def heartbeat(self, assignment_id: str, act: AuditAct) -> Assigned:
        """Return the assignment with its lease renewed: ``act.by`` is there. A parked case is worked on again."""
        with self._database.changing_cases() as work:
            found, case = self._own(work.assignments, assignment_id, act)
            return self._renewed(work, found, case, act)

    def looked_at(self, case: Case, act: AuditAct) -> Assigned | None:
        """Return the assignment of the case to ``act.by``, who looks at it; None: they do not have it, or it is parked.

        Looking shows that they are there, as a heartbeat does; it is stored as seldom as heartbeats are.
        """
        if case.assignee is None or not same_person(case.assignee, act.by):
            return None
        with self._database.seeing_cases() as work:
            found = work.assignments.of_case(case)
            if (
                found is None
                or not same_person(found.reviewer, act.by)
                or found.parked
                or found.lease_until_ms <= act.at_ms
            ):
                return None
            if not self._terms.heartbeat_due(found, act.at_ms):
                return self._shown(work, found, case)
        return self.heartbeat(found.assignment_id, act)

    def hold(self, assignment_id: str, act: AuditAct, for_ms: int | None = None) -> Assigned:
        """Return the assignment, parked for ``for_ms`` (None: as long as allowed), for the reason in ``act.note``."""
        with self._database.changing_cases() as work:
            found, case = self._own(work.assignments, assignment_id, act)
            verbs.require_room_to_hold(found, work.assignments.open_of(act.by), self._terms)
            since = held_since_ms(work, case) or act.at_ms
            until = verbs.hold_ends_ms(since, self._terms, act.at_ms, for_ms)
            done = verbs.hold(case, act, until)
            held = msgspec.structs.replace(found, lease_until_ms=until, held_since_ms=since, note=act.note)
            work.cases.apply([done])
            work.assignments.renew(held)
            return self._shown(work, held, done.after)

    def hand_over(self, assignment_id: str, act: AuditAct, to: str) -> Assignment:
        """Return the assignment of ``to``, who gets the case when they next ask for one; ``act.note`` says why.

        It waits for them alone, as long as a hold may last. :class:`Invalid` where nobody of this name reviews here.
        """
        with self._database.changing_cases() as work:
            found, case = self._own(work.assignments, assignment_id, act)
            excluded = excluded_from(work, case, [to], act.at_ms)
            done = verbs.hand_over(case, act, to, excluded, known=work.assignments.reviews(to))
            work.cases.apply([done])
            given = Assignment(
                assignment_id=_new_id(),
                case_id=case.case_id,
                reviewer=to,
                lane=found.lane,
                ready_at_ms=found.ready_at_ms,
                assigned_at_ms=act.at_ms,
                lease_until_ms=act.at_ms + self._terms.hold_ms,
                taken=False,
                note=act.note,
            )
            hand_on(work, given, case, act)
            return given

    def takers(self, case: Case, act: AuditAct) -> list[Taker]:
        """Return to whom ``act.by`` may hand the case over, those who are at work first."""
        with self._database.seeing_cases() as work:
            return takers_of(work, case, act)

    def skip(self, assignment_id: str, act: AuditAct, *, conflict: bool = False) -> Case:
        """Return the case that ``act.by`` gave back, for the reason in ``act.note``: it goes to somebody else.

        ``conflict``: never to them again, else for a day, and only so many an hour (:class:`NotAllowed`).
        """
        with self._database.changing_cases() as work:
            _, case = self._own(work.assignments, assignment_id, act)
            if not conflict:
                skipped = work.assignments.skipped(act.by, act.at_ms - SKIPS_OVER_MS)
                verbs.require_seldom_skipped(skipped, self._terms)
            done = verbs.skip(case, act)
            work.cases.apply([done])
            work.assignments.name_conflict(
                Conflict(
                    reviewer=act.by,
                    scope="case" if conflict else "skipped",
                    subject_id=case.case_id,
                    note=act.note,
                    named_by=act.by,
                    named_at_ms=act.at_ms,
                    until_ms=None if conflict else act.at_ms + PASSED_OVER_MS,
                )
            )
            return done.after

    def draft(self, assignment_id: str, act: AuditAct, text: str) -> Draft:
        """Return the draft of ``act.by`` on the case, now stored; the lease is renewed, and the draft outlives it."""
        require_short(text)
        with self._database.changing_cases() as work:
            found, case = self._own(work.assignments, assignment_id, act)
            draft = Draft(
                case_id=case.case_id, reviewer=found.reviewer, version=case.version, saved_at_ms=act.at_ms, text=text
            )
            work.assignments.save_draft(draft)
            self._renewed(work, found, case, act)
            return draft

    def show_buyer(self, assignment_id: str, act: AuditAct) -> Case:
        """Return the case with its buyer, after the reason in ``act.note`` why ``act.by`` has to know is on record."""
        with self._database.changing_cases() as work:
            _, case = self._own(work.assignments, assignment_id, act)
            done = disclosure.show_buyer(case, act)
            work.cases.apply([done])
            return done.after

    def find(self, name: str) -> str:
        """Return the id of an assignment by that id itself, or by the id of its case or request."""
        with self._database.changing_cases() as work:
            if work.assignments.known(name):
                return name
            case = work.cases.get(name)
            found = work.assignments.of_case(case)
            if found is None:
                msg = f"case {case.case_id} is {state_shown(case.state)} and in nobody's hands"
                raise NotFound(msg)
            return found.assignment_id

    def in_hand(self, by: str) -> list[Assignment]:
        """Return what a reviewer has in hand, the oldest first."""
        with self._database.seeing_cases() as work:
            return work.assignments.open_of(by)

    def know(self, reviewer: Reviewer, act: AuditAct) -> None:
        """Store what a reviewer knows, and how many cases they work on at a time."""
        with self._database.changing_cases() as work:
            work.assignments.save_reviewer(reviewer, act.at_ms)

    def exclude(self, conflict: Conflict) -> bool:
        """Store that a reviewer may not be given one case, or those of one merchant or buyer.

        Return whether anybody of this name reviews here; whoever is named before their first case is kept from it too.
        """
        with self._database.changing_cases() as work:
            work.assignments.name_conflict(conflict)
            return work.assignments.reviews(conflict.reviewer)

    def _stays_free(self, work: CaseWork, act: AuditAct, reserved_busy: float) -> bool:
        """Return whether ``act.by``, who is free, has to stay so for small claims, which kept so many busy lately."""
        one_in = self._terms.kept_free
        if one_in == 0 or reserved_busy < 1:  # then nobody stays free, and who is at work need not be counted
            return False
        at_work = work.assignments.at_work(act.by, act.at_ms - FREE_FOR_MS)
        return has_to_stay_free(*at_work, one_in, reserved_busy)

    def _assigned(self, work: CaseWork, found: Found, act: AuditAct) -> Assigned:
        done = verbs.assign(found.case, act)
        given = verbs.assigned(done.after, _new_id(), act, found.ready_at_ms, self._terms)
        given = msgspec.structs.replace(given, lane=found.lane)
        work.cases.apply([done], [given])
        return Assigned(assignment=given, case=done.after, heartbeat_s=self._terms.heartbeat_s, draft=found.draft)

    def _resumed(self, work: CaseWork, found: Assignment, act: AuditAct) -> Assigned:
        return self._renewed(work, *work.assignments.get(found.assignment_id), act)

    def _renewed(self, work: CaseWork, found: Assignment, case: Case, act: AuditAct) -> Assigned:
        until = verbs.lease_renewed_ms(found, self._terms, act.at_ms)
        renewed = msgspec.structs.replace(found, lease_until_ms=until, held_since_ms=None, taken=True)
        if not work.assignments.renew(renewed):
            raise _ended(found)
        return self._shown(work, renewed, case)

    def _shown(self, work: CaseWork, found: Assignment, case: Case) -> Assigned:
        draft = work.assignments.draft(case.case_id, found.reviewer)
        return Assigned(assignment=found, case=case, heartbeat_s=self._terms.heartbeat_s, draft=draft)

    def _own(self, port: Port, assignment_id: str, act: AuditAct) -> tuple[Assignment, Case]:
        found, case = port.get(assignment_id)
        if not same_person(found.reviewer, act.by):
            msg = f"assignment {assignment_id} is somebody else's"
            raise NotAllowed(msg)
        if found.ended_at_ms is not None:
            raise _ended(found)
        verbs.require_lease(found, act)
        return found, case


def _ended(found: Assignment) -> CaseChanged:
    return CaseChanged(f"assignment {found.assignment_id} is over: your draft is kept, ask for the next case")


def _new_id() -> str:
    return f"a-{secrets.token_hex(16)}"
