"""Sends what is due, and tries again with growing pauses. Any number may run: each delivery is taken by one.

Each webhook has attempts of its own, so an address that does not answer holds up nothing but what is for it.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec
import structlog

from schemas.units import DAY_MS, HOUR_MS
from streams.clock import is_time, now_ms
from streams.metrics import Metrics
from streams.ports import DatabaseCalls
from streams.webhooks.records import Delivery, DeliveryState, Post, Posted, Webhook, WebhookRecords
from streams.webhooks.signing import DELIVERY, HEADER, signature
from streams.webhooks.subscriptions import WEBHOOKS_AT_MOST

AT_ONCE = 8
"""Attempts at one webhook at a time."""
LEASE_MS = 120_000
LOOK_EVERY_S = 1.0
FIRST_PAUSE_MS = 5_000
LONGEST_PAUSE_MS = 6 * HOUR_MS
ATTEMPTS = 18
"""With these pauses the last attempt is a day and a half after the first."""
KEEP_MS = 30 * DAY_MS
PURGE_EVERY_MS = HOUR_MS
PURGE_AT_ONCE = 1_000
TELL_EVERY_MS = 30_000
"""How often it is looked how long the oldest delivery has been waiting."""
ATTEMPT_S = 60.0
"""How long one attempt is waited for: well below the lease, so that no other worker tries meanwhile."""

OUTCOMES = {DeliveryState.DELIVERED: "taken", DeliveryState.WAITING: "failed", DeliveryState.FAILED: "given_up"}
"""What an attempt counts as, by what it left the delivery as."""

log = structlog.get_logger(__name__)


class Dispatch:
    """Posts deliveries."""

    def __init__(
        self,
        records: WebhookRecords,
        post: Post,
        calls: DatabaseCalls,
        metrics: Metrics,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        """``calls`` is a thread for the database: not the one that decides."""
        self._records = records
        self._post = post
        self._calls = calls
        self._metrics = metrics
        self._clock = clock
        self._threads = ThreadPoolExecutor(AT_ONCE * WEBHOOKS_AT_MOST, thread_name_prefix="webhook")
        self._purge_at_ms = 0
        self._tell_at_ms = 0
        self._at_work: dict[asyncio.Task[None], str] = {}

    async def run(self) -> None:
        """Send for as long as the worker lives; pause while nothing is due, or all that is due is at work."""
        try:
            while True:
                await self._purge()
                await self._tell()
                await self._begin()
                await self._some_ended()
        finally:
            for attempt in self._at_work:
                attempt.cancel()

    async def once(self) -> int:
        """Return how many deliveries were tried, at most :data:`AT_ONCE` of each webhook."""
        await self._purge()
        begun = await self._begin()
        while self._at_work:
            await self._some_ended()
        await self._tell()
        return begun

    async def _begin(self) -> int:
        """Return how many attempts were begun."""
        now, busy = self._clock(), Counter(self._at_work.values())
        due = await self._calls.call("webhooks", lambda: self._records.due(now, now + LEASE_MS, AT_ONCE, busy))
        for delivery, webhook in due:
            self._at_work[asyncio.create_task(self._try(delivery, webhook))] = webhook.webhook_id
        return len(due)

    async def _some_ended(self) -> None:
        """Return once an attempt ended, or after a while; raises what kept one from being noted."""
        if not self._at_work:
            await asyncio.sleep(LOOK_EVERY_S)
            return
        ended, _ = await asyncio.wait(self._at_work, timeout=LOOK_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
        for attempt in ended:
            del self._at_work[attempt]
            attempt.result()

    async def _try(self, delivery: Delivery, webhook: Webhook) -> None:
        tried = await self._tried(delivery, webhook)
        await self._calls.call("webhooks", lambda: self._records.tried(tried))
        self._metrics.webhook_attempts.labels(OUTCOMES[tried.state]).inc()

    async def _tried(self, delivery: Delivery, webhook: Webhook) -> Delivery:
        at_ms = self._clock()
        headers = {
            "Content-Type": "application/json",
            DELIVERY: delivery.delivery_id,
            HEADER: signature(webhook.secrets, at_ms // 1_000, delivery.body),
        }
        return after(delivery, await self._posted(webhook.url, delivery.body, headers), self._clock())

    async def _posted(self, url: str, body: bytes, headers: dict[str, str]) -> Posted:
        """Return what came of an attempt, whatever it was: no address of others may end the worker that decides."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(ATTEMPT_S):
                return await loop.run_in_executor(self._threads, self._post, url, body, headers)
        except TimeoutError:
            return Posted(error="the address did not answer in time")
        except Exception:
            log.exception("an attempt to post a webhook failed by itself")
            return Posted(error="the address could not be called")

    async def _tell(self) -> None:
        """Set the metric of the delivery that has been waiting longest, every half minute."""
        now = self._clock()
        if not is_time(self._tell_at_ms, TELL_EVERY_MS, now):
            return
        oldest_ms = await self._calls.call("webhooks", self._records.oldest_waiting_ms)
        self._metrics.webhook_oldest.set(0 if oldest_ms is None else max(0, now - oldest_ms) / 1_000)
        self._tell_at_ms = now + TELL_EVERY_MS

    async def _purge(self) -> None:
        """Delete some of what is old; the next at once where there is more, else in a while.

        And let nothing wait for a time that a wrong clock gave it.
        """
        now = self._clock()
        if not is_time(self._purge_at_ms, PURGE_EVERY_MS, now):
            return
        await self._calls.call("webhooks", lambda: self._records.wait_until(now + LONGEST_PAUSE_MS, now))
        purged = await self._calls.call("webhooks", lambda: self._records.purge(now - KEEP_MS, PURGE_AT_ONCE))
        self._purge_at_ms = now if purged >= PURGE_AT_ONCE else now + PURGE_EVERY_MS


def after(delivery: Delivery, posted: Posted, at_ms: int) -> Delivery:
    """Return the delivery after an attempt: taken, to be tried again after a pause twice as long, or given up."""
    attempts = delivery.attempts + 1
    pause = min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempts - 1))
    state = DeliveryState.DELIVERED if posted.taken else DeliveryState.WAITING
    if state is DeliveryState.WAITING and attempts >= ATTEMPTS:
        state = DeliveryState.FAILED
    return msgspec.structs.replace(
        delivery, state=state, attempts=attempts, next_at_ms=at_ms + pause, status=posted.status, error=posted.error
    )
