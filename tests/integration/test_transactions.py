"""A platform that sends in Kafka's transactions: what it took back was never asked, what it committed is decided."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from schemas.records import DeadLetter, RefundRequested
from schemas.topics import DEAD_LETTERS, EVIDENCE, REQUESTS
from streams.adapters.kafka import topic_reader
from streams.settings import Settings
from tests.faults.course import ENRICH
from tests.faults.fleet import Worker
from tests.faults.scene import Sqlite, set_scene
from tests.integration.asking import Platform, a_claim
from tests.photos import a_picture, jpeg
from tests.real import topics
from tests.real.kafka import Kafka

pytestmark = [pytest.mark.kafka]

FIRST = TopicPartition(REQUESTS.name, 0)
"""All requests of these tests stand in one partition, from its offset 0 on."""


@asynccontextmanager
async def transactional(address: str) -> AsyncIterator["AIOKafkaProducer[bytes | None, bytes | None]"]:
    """Give a producer whose sends go through transactions."""
    producer: AIOKafkaProducer[bytes | None, bytes | None] = AIOKafkaProducer(
        bootstrap_servers=address.removeprefix("kafka://"),
        transactional_id="the-platform",
        transaction_timeout_ms=900_000,  # what a broker allows: a worker starts meanwhile, on a busy machine
    )
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def send(
    producer: "AIOKafkaProducer[bytes | None, bytes | None]", asked: Sequence[RefundRequested | bytes]
) -> None:
    """Send each in one call to the broker, so that an abort takes back what stands in the log."""
    for one in asked:
        value = one if isinstance(one, bytes) else msgspec.json.encode(one)
        await producer.send_and_wait(FIRST.topic, value, b"b-1", FIRST.partition)


async def committed(producer: "AIOKafkaProducer[bytes | None, bytes | None]", *asked: RefundRequested) -> None:
    async with producer.transaction():
        await send(producer, asked)


async def aborted(producer: "AIOKafkaProducer[bytes | None, bytes | None]", *asked: RefundRequested | bytes) -> None:
    await producer.begin_transaction()
    await send(producer, asked)
    await producer.abort_transaction()


async def test_only_what_a_transaction_committed_is_decided_and_offsets_pass_what_was_taken_back(
    kafka: Kafka, tmp_path: Path
) -> None:
    async with set_scene(kafka, Sqlite(tmp_path), tmp_path) as scene, transactional(kafka.address) as producer:
        platform = Platform(kafka.address, scene.media)
        photo = platform.photo("claims/a.jpg", jpeg(a_picture(1, 320, 240)))
        kept = [a_claim(f"kept-{n}", photo, buyer_id="b-1") for n in range(6)]
        taken_back = [a_claim(f"taken-back-{n}", photo, buyer_id="b-1") for n in range(9)]
        (enrich,) = scene.fleet.start("enrich")
        scene.fleet.start("decide")
        await topics.until(lambda: asyncio.to_thread(scene.fleet.ready))

        await committed(producer, kept[0])  # at offset 0, and its marker at 1
        await answered(platform, kept[:1])
        await aborted(producer, *taken_back[:4])
        await committed(producer, kept[1], kept[2])
        await answered(platform, kept[1:3])
        await until_committed(kafka.address, 9)

        scene.fleet.kill(enrich)
        await aborted(producer, *taken_back[4:], b"not JSON")  # the first that the next life would read
        await committed(producer, kept[3])
        await answered(platform, kept[3:4])
        await until_committed(kafka.address, 18)

        await aborted(producer, taken_back[0])
        await topics.produce(kafka.address, REQUESTS.name, [(b"b-1", b"not JSON, and meant")])
        await committed(producer, *kept[4:])
        await answered(platform, kept)
        await topics.until(lambda: asyncio.to_thread(caught_up, enrich))

        assert await evidence_of(kafka.address) == {request.request_id for request in kept}
        assert [letter.error.class_ for letter in await letters(kafka.address)] == ["ContractError"]


async def test_what_stands_in_an_open_transaction_waits_and_holds_up_no_other_partition(
    kafka: Kafka, tmp_path: Path
) -> None:
    async with set_scene(kafka, Sqlite(tmp_path), tmp_path) as scene, transactional(kafka.address) as producer:
        platform = Platform(kafka.address, scene.media)
        photo = platform.photo("claims/a.jpg", jpeg(a_picture(1, 320, 240)))
        waiting, other = a_claim("waiting", photo, buyer_id="b-1"), a_claim("other", photo, buyer_id="b-2")
        (enrich,) = scene.fleet.start("enrich")
        scene.fleet.start("decide")

        await producer.begin_transaction()
        await send(producer, [waiting])
        await answered(platform, [other], send_first=True)
        before = await evidence_of(kafka.address)
        live = await asyncio.to_thread(enrich.get, "/live")
        await producer.commit_transaction()
        await answered(platform, [waiting])

        assert before == {"other"}
        assert live == (200, "ok\n")


async def test_reading_a_topic_from_outside_leaves_out_what_was_taken_back_and_ends(kafka: Kafka) -> None:
    await topics.delete_all(kafka.address)
    await topics.create_all(kafka.address)
    settings = Settings.model_validate({"broker": kafka.address})
    async with transactional(kafka.address) as producer:
        await committed(producer, a_claim("first", None))
        await aborted(producer, b"1", b"2", b"3")
        read = [message.offset async for message in topic_reader.whole(settings, REQUESTS)]

    assert read == [0]


async def answered(platform: Platform, requests: Sequence[RefundRequested], *, send_first: bool = False) -> None:
    """Return once each request has its decision."""
    await (platform.ask(*requests) if send_first else platform.answers(*requests))


async def until_committed(address: str, offset: int) -> None:
    """Return once enrich has committed ``offset`` of the partition."""

    async def it_has() -> bool:
        return (await topics.committed(address, ENRICH, REQUESTS.name)).get(0, 0) >= offset

    await topics.until(it_has)


def caught_up(worker: Worker) -> bool:
    """Return whether the worker says that it lags nowhere, though markers stand behind what it committed."""
    page = worker.get("/metrics")
    lags = [line for line in page[1].splitlines() if line.startswith("sentinel_lag_messages{")] if page else []
    return bool(lags) and all(line.endswith(" 0.0") for line in lags)


async def evidence_of(address: str) -> set[str]:
    records = await topics.read_all(address, EVIDENCE.name)
    return {msgspec.json.decode(record.value or b"{}")["request"]["request_id"] for record in records}


async def letters(address: str) -> list[DeadLetter]:
    records = await topics.read_all(address, DEAD_LETTERS.name)
    return [msgspec.json.decode(record.value or b"", type=DeadLetter) for record in records]
