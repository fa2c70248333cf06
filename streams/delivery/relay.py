"""The relay: sends what transactions left in the outbox. One at a time holds the lease; a repeat is harmless."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from prometheus_client import Counter

from streams.clock import now_ms
from streams.delivery.messages import Outgoing
from streams.delivery.sending import Sender
from streams.ports import Outbox

T = TypeVar("T")

PAUSE_S = 0.2
LEASE_MS = 15_000
AT_ONCE = 500


class Calls(Protocol):
    """Runs a blocking call in the database thread, with retries."""

    def call(self, name: str, work: Callable[[], T]) -> Awaitable[T]:
        """Return what ``work`` returns."""


class Relay:
    """Moves messages from the outbox to their topics, oldest first."""

    def __init__(self, outbox: Outbox, database: Calls, sender: Sender, owner: str, sent: Counter) -> None:
        """``owner`` names this relay in the lease."""
        self._outbox = outbox
        self._database = database
        self._sender = sender
        self._owner = owner
        self._sent = sent

    async def run(self) -> None:
        """Relay for as long as the worker lives; pause when there is nothing to send."""
        while True:
            if not await self.once():
                await asyncio.sleep(PAUSE_S)

    async def once(self) -> int:
        """Return how many messages were sent: none when another relay holds the lease."""
        if not await self._database.call("lease", lambda: self._outbox.lease(self._owner, now_ms(), LEASE_MS)):
            return 0
        waiting = await self._database.call("outbox", lambda: self._outbox.waiting(AT_ONCE))
        if not waiting:
            return 0
        buffered = [
            await self._sender.buffer(Outgoing(message.topic, message.key, message.value)) for message in waiting
        ]
        await self._sender.confirmed(buffered)
        await self._database.call(
            "sent", lambda: self._outbox.sent([message.outbox_id for message in waiting], now_ms())
        )
        self._sent.inc(len(waiting))
        return len(waiting)
