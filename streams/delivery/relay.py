"""The relay: sends what transactions left in the outbox, and deletes what was sent long ago.

One at a time holds the lease. Who takes over begins with the oldest that is not marked, so a repeat is followed by all
that is newer. What waits is measured by all, whoever holds the lease.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from schemas.units import MINUTE_MS
from streams.clock import is_time, now_ms
from streams.delivery.messages import Outgoing
from streams.delivery.relay_lease import RelayLease
from streams.delivery.sending import Sender
from streams.delivery.trace_headers import followed
from streams.metrics import Metrics
from streams.ports import DatabaseCalls, Outbox, OutboxMessage
from streams.tracing import Tracer

T = TypeVar("T")

PAUSE_S = 0.2
PAUSE_OF_OTHERS_S = 1.0
"""Who does not hold the lease has until its end, up to 15 s, before there is anything to do."""
AT_ONCE = 500
PURGE_AT_ONCE = 1_000
PURGE_EVERY_MS = MINUTE_MS
LOOK_EVERY_MS = 5_000
COUNTED = 100_000


class Relay:
    """Moves messages from the outbox to their topics, oldest first."""

    def __init__(  # noqa: PLR0913 - what it moves, by what, and how long it keeps it
        self,
        outbox: Outbox,
        database: DatabaseCalls,
        sender: Sender,
        lease: RelayLease,
        metrics: Metrics,
        *,
        keep_ms: int,
        tracer: Tracer | None = None,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        """Messages are deleted ``keep_ms`` after they were sent."""
        self._outbox = outbox
        self._database = database
        self._sender = sender
        self._lease = lease
        self._metrics = metrics
        self._keep_ms = keep_ms
        self._tracer = tracer
        self._clock = clock
        self._purge_at_ms = 0
        self._look_at_ms = 0
        self._looked_at_ms = clock()
        self._oldest_ms: int | None = None
        metrics.outbox_oldest.set_function(self._oldest_unsent_s)

    async def run(self) -> None:
        """Relay for as long as the worker lives; pause when no more waits than was sent at once."""
        while True:
            if await self.once() < AT_ONCE:
                await asyncio.sleep(self.pause_s())

    def pause_s(self) -> float:
        """Return how long to wait before the next look at the outbox, or at a lease that another relay holds."""
        return PAUSE_S if self._lease.ours else PAUSE_OF_OTHERS_S

    async def once(self) -> int:
        """Return how many messages were sent: none when another relay holds the lease.

        Raises :class:`streams.delivery.relay_lease.LeaseLost` where another one may have it before the broker
        confirmed what was sent.
        """
        await self._look()
        if not await self._lease.held():
            return 0
        await self._purge()
        waiting = await self._database.call("outbox", lambda: self._outbox.waiting(AT_ONCE))
        if not waiting or not await self._lease.holds():
            return 0
        await self._sent(waiting)
        self._metrics.outbox_sent.inc(len(waiting))
        return len(waiting)

    async def _sent(self, waiting: Sequence[OutboxMessage]) -> None:
        """Send messages, and note that; rows keep no trace, so those sent together have one of their own."""
        span = None if self._tracer is None else self._tracer.begin("send outbox", None, {"messages": len(waiting)})
        leaving = [Outgoing(message.topic, message.key, message.value) for message in waiting]
        if span is not None:
            leaving = [followed(message, span) for message in leaving]
        await self._lease.during(self._confirmed(leaving))
        await self._database.call(
            "sent", lambda: self._outbox.sent([message.outbox_id for message in waiting], self._clock())
        )
        if span is not None:
            span.end()

    async def _confirmed(self, leaving: Sequence[Outgoing]) -> None:
        await self._sender.confirmed([await self._sender.buffer(message) for message in leaving])

    async def _look(self) -> None:
        """Measure what waits, now and then."""
        now = self._clock()
        if not is_time(self._look_at_ms, LOOK_EVERY_MS, now):
            return
        self._look_at_ms = now + LOOK_EVERY_MS
        found = await self._database.call("backlog", lambda: self._outbox.backlog(COUNTED))
        self._metrics.outbox_backlog.set(found.messages)
        self._oldest_ms = found.oldest_ms
        self._looked_at_ms = self._clock()

    def _oldest_unsent_s(self) -> float:
        """Return how long the oldest message may have been waiting: what was last seen, and the time since then.

        Where nothing waited and the last look is long ago, one may wait since that look.
        """
        now = self._clock()
        since_ms = self._oldest_ms
        if since_ms is None and now - self._looked_at_ms > 2 * LOOK_EVERY_MS:
            since_ms = self._looked_at_ms
        return 0 if since_ms is None else max(0, now - since_ms) / 1000

    async def _purge(self) -> None:
        """Delete one batch of what was sent long ago; the next at once where there is more, else in a while."""
        now = self._clock()
        if not is_time(self._purge_at_ms, PURGE_EVERY_MS, now):
            return
        before_ms = now - self._keep_ms
        purged = await self._database.call("purge", lambda: self._outbox.purge(before_ms, PURGE_AT_ONCE))
        self._metrics.outbox_purged.inc(purged)
        self._purge_at_ms = now if purged == PURGE_AT_ONCE else now + PURGE_EVERY_MS
