"""Whether there are enough reviewers for what comes: the state of the queue, and a forecast from it."""

from collections.abc import Mapping

import msgspec

from schemas.units import HOUR_MS, MINUTE_MS
from streams.cases.acts import Action
from streams.cases.reviewing.ordering import Lane
from streams.cases.states import CaseState

LATELY_MS = HOUR_MS
"""Over which time arrivals, waiting and handling are counted."""
HERE_MS = 15 * MINUTE_MS
"""Who asked for a case within it counts as there."""
BUSY_SHARE = 0.85
"""How busy people can be before those who wait wait long."""
GIVEN_BACK = {"skipped": Action.SKIPPED, "handed_over": Action.HANDED_OVER, "lease_expired": Action.LEASE_EXPIRED}
"""How a case leaves a reviewer's hands undecided, and the act by which it does."""


class Depth(msgspec.Struct, frozen=True):
    """How many cases wait, and since when the oldest does, Unix milliseconds."""

    cases: int
    oldest_ms: int


class QueueFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The queue at one moment, and what became of the last hour; means are None where nothing was seen."""

    at_ms: int
    open: Mapping[CaseState, Depth]
    waiting: Mapping[Lane, Depth]
    arrivals: int
    reviewers: int
    overdue_since_ms: int | None
    """The earliest deadline that passed without its case being moved on; None: there is none."""
    given_back: Mapping[str, int]
    """How many cases were given back undecided, by how: ``skipped``, ``handed_over`` or ``lease_expired``."""
    given_back_most: int
    """The most that one person gave back."""
    waited_ms: float | None
    handled_ms: float | None

    @property
    def backlog(self) -> int:
        """How many cases wait for a reviewer."""
        return sum(depth.cases for depth in self.waiting.values())

    @property
    def reviewers_needed(self) -> float | None:
        """How many reviewers the arrivals of the last hour need; None where nobody knows how long a case takes."""
        if self.handled_ms is None:
            return None
        return self.arrivals * self.handled_ms / LATELY_MS / BUSY_SHARE

    @property
    def hours_to_clear(self) -> float | None:
        """How long those who are there need for what waits, if nothing more came; None: nobody is there, or knows."""
        if self.handled_ms is None or self.reviewers == 0:
            return None
        return self.backlog * self.handled_ms / self.reviewers / LATELY_MS
