"""What was done to cases a moment ago: so that pages show it without being asked again and again."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

LOOK_BACK_MS = 10_000
"""How late an act may be committed, or how far the clock of who did it may be behind, to be noticed all the same."""
AT_ONCE = 1_000


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """An act on a case: its place in the case's trail, and whose case it is."""

    case_id: str
    seq: int
    at_ms: int
    request_id: str
    merchant_id: str
    buyer_id: str


class RecentActs(Protocol):
    """The audit trail's end; calls block."""

    def since(self, at_ms: int, limit: int) -> Sequence[Changed]:
        """Return at most ``limit`` acts from ``at_ms`` (Unix milliseconds) on, in no order."""


class Changes:
    """Tells each act once. Not safe for several threads at once."""

    def __init__(self, records: RecentActs) -> None:
        self._records = records
        self.recent: Sequence[Changed] = ()
        """What the last call of :meth:`news` found, told before or not."""
        self._looked_ms: int | None = None

    def news(self, now_ms: int) -> list[Changed] | None:
        """Return the acts since the last call; None: there are too many to name, so everything may have changed.

        The first call returns the acts of the last :data:`LOOK_BACK_MS`.
        """
        looked_ms = now_ms if self._looked_ms is None else min(self._looked_ms, now_ms)
        found = self._records.since(looked_ms - LOOK_BACK_MS, AT_ONCE + 1)
        self._looked_ms = now_ms
        told, self.recent = {(one.case_id, one.seq) for one in self.recent}, found
        if len(found) > AT_ONCE:
            return None
        return [one for one in found if (one.case_id, one.seq) not in told]
