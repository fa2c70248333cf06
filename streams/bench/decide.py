"""``bench decide``: decide with full records and the whole policy, against the delivery mechanism alone."""

import asyncio
import os
import signal
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import NewTopic

from schemas.codec import encode
from schemas.topics import DECISIONS, EVIDENCE
from streams.adapters import leash, topics
from streams.adapters.kafka import admin, connection
from streams.adapters.sql import schema
from streams.bench import yardstick
from streams.bench.evidence import evidence
from streams.errors import OperatorError
from streams.settings import Settings

WARM_SHARE = 0.1
"""Of the decisions, the first that do not count: a worker that starts is not yet at work."""
LIMIT_S = 300.0
STOP_S = 30.0

OURS = (sys.executable, "-m", "streams.cli", "worker", "decide")
YARDSTICK = (sys.executable, "-m", "streams.bench.yardstick")


@dataclass(frozen=True, kw_only=True)
class DecideRates:
    """Decisions a second, the median of all turns, and the median of the ratios turn by turn."""

    database: str
    events: int
    turns: int
    decide_per_s: int
    yardstick_per_s: int
    ratio: float


async def measure(settings: Settings, events: int, turns: int) -> DecideRates:
    """Return what ``turns`` turns measured; in each the two decide the same ``events``, one after the other.

    The broker and the database must be there for this alone. Raises :class:`OperatorError` when a contestant does not
    finish, with the last that it said.
    """
    await topics.create(settings)
    async with admin(settings) as client:
        await client.create_topics([NewTopic(yardstick.TOPIC, DECISIONS.partitions, 1)])
    schema.upgrade(settings.database_url)
    theirs, ours = [], []
    for turn in range(turns):
        await _fill(settings, events, turn)
        theirs.append(await _rate(settings, YARDSTICK, yardstick.TOPIC, events))
        ours.append(await _rate(settings, OURS, DECISIONS.name, events))
    return DecideRates(
        database=settings.database_url.partition(":")[0],
        events=events,
        turns=turns,
        decide_per_s=round(statistics.median(ours)),
        yardstick_per_s=round(statistics.median(theirs)),
        ratio=round(statistics.median(our / their for our, their in zip(ours, theirs, strict=True)), 3),
    )


async def _fill(settings: Settings, events: int, turn: int) -> None:
    producer = AIOKafkaProducer(**connection(settings), linger_ms=5, max_request_size=EVIDENCE.max_message_bytes)
    await producer.start()
    try:
        sent = [
            await producer.send(EVIDENCE.name, encode(one), key=one.request.buyer_id.encode())
            for one in evidence(events, first=turn * events)
        ]
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


async def _rate(settings: Settings, command: Sequence[str], topic: str, events: int) -> float:
    """Return the outputs a second of a process that works off what waits in the evidence topic."""
    with tempfile.TemporaryDirectory() as folder:
        async with _outputs(settings, topic) as consumer:
            log = Path(folder) / "log"
            worker = leash.start(command, log, os.environ | _environment(settings, folder))
            try:
                async with asyncio.timeout(LIMIT_S):
                    times = await _times(consumer, events)
            except TimeoutError as exc:
                said = log.read_text(errors="replace")[-2_000:]
                msg = f"{command[-1]} did not decide {events} events within {LIMIT_S:g} s; it said: {said}"
                raise OperatorError(msg) from exc
            finally:
                await asyncio.to_thread(leash.end, worker, signal.SIGTERM, STOP_S)
    first = int(events * WARM_SHARE)
    return (events - first) * 1_000 / max(1, times[-1] - times[first])


@asynccontextmanager
async def _outputs(settings: Settings, topic: str) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(**connection(settings), enable_auto_commit=False)
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for number in range(DECISIONS.partitions)]
        consumer.assign(partitions)
        await consumer.seek_to_end(*partitions)
        for partition in partitions:
            await consumer.position(partition)
        yield consumer
    finally:
        await consumer.stop()


async def _times(consumer: AIOKafkaConsumer, events: int) -> list[int]:
    """Return when each output was sent, in Unix milliseconds, in order."""
    times: list[int] = []
    while len(times) < events:
        found = await consumer.getmany(timeout_ms=500)
        times += [record.timestamp for records in found.values() for record in records]
    return sorted(times)[:events]


def _environment(settings: Settings, folder: str) -> dict[str, str]:
    return {
        "SENTINEL_BROKER": settings.broker,
        "SENTINEL_DATABASE_URL": settings.database_url,
        "SENTINEL_DATA_DIR": folder,
        "SENTINEL_HTTP_PORT": "0",
        "SENTINEL_INSTANCE": "bench",
    }
