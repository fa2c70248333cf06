"""What golden cases need from the database, inside one transaction; calls block, as those of ``ports.py``."""

from collections.abc import Sequence
from typing import Protocol

from streams.cases.assignment import Assignment, Reviewer
from streams.cases.case import Case
from streams.cases.golden import GoldenCase, GoldenMark, GoldenTally
from streams.cases.looks import VerdictRecord
from streams.cases.transitions import Transition


class Goldens(Protocol):
    """Which cases are golden, and who has which in hand, inside one transaction."""

    def alone(self, case: Case) -> bool:
        """Return whether the case shares no picture with another one: whoever works on that one would know of it."""

    def tally(self, case_id: str) -> GoldenTally | None:
        """Return a golden case with what reviewers came to; None: it is not golden."""

    def add(self, mark: GoldenMark) -> None:
        """Store a mark, in the place of one that was removed."""

    def remove(self, case_id: str, at_ms: int) -> None:
        """Store that a case is golden no longer; whoever has it in hand goes on."""

    def tallies(self) -> list[GoldenTally]:
        """Return the golden cases, the newest mark first, each with what reviewers came to."""

    def next(self, reviewer: Reviewer, assignment_id: str, at_ms: int) -> GoldenCase | None:
        """Return a golden case that the reviewer may be given, the one that fewest had; None: there is none.

        None that they had before, acted on or looked at, and none that a conflict is named on.
        """

    def again(self, case_id: str, assignment_id: str, at_ms: int) -> GoldenCase | None:
        """Return the golden case as it waits for one more reviewer; None: it is golden no longer."""

    def knows(self, case_id: str, name: str) -> bool:
        """Return whether somebody had the golden case before, or did anything on the case that it is."""

    def begin(self, assignment: Assignment, done: Transition) -> None:
        """Store that a golden case is in somebody's hands from here on."""

    def of(self, case_id: str, name: str) -> GoldenCase | None:
        """Return the golden case as somebody has or had it; None: they never did."""

    def record(self, case: GoldenCase) -> Sequence[VerdictRecord]:
        """Return the verdicts that the reviewer came to on it, oldest first."""
