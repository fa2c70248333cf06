"""How long records are kept that only grow: those past their time are deleted, some hundred at a time."""

import asyncio
from collections.abc import Callable

from streams.clock import now_ms
from streams.ports import DatabaseCalls

PURGE_AT_ONCE = 500
PAUSE_S = 60.0
NEXT_S = 1.0
"""Pause where there is more to delete: decisions go first."""


class Purging:
    """Deletes what is older than ``keep_ms``, for as long as the worker lives."""

    def __init__(
        self,
        purge: Callable[[int, int], int],
        database: DatabaseCalls,
        keep_ms: int,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        """``purge`` deletes what was kept before a time, at most so many at once; called in the database thread."""
        self._purge = purge
        self._database = database
        self._keep_ms = keep_ms
        self._clock = clock

    async def run(self) -> None:
        """Delete for as long as the worker lives."""
        while True:
            purged = await self.once()
            await asyncio.sleep(NEXT_S if purged == PURGE_AT_ONCE else PAUSE_S)

    async def once(self) -> int:
        """Return how many records were deleted, at most :data:`PURGE_AT_ONCE`."""
        before_ms = self._clock() - self._keep_ms
        return await self._database.call("purge_kept", lambda: self._purge(before_ms, PURGE_AT_ONCE))
