"""The lease of the relay: one sends at a time, so that of two events of one case the older never comes last.

A relay whose send takes longer than its lease would go on while the next one has sent the same, and newer ones. So a
lease is renewed while something is sent, and who cannot renew it in time ends before it runs out.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from streams.errors import TransientError
from streams.ports import DatabaseCalls, Outbox

T = TypeVar("T")

LEASE_MS = 15_000
RENEW_S = 3.0
SPARE_S = 1.0
"""How long before its end a lease counts as over: to end takes a moment."""


class LeaseLost(TransientError):
    """Another relay may send by now: what is still in our producer must not follow."""


class RelayLease:
    """Whether this relay may send, and until when, by a clock that nobody sets."""

    def __init__(
        self,
        outbox: Outbox,
        database: DatabaseCalls,
        owner: str,
        *,
        lasts_ms: int = LEASE_MS,
        renew_s: float = RENEW_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``owner`` is the worker's name; the lease is asked for every ``renew_s`` seconds while something is sent."""
        self._outbox = outbox
        self._database = database
        # In containers each worker may be process 1, and two may have been given one name by mistake.
        self._owner = f"{owner}-{secrets.token_hex(4)}"
        self._lasts_ms = lasts_ms
        self._renew_s = renew_s
        self._monotonic = monotonic
        self._ends_at = 0.0

    @property
    def ours(self) -> bool:
        """Whether the last time that it was asked for it was given to us, and has not ended."""
        return self._ends_at > self._monotonic()

    async def taken(self) -> bool:
        """Return whether the lease is ours now: it was, or nobody has it."""
        asked_at = self._monotonic()  # in the database it ends no sooner
        ours = await self._database.call("lease", lambda: self._outbox.lease(self._owner, None, self._lasts_ms))
        if ours:
            self._ends_at = asked_at + self._lasts_ms / 1000 - SPARE_S
        return ours

    async def held(self) -> bool:
        """Return whether the lease is ours now, without asking the database while more than half of it is left."""
        return await self.holds() or await self.taken()

    async def holds(self) -> bool:
        """Return whether it is still ours, without a gap, and for long enough: what was read under it may be sent."""
        left_s = self._ends_at - self._monotonic()
        return left_s > self._lasts_ms / 2_000 or (left_s > 0 and await self._renewed())

    async def during(self, sending: Awaitable[T]) -> T:
        """Return what ``sending`` returns; the lease is renewed meanwhile.

        Raises :class:`LeaseLost` before the lease ends where it cannot be renewed. What was buffered may still leave
        then: the worker has to end at once, as it does for each failure of a service.
        """
        task = asyncio.ensure_future(sending)
        try:
            while not (await asyncio.wait({task}, timeout=self._renew_s))[0]:
                if not await self._renewed():
                    msg = "the lease of the relay could not be renewed while messages were sent: another one has it"
                    raise LeaseLost(msg)
            return await task
        finally:
            task.cancel()

    async def _renewed(self) -> bool:
        """Return whether the lease was renewed before it ended."""
        try:
            async with asyncio.timeout(self._ends_at - self._monotonic()):
                return await self.taken()
        except TimeoutError:
            return False
