"""The course of a test: the load goes in piece by piece, one disturbance to each piece, then everything is counted."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from aiokafka import AIOKafkaProducer
from sqlalchemy import create_engine, func, select

from schemas.topics import DEAD_LETTERS, DECISIONS, EVIDENCE, REQUESTS
from streams.adapters.sql.tables import outbox
from tests.faults import counts
from tests.faults.disturbances import READY_WITHIN_S, Disturbance
from tests.faults.load import Load, Message
from tests.faults.scene import Scene
from tests.real import topics

ENRICH = "refund-sentinel-enrich"
DECIDE = "refund-sentinel-decide"
TELL_S = 10


class Course:
    """Sends a load while disturbances happen, and counts. A failure can be repeated with its ``seed``."""

    def __init__(self, scene: Scene, load: Load, seed: int) -> None:
        self._scene = scene
        self._load = load
        self._chance = random.Random(seed)  # noqa: S311 - to repeat a failure, no secret
        self._started = time.monotonic()
        self._sent = 0
        self.say(f"seed {seed}, {len(load):,} messages")

    def say(self, what: str) -> None:
        """Print a line of progress."""
        print(f"[{time.monotonic() - self._started:5.0f} s] {self._sent:6,} sent: {what}", flush=True)  # noqa: T201 - progress

    async def run(self, disturbances: Sequence[Disturbance], rate_per_s: float, rest_within_s: float) -> counts.Report:
        """Return the counts, once every disturbance is over and the system is at rest."""
        size = -(-len(self._load) // len(disturbances))
        pieces = [self._load.messages[start : start + size] for start in range(0, len(self._load), size)]
        await topics.until(lambda: asyncio.to_thread(self._scene.fleet.ready), READY_WITHIN_S)
        self.say("every worker is ready")
        async with _producer(self._scene.kafka.address) as producer:
            for disturb, piece in zip(disturbances, pieces, strict=True):
                await self._keep_up(2 * size, rest_within_s)
                feeding = asyncio.create_task(self._feed(producer, piece, rate_per_s))
                await asyncio.sleep(self._chance.uniform(0.1, 0.7) * len(piece) / rate_per_s)
                await disturb(self._scene, self._chance, self.say)
                await feeding
                self._scene.fleet.check()
            await producer.flush()
        self.say("all sent")
        await self._rest(rest_within_s)
        report = await counts.count(self._scene.kafka.address, self._scene.database.url, self._load)
        self.say(f"counted: {report}")
        self.say(f"ends of workers: {self._scene.fleet.statuses()}")
        return report

    async def _feed(
        self, producer: "AIOKafkaProducer[bytes, bytes]", piece: Sequence[Message], rate_per_s: float
    ) -> None:
        started = time.monotonic()
        for number, message in enumerate(piece):
            await asyncio.sleep(max(0.0, started + number / rate_per_s - time.monotonic()))
            await producer.send(REQUESTS.name, key=message.key, value=message.value)
            self._sent += 1

    async def _keep_up(self, behind: int, within_s: float) -> None:
        """Return once the system is less than ``behind`` messages behind: faults shall meet work all the time."""

        async def it_does() -> bool:
            gathered = sum((await topics.end_offsets(self._scene.kafka.address, EVIDENCE.name)).values())
            if gathered > self._sent - behind:
                return True
            await asyncio.sleep(0.5)  # each look costs the broker a connection
            return False

        await topics.until(it_does, within_s)

    async def _rest(self, within_s: float) -> None:
        telling = asyncio.create_task(self._tell())
        try:
            await topics.until(lambda: at_rest(self._scene), within_s)
        except TimeoutError:
            self.say(f"NOT AT REST after {within_s:g} s: {await self._ends()}")
            raise
        finally:
            telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling

    async def _tell(self) -> None:
        while True:
            self.say(await self._ends())
            await asyncio.sleep(TELL_S)

    async def _ends(self) -> str:
        address = self._scene.kafka.address
        ends = {
            topic.name: sum((await topics.end_offsets(address, topic.name)).values())
            for topic in (REQUESTS, EVIDENCE, DECISIONS, DEAD_LETTERS)
        }
        return ", ".join(f"{count:,} in {name}" for name, count in ends.items())


async def at_rest(scene: Scene) -> bool:
    """Return whether everything that was sent is acknowledged, and nothing waits in the outbox."""
    scene.fleet.check()
    address = scene.kafka.address
    if await topics.lag(address, ENRICH, REQUESTS.name) or await topics.lag(address, DECIDE, EVIDENCE.name):
        await asyncio.sleep(0.5)  # each look costs the broker two connections
        return False
    return await asyncio.to_thread(_nothing_waits, scene.database.url)


def _nothing_waits(url: str) -> bool:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return connection.scalar(select(func.count()).where(outbox.c.sent_at_ms.is_(None))) == 0
    finally:
        engine.dispose()


@asynccontextmanager
async def _producer(address: str) -> AsyncIterator["AIOKafkaProducer[bytes, bytes]"]:
    """Give a producer that neither loses nor doubles nor reorders what it is given, while the broker comes and goes."""
    producer = AIOKafkaProducer(
        bootstrap_servers=address.removeprefix("kafka://"),
        enable_idempotence=True,
        linger_ms=5,
        request_timeout_ms=120_000,
        max_request_size=2**21,
    )
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()
