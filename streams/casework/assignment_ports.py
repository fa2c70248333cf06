"""What handing cases out needs from the database, inside one transaction; calls block, as those of ``ports.py``."""

from collections.abc import Collection
from typing import NamedTuple, Protocol

from streams.cases.assignment import Assignment, Draft, Reviewer
from streams.cases.case import Case
from streams.cases.conflicts import Conflict
from streams.cases.ordering import Lane


class Found(NamedTuple):
    """A case that waits for a reviewer: in which lane, since when, and what the reviewer wrote on it before."""

    case: Case
    lane: Lane
    ready_at_ms: int
    draft: Draft | None = None


class InHand(NamedTuple):
    """What a reviewer has in hand, the oldest first; of the ``given`` cases that went out lately, how many reserved."""

    own: list[Assignment]
    reserved: int
    given: int


class Assignments(Protocol):
    """Who has which case in hand, and who may be given which, inside one transaction."""

    def reviewer(self, name: str, at_ms: int) -> Reviewer:
        """Return the reviewer, who is here now; nobody else asks in this name meanwhile."""

    def next(self, reviewer: Reviewer, lane: Lane | None, at_ms: int, *, senior: bool) -> Found | None:
        """Return the first case that waits and that the reviewer may decide.

        What two reviewers differ on is for a ``senior``.
        Nobody else changes it meanwhile; those that somebody holds are passed over. None: there is none.
        """

    def reviews(self, name: str) -> bool:
        """Return whether somebody of this name reviews: they asked before, were described, or have such a role."""

    def in_hand(self, reviewer: str, since_ms: int) -> InHand:
        """Return what the reviewer has in hand, and what went out to anybody after ``since_ms``."""

    def open_of(self, reviewer: str) -> list[Assignment]:
        """Return what the reviewer has in hand, the oldest first."""

    def get(self, assignment_id: str) -> tuple[Assignment, Case]:
        """Return an assignment and its case; nobody else changes either meanwhile.

        Raises :class:`streams.errors.NotFound` when there is none.
        """

    def known(self, assignment_id: str) -> bool:
        """Return whether there is or was such an assignment."""

    def of_case(self, case: Case) -> Assignment | None:
        """Return in whose hands the case is."""

    def due(self, now_ms: int, limit: int) -> list[tuple[Assignment, Case]]:
        """Return at most ``limit`` assignments whose lease has run out, but those that somebody holds."""

    def add(self, assignment: Assignment) -> None:
        """Store a new assignment."""

    def renew(self, assignment: Assignment) -> bool:
        """Store the lease of an assignment, and whether it is held; False: it has ended meanwhile."""

    def in_conflict(self, case: Case, names: Collection[str], at_ms: int) -> list[str]:
        """Return which of these persons may not decide the case, because a conflict is named."""

    def name_conflict(self, conflict: Conflict) -> None:
        """Store that somebody may not be given some cases; in the place of what was stored on the same before."""

    def save_reviewer(self, reviewer: Reviewer, at_ms: int) -> None:
        """Store what a reviewer knows."""

    def save_draft(self, draft: Draft) -> None:
        """Store a draft in the place of the one before."""

    def drop_draft(self, case_id: str, reviewer: str) -> None:
        """Delete what the reviewer has written on the case."""

    def draft(self, case_id: str, reviewer: str) -> Draft | None:
        """Return what the reviewer has written on the case."""
