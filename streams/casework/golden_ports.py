"""What golden cases need from the database, inside one transaction; calls block, as those of ``ports.py``."""

from typing import Protocol

from streams.cases.case import Case
from streams.cases.quality.golden import GoldenCase, GoldenMark, GoldenTally, GoldenView
from streams.cases.reviewing.assignment import Assignment, Reviewer
from streams.cases.transitions import Transition


class Goldens(Protocol):
    """Which cases are golden, and who has which in hand, inside one transaction."""

    def alone(self, case: Case) -> bool:
        """Return whether the case shares no picture with another one, whose reviewers would know of it."""

    def tally(self, case_id: str) -> GoldenTally | None:
        """Return a golden case with how reviewers decided it; None: it is not golden."""

    def add(self, mark: GoldenMark) -> None:
        """Store a mark, in the place of one that was removed."""

    def remove(self, case_id: str, at_ms: int) -> None:
        """Store that a case is golden no longer; whoever has it in hand goes on."""

    def tallies(self) -> list[GoldenTally]:
        """Return the golden cases, the newest mark first, each with how reviewers decided it."""

    def next(self, reviewer: Reviewer, assignment_id: str, at_ms: int) -> GoldenCase | None:
        """Return the golden case that fewest reviewers had, of those this one may get; None: there is none."""

    def again(self, case: GoldenCase, assignment_id: str, at_ms: int) -> GoldenCase | None:
        """Return the golden case as it waits for one more reviewer, under the same ids; None: it is none now."""

    def knows(self, case_id: str, name: str) -> bool:
        """Return whether somebody had the golden case before, or did anything on it before it was golden."""

    def went_in_place_of(self, case_id: str, name: str) -> bool:
        """Return whether somebody was given a golden case in the place of this waiting one before."""

    def begin(self, assignment: Assignment, done: Transition, in_place_of: str | None) -> None:
        """Store that a golden case is in somebody's hands from here on, who would have been given another one."""

    def of(self, case_id: str, name: str) -> GoldenCase | None:
        """Return the golden case as somebody has or had it; None: they never did."""

    def view(self, case: GoldenCase) -> GoldenView:
        """Return the case with what its reviewer did to it."""
