"""``bench gap``: how long partitions get no decision when one worker of four is killed, or one of three leaves."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from schemas.codec import encode
from schemas.topics import DECISIONS, EVIDENCE
from streams.adapters.kafka.clients import producer
from streams.adapters.kafka.leaving import leave
from streams.adapters.kafka.topic_reader import Message, from_now
from streams.bench.evidence import evidence
from streams.bench.figures import Figure, longest_gap
from streams.bench.processes import Process, running, worker
from streams.bench.progress import Tell
from streams.bench.testbed import Testbed, open_testbed
from streams.clock import now_ms
from streams.settings import Settings

WORKERS = 4
FEWER = 3
"""Of how many workers one is taken away for good."""
PER_S = 120
BEFORE_S = 8.0
AFTER_S = 15.0
"""How long decisions are watched before the act, and after it is done."""
LONGEST_S = 300
GOAL_S = 5
LOOK_S = 0.1


@dataclass(frozen=True)
class Watched:
    """What was seen around one act on a fleet: whose partitions are concerned, decisions, and when what was done."""

    held: set[int]
    watch: "Watch"
    load: float
    acted_s: float
    done_s: float

    @property
    def others(self) -> set[int]:
        """The partitions that the worker concerned did not have."""
        return set(range(EVIDENCE.partitions)) - self.held

    def before(self) -> float:
        """Return the longest gap on any partition before the act."""
        return self.watch.gap(self.others | self.held, self.acted_s - BEFORE_S, self.acted_s)

    def after(self, partitions: Iterable[int]) -> float:
        """Return the longest gap on any of ``partitions`` from the act on."""
        return self.watch.gap(partitions, self.acted_s, self.done_s + AFTER_S)


async def measure(settings: Settings, tell: Tell, workers: int = WORKERS, per_s: int = PER_S) -> Figure:
    """Return the longest time without a decision on any one partition of the other workers, in seconds.

    One worker is killed and started again at once. Raises :class:`streams.errors.OperatorError` when the workers do not
    get ready.
    """

    async def kill_and_start_again(_: Settings, concerned: Process) -> None:
        await asyncio.to_thread(concerned.end, signal.SIGKILL)
        concerned.start()
        await concerned.until_ready()

    seen = await _watched(settings, tell, kill_and_start_again, workers, per_s)
    return Figure(
        measure=f"gap on the others' partitions, one of {workers} killed",
        value=round(seen.after(seen.others), 1),
        unit="s",
        load=seen.load,
        at_most=GOAL_S,
        beside=f"the longest on any partition before the kill: {seen.before():.1f} s",
        parts={
            "killed_workers_partitions_s": round(seen.after(seen.held), 1),
            "ready_again_s": round(seen.done_s - seen.acted_s, 1),
            "partitions": len(seen.others),
            "events_per_s": per_s,
        },
    )


async def measure_leaving(settings: Settings, tell: Tell, workers: int = FEWER, per_s: int = PER_S) -> Figure:
    """Return the longest time without a decision on any partition when one worker is taken away for good, in seconds.

    It is stopped by SIGTERM, then ``worker leave`` takes it out of its group. Errors as in :func:`measure`.
    """

    async def take_away(ours: Settings, concerned: Process) -> None:
        await asyncio.to_thread(concerned.end)
        await leave(ours, concerned.environment["SENTINEL_INSTANCE"])

    seen = await _watched(settings, tell, take_away, workers, per_s)
    return Figure(
        measure=f"gap on any partition, {workers} workers become {workers - 1}",
        value=round(seen.after(seen.held | seen.others), 1),
        unit="s",
        load=seen.load,
        at_most=GOAL_S,
        beside=f"the longest on any partition before that: {seen.before():.1f} s",
        parts={
            "its_partitions_s": round(seen.after(seen.held), 1),
            "others_partitions_s": round(seen.after(seen.others), 1),
            "stop_and_leave_s": round(seen.done_s - seen.acted_s, 1),
            "session_s": settings.session_timeout_s,
            "events_per_s": per_s,
        },
    )


async def _watched(
    settings: Settings, tell: Tell, act: Callable[[Settings, Process], Awaitable[None]], workers: int, per_s: int
) -> Watched:
    """Return what was seen when ``act`` was done to the first of so many decide workers.

    Evidence goes to every partition in turn; each worker is a static member of the group.
    """
    load = os.getloadavg()[0]
    watch = Watch()
    async with open_testbed(settings) as testbed:
        fleet = [worker(testbed, "decide", number) for number in range(workers)]
        async with from_now(testbed.settings, DECISIONS) as decisions, running(*fleet), asyncio.TaskGroup() as group:
            sending = group.create_task(send_evenly(testbed, per_s))
            watching = group.create_task(watch.follow(decisions))
            tell(f"gap: {workers} workers start")
            held = await shared_out(fleet)
            tell(f"gap: {per_s} events a second, and {act.__name__.replace('_', ' ')} one worker")
            await asyncio.sleep(BEFORE_S)
            acted_s = time.monotonic()
            await act(testbed.settings, fleet[0])
            done_s = time.monotonic()
            await asyncio.sleep(AFTER_S)
            sending.cancel()
            watching.cancel()
        tell("gap: the broker forgets the workers")
        await asyncio.sleep(testbed.settings.session_timeout_s)  # a measure after this one would wait for them
    return Watched(held, watch, load, acted_s, done_s)


@dataclass
class Watch:
    """When decisions on the evidence of each partition arrived, by this process's monotonic clock."""

    times: dict[int, list[float]] = field(default_factory=dict)

    async def follow(self, decisions: AsyncIterator[Message]) -> None:
        """Note decisions for as long as they come."""
        async for decision in decisions:
            number = int(_told.decode(decision.value or b"").request_id.rpartition("-")[2])
            self.times.setdefault(number % EVIDENCE.partitions, []).append(time.monotonic())

    def gap(self, partitions: Iterable[int], begin_s: float, end_s: float) -> float:
        """Return the longest gap on any one of ``partitions``; the whole stretch where nothing came."""
        return max(longest_gap(self.times.get(one, []), begin_s, end_s) for one in partitions)


class _Told(msgspec.Struct):
    request_id: str


_told = msgspec.json.Decoder(_Told)


async def send_evenly(testbed: Testbed, per_s: int) -> None:
    """Send evidence at a steady rate, to every partition in turn, for as long as it is wanted."""
    async with producer(testbed.settings) as client:
        begin_s = time.monotonic()
        for number, one in enumerate(evidence(per_s * LONGEST_S, testbed.run, now_ms())):
            await asyncio.sleep(begin_s + number / per_s - time.monotonic())
            key, partition = one.request.buyer_id.encode(), number % EVIDENCE.partitions
            await client.send(EVIDENCE.name, encode(one), key, partition=partition)


async def shared_out(fleet: Sequence[Process]) -> set[int]:
    """Return the first worker's partitions, once every partition is some one worker's and each worker has some."""
    while True:
        held = [await _partitions(one) for one in fleet]
        if all(held) and sorted(partition for each in held for partition in each) == list(range(EVIDENCE.partitions)):
            return held[0]
        await asyncio.sleep(LOOK_S)


async def _partitions(one: Process) -> set[int]:
    samples = await one.samples("sentinel_partition_assigned")
    return {int(labels["partition"]) for labels, held in samples if held and labels["topic"] == EVIDENCE.name}
