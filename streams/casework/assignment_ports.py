"""What handing cases out needs from the database, inside one transaction; calls block, as those of ``ports.py``."""

from collections.abc import Collection
from typing import NamedTuple, Protocol

from streams.cases.case import Case
from streams.cases.reviewing.assignment import Assignment, Draft, Reviewer
from streams.cases.reviewing.conflicts import Conflict
from streams.cases.reviewing.ordering import Lane


class Found(NamedTuple):
    """A case that waits for a reviewer: its lane, since when (Unix milliseconds), and the reviewer's earlier draft."""

    case: Case
    lane: Lane
    ready_at_ms: int
    draft: Draft | None = None


class InHand(NamedTuple):
    """What a reviewer has in hand, oldest first; how many cases went out lately, and how many of those ``reserved``.

    ``reserved_ms`` is how long the reserved ones were in hands, each for one lease at most: parked, it is no work.
    """

    own: list[Assignment]
    reserved: int
    given: int
    reserved_ms: int


class AtWork(NamedTuple):
    """How many reviewers are at work, and how many beside whoever asks are free: they asked and got nothing."""

    reviewers: int
    others_free: int


class Taker(NamedTuple):
    """Somebody who reviews: whether they are at work now, and how many cases they have in hand, parked ones too."""

    name: str
    here: bool
    in_hand: int


class Assignments(Protocol):
    """Who has which case in hand, and who may be given which, inside one transaction."""

    def asks(self, name: str, at_ms: int, since_ms: int, lease_ms: int) -> tuple[Reviewer, InHand]:
        """Return the reviewer, now noted as at work, with what they have in hand, and what went out after ``since_ms``.

        Until the transaction ends, nobody else asks in this name.
        """

    def next(self, reviewer: Reviewer, lane: Lane | None, at_ms: int, *, senior: bool) -> Found | None:
        """Return the first waiting case that the reviewer may decide; None: there is none.

        A case on which two reviewers differ is for a ``senior``. Nobody else changes it until the transaction ends;
        cases that another transaction has locked are passed over.
        """

    def reviews(self, name: str) -> bool:
        """Return whether a person or key of this name reviews: they asked before, are described, or have the role."""

    def takers(self, but: str, since_ms: int, limit: int, *, seniors: bool) -> list[Taker]:
        """Return at most ``limit`` who review, without ``but``: those at work first, then by name.

        At work is who works on a case, or asked for one after ``since_ms``. ``seniors``: they alone.
        """

    def at_work(self, reviewer: str, since_ms: int) -> AtWork:
        """Return who is at work: whoever asks, who has a case in hand, and who asked after ``since_ms``."""

    def open_of(self, reviewer: str) -> list[Assignment]:
        """Return what the reviewer has in hand, the oldest first."""

    def get(self, assignment_id: str) -> tuple[Assignment, Case]:
        """Return an assignment and its case; nobody else changes either until the transaction ends.

        Raises :class:`streams.errors.NotFound` when there is none.
        """

    def known(self, assignment_id: str) -> bool:
        """Return whether there is or was such an assignment."""

    def of_case(self, case: Case) -> Assignment | None:
        """Return the assignment that has the case in somebody's hands now; None: nobody has it."""

    def due(self, now_ms: int, limit: int) -> list[tuple[Assignment, Case]]:
        """Return up to ``limit`` assignments whose lease ran out, without those that another transaction has locked."""

    def add(self, assignment: Assignment) -> None:
        """Store a new assignment."""

    def renew(self, assignment: Assignment) -> bool:
        """Return whether the lease, the hold and its note were stored; False: the assignment has ended meanwhile."""

    def in_conflict(self, case: Case, names: Collection[str], at_ms: int) -> list[str]:
        """Return those of these persons who may not decide the case, because a conflict of interest is on record."""

    def skipped(self, reviewer: str, since_ms: int) -> int:
        """Return how many cases the person skipped after ``since_ms``, without those that concern them."""

    def name_conflict(self, conflict: Conflict) -> None:
        """Store a conflict of interest, in place of an earlier one of the same reviewer and subject."""

    def save_reviewer(self, reviewer: Reviewer, at_ms: int) -> None:
        """Store what a reviewer knows, and how many cases they work on at a time."""

    def save_draft(self, draft: Draft) -> None:
        """Store a draft in the place of the one before."""

    def drop_draft(self, case_id: str, reviewer: str) -> None:
        """Delete what the reviewer has written on the case."""

    def draft(self, case_id: str, reviewer: str) -> Draft | None:
        """Return what the reviewer has written on the case; None: nothing."""
