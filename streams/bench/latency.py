"""``bench latency``: from the broker's append time of a request to when a platform has its decision."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import islice

import msgspec

from schemas.topics import DECISIONS, REQUESTS
from streams.adapters.kafka.clients import producer
from streams.adapters.kafka.topic_reader import Message, from_now
from streams.bench import small_photos
from streams.bench.figures import Figure, percentile
from streams.bench.processes import running, worker
from streams.bench.progress import Tell
from streams.bench.testbed import Testbed, open_testbed
from streams.clock import now_ms
from streams.settings import Settings

PER_S = 20
SECONDS = 30
WARM = 60
"""Requests before those that count: workers that start are not yet at work."""
GOAL_S = 1.0
SHARES = {"half of them": 0.5, "95 in 100": 0.95, "99 in 100": 0.99}


class _Told(msgspec.Struct):
    request_id: str


_told = msgspec.json.Decoder(_Told)


async def measure(settings: Settings, tell: Tell, per_s: int = PER_S, seconds: int = SECONDS) -> list[Figure]:
    """Return the 50th, 95th and 99th percentile at a steady rate of requests with small photos, in seconds.

    The clocks of the broker and of this machine must agree. Raises :class:`streams.errors.OperatorError` when
    decisions do not come.
    """
    load = os.getloadavg()[0]
    count = per_s * seconds
    async with open_testbed(settings) as testbed:
        tell(f"latency: drawing {WARM + count} small photos")
        requests = await asyncio.to_thread(small_photos.requests, testbed, WARM + count)
        async with from_now(testbed.settings, DECISIONS) as decisions, running(worker(testbed, "all")):
            tell("latency: the workers warm up")
            await _answered(testbed, requests, WARM, decisions, per_s)
            tell(f"latency: {count} requests, {per_s} a second")
            taken_ms = await _answered(testbed, requests, count, decisions, per_s)
    return [
        Figure(
            measure=f"latency at {per_s} requests a second, {name}",
            value=round(percentile(taken_ms, share) / 1_000, 3),
            unit="s",
            load=load,
            at_most=GOAL_S,
            beside="from the broker's time of the request to the decision at a consumer",
            parts={"requests": len(taken_ms)},
        )
        for name, share in SHARES.items()
    ]


async def _answered(
    testbed: Testbed, requests: Iterator[tuple[bytes, bytes]], count: int, decisions: AsyncIterator[Message], per_s: int
) -> list[float]:
    """Return how long each of the next ``count`` requests took to its decision, in milliseconds."""
    sending = asyncio.create_task(_sent(testbed, islice(requests, count), per_s))
    arrived_ms: dict[str, int] = {}
    while len(arrived_ms) < count:
        arrived_ms.setdefault(_id((await anext(decisions)).value), now_ms())
    return [arrived_ms[one] - at_ms for one, at_ms in (await sending).items()]


async def _sent(testbed: Testbed, requests: Iterable[tuple[bytes, bytes]], per_s: int) -> dict[str, int]:
    """Return the broker's time of each request, by id, after sending them at a steady rate."""
    async with producer(testbed.settings) as client:
        sent = {}
        begin = time.monotonic()
        for number, (key, value) in enumerate(requests):
            await asyncio.sleep(begin + number / per_s - time.monotonic())
            sent[_id(value)] = await client.send(REQUESTS.name, value, key)
        return {one: (await done).timestamp for one, done in sent.items()}


def _id(value: bytes | None) -> str:
    return _told.decode(value or b"").request_id
