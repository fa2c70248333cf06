"""Credit signals whose verdict fell are taken back by themselves: no partner goes on hearing of a forgery that is none.

They are found by query, so any number of workers may look, and an outage forgets none.
"""

import asyncio
from collections.abc import Callable

import structlog

from streams.casework.credit.credit import Credit
from streams.clock import now_ms
from streams.ports import DatabaseCalls

LOOK_EVERY_S = 60.0

log = structlog.get_logger(__name__)


class Revocations:
    """Revokes what was sent on cases that are no confirmed forgeries any more."""

    def __init__(self, credit: Credit, calls: DatabaseCalls, clock: Callable[[], int] = now_ms) -> None:
        """``calls`` is the database thread; ``clock`` gives Unix milliseconds."""
        self._credit = credit
        self._calls = calls
        self._clock = clock

    async def run(self) -> None:
        """Look for as long as the worker lives."""
        while True:
            await self.once()
            await asyncio.sleep(LOOK_EVERY_S)

    async def once(self) -> int:
        """Return how many signals were revoked."""
        revoked = await self._calls.call("revocations", lambda: self._credit.revoke_overturned(self._clock()))
        for signal_id in revoked:
            log.info("credit signal is revoked: its case is no confirmed forgery any more", signal=signal_id)
        return len(revoked)
