"""``bench sightings`` on a broker: how soon after it was sent a photo can be found, and how fast a log is read.

One process sends at a steady rate, as many enrich workers would together; this one follows the log as a worker does,
and notes when its replica has read how far. Both read one clock.
"""

import asyncio
import multiprocessing
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from schemas.topics import SIGHTINGS
from streams import gc_tuning
from streams.adapters.kafka.clients import producer
from streams.adapters.kafka.replica import Replica
from streams.bench.figures import spread_ms
from streams.bench.progress import Tell
from streams.bench.synthetic import a_log
from streams.bench.testbed import Testbed, open_testbed
from streams.delivery.messages import Outgoing
from streams.errors import OperatorError
from streams.metrics import Metrics
from streams.settings import Settings

PER_S = 5_000
SECONDS = 30
PAUSE_S = 0.002
LIMIT_S = 120.0


async def measure(settings: Settings, tell: Tell) -> dict[str, Any]:
    """Return the figures on a broker that is for benchmarks alone, else raise :class:`OperatorError`."""
    with TemporaryDirectory(prefix="bench-sightings-") as folder:
        own = settings.model_copy(update={"database_url": f"sqlite:///{folder}/unused.db"})
        async with open_testbed(own) as testbed:
            tell(f"sightings: sending {PER_S} photos a second for {SECONDS} s")
            searchable = await _while_sent(testbed)
            tell("sightings: reading the log from its beginning")
            return searchable | await _caught_up(testbed)


async def _while_sent(testbed: Testbed) -> dict[str, Any]:
    replica = _replica(testbed, "following")
    await replica.start()
    following = asyncio.create_task(replica.run())
    try:
        await replica.caught_up()
        return await _searchable(testbed, replica)
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        await replica.stop()


async def _searchable(testbed: Testbed, replica: "_Watched") -> dict[str, Any]:
    """Return from when to when photos took to be searchable, and how many became so a second."""
    first, count, sent = replica.position, PER_S * SECONDS, testbed.home / "sent.npy"
    sending = multiprocessing.get_context("spawn").Process(target=_send, args=(testbed.settings, sent, count))
    sending.start()
    try:
        async with asyncio.timeout(LIMIT_S):
            await replica.has_read(first + count)
        await asyncio.to_thread(sending.join, LIMIT_S)
    except TimeoutError:
        msg = f"after {LIMIT_S:g} s only {replica.position - first} of {count} photos were searchable"
        raise OperatorError(msg) from None
    finally:
        sending.kill()
    return _figures(np.load(sent), replica.reached, first)


def _figures(
    sent: "np.ndarray[Any, np.dtype[np.float64]]", reached: Sequence[tuple[float, int]], first: int
) -> dict[str, Any]:
    moments, positions = (np.array(column) for column in zip(*reached, strict=True))
    at = moments[np.searchsorted(positions, first + np.arange(len(sent)), side="right")]
    return {
        "searchable_per_s": round(len(sent) / float(at[-1] - sent[0])),
        "searchable_ms": spread_ms((at - sent).tolist()),
    }


async def _caught_up(testbed: Testbed) -> dict[str, Any]:
    """Return how many photos a second a replica without segments reads from the broker."""
    gc_tuning.settle()  # as a worker does before it starts to read
    replica = _replica(testbed, "catching-up")
    await replica.start()
    following = asyncio.create_task(replica.run())
    began, used = time.perf_counter(), time.process_time()
    try:
        await replica.caught_up()
        took, used = time.perf_counter() - began, time.process_time() - used
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        await replica.stop()
    return {
        "caught_up_per_s": round(replica.first_end / took),
        "caught_up_cpu_us": round(1e6 * used / replica.first_end, 1),
    }


class _Watched(Replica):
    """A replica that notes when it has read how far."""

    reached: list[tuple[float, int]]

    async def _follow(self) -> None:
        await super()._follow()
        self.reached.append((time.monotonic(), self.position))

    async def has_read(self, position: int) -> None:
        """Return once it has read so far."""
        async with self._moved:
            await self._moved.wait_for(lambda: self.position >= position)


def _replica(testbed: Testbed, name: str) -> _Watched:
    async def no_send(_message: Outgoing) -> int:
        raise NotImplementedError

    settings = testbed.settings.model_copy(update={"replica_dir": testbed.data_dir(name)})
    replica = _Watched(settings, no_send, Metrics())
    replica.reached = []
    return replica


def _send(settings: Settings, times: Path, count: int) -> None:
    asyncio.run(_steadily(settings, times, count))


async def _steadily(settings: Settings, times: Path, count: int) -> None:
    """Send photos at a steady rate, and write down when each was handed over."""
    photos = a_log(count, time.time_ns(), np.random.default_rng())
    keyed = [(f"bench-{at}".encode(), raw) for at, raw in photos]
    moments = np.empty(len(keyed))
    async with producer(settings) as client:
        began, handed, waiting = time.monotonic(), 0, []
        while handed < count:
            due = min(count, int((time.monotonic() - began) * PER_S))
            for number in range(handed, due):
                moments[number] = time.monotonic()
                key, value = keyed[number]
                waiting.append(await client.send(SIGHTINGS.name, value, key=key, partition=0))
            handed = due
            await asyncio.sleep(PAUSE_S)
        await asyncio.gather(*waiting)
    np.save(times, moments)
