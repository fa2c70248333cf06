"""What delivery relies on, asked of both brokers; what only Apache Kafka does is at the end."""

import time

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import MessageSizeTooLargeError

from schemas.topics import DECISIONS, REQUESTS
from schemas.units import HOUR_MS
from streams.adapters.kafka.clients import producer
from streams.clock import now_ms
from streams.errors import BrokerUnavailable
from streams.settings import Settings
from tests.real.kafka import Kafka
from tests.real.topics import (
    accept_writes,
    committed,
    create_all,
    delete_all,
    end_offsets,
    lag,
    make_anew,
    produce,
    read_all,
    refuse_writes,
)

FIRST = TopicPartition(REQUESTS.name, 0)


@pytest.fixture(params=[pytest.param("kafka", marks=pytest.mark.kafka), pytest.param("tansu", marks=pytest.mark.tansu)])
async def address(request: pytest.FixtureRequest) -> str:
    """A broker with every topic of the contract, empty."""
    broker = request.getfixturevalue(request.param)
    await (make_anew if isinstance(broker, Kafka) else create_all)(broker.address)
    return str(broker.address)


async def read_and_commit(address: str, upto: int, instance: str | None = None) -> int:
    """Return the first offset that the group ``readers`` is given in the first partition, and commit ``upto``."""
    consumer = AIOKafkaConsumer(
        REQUESTS.name,
        bootstrap_servers=address.removeprefix("kafka://"),
        group_id="readers",
        group_instance_id=instance,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=6_000,
        heartbeat_interval_ms=1_000,
    )
    await consumer.start()
    try:
        record = await consumer.getone(FIRST)
        await consumer.commit({FIRST: upto})
        return int(record.offset)
    finally:
        await consumer.stop()


async def fill_first(address: str, count: int) -> None:
    """Put ``count`` messages into the first partition."""
    producer = AIOKafkaProducer(bootstrap_servers=address.removeprefix("kafka://"))
    await producer.start()
    for number in range(count):
        await producer.send_and_wait(FIRST.topic, value=b"%d" % number, partition=FIRST.partition)
    await producer.stop()


async def test_what_is_sent_is_read_again_in_the_order_of_each_key(address: str) -> None:
    sent = [(b"buyer-%d" % (number % 7), b"%d" % number) for number in range(500)]
    places = await produce(address, REQUESTS.name, sent)
    records = await read_all(address, REQUESTS.name)
    assert {(record.partition, record.offset): (record.key, record.value) for record in records} == dict(
        zip(places, sent, strict=True)
    )
    for buyer in range(7):
        key = b"buyer-%d" % buyer
        assert [r.value for r in records if r.key == key] == [value for k, value in sent if k == key]


async def test_null_keys_null_values_and_empty_ones_stay_apart(address: str) -> None:
    await produce(address, REQUESTS.name, [(b"k", None), (b"k", b""), (None, b"v"), (b"", b"v")])
    records = await read_all(address, REQUESTS.name)
    assert {(record.key, record.value) for record in records} == {(b"k", None), (b"k", b""), (None, b"v"), (b"", b"v")}


async def test_headers_come_through(address: str) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=address.removeprefix("kafka://"))
    await producer.start()
    await producer.send_and_wait(REQUESTS.name, value=b"v", headers=[("replayed", b"1"), ("replayed", b"2")])
    await producer.stop()
    (record,) = await read_all(address, REQUESTS.name)
    assert record.headers == (("replayed", b"1"), ("replayed", b"2"))


async def test_the_ends_count_what_was_sent(address: str) -> None:
    await fill_first(address, 3)
    assert await end_offsets(address, REQUESTS.name) == {number: 3 if number == 0 else 0 for number in range(12)}


async def test_a_member_that_comes_back_goes_on_where_it_committed(address: str) -> None:
    await fill_first(address, 5)
    assert [await read_and_commit(address, 2, "worker-1"), await read_and_commit(address, 4, "worker-1")] == [0, 2]
    assert (await committed(address, "readers", REQUESTS.name))[0] == 4
    assert await lag(address, "readers", REQUESTS.name) == 1


@pytest.mark.kafka
async def test_kafka_stamps_its_own_time_where_time_is_evidence(kafka_topics: str) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka_topics.removeprefix("kafka://"))
    await producer.start()
    before_ms = time.time_ns() // 1_000_000
    for topic in (REQUESTS, DECISIONS):
        await producer.send_and_wait(topic.name, value=b"v", timestamp_ms=1_000)
    await producer.stop()
    (request,), (decision,) = [await read_all(kafka_topics, topic.name) for topic in (REQUESTS, DECISIONS)]
    assert before_ms <= request.timestamp <= time.time_ns() // 1_000_000
    assert decision.timestamp == 1_000


@pytest.mark.kafka
async def test_kafka_keeps_what_it_confirmed_when_it_is_killed(kafka: Kafka, kafka_topics: str) -> None:
    await produce(kafka_topics, REQUESTS.name, [(b"k", b"%d" % number) for number in range(100)])
    kafka.kill()
    kafka.start()
    assert [record.value for record in await read_all(kafka_topics, REQUESTS.name)] == [b"%d" % n for n in range(100)]


@pytest.mark.kafka
async def test_a_topic_that_refuses_writes_fails_the_send_and_takes_the_next_one(kafka_topics: str) -> None:
    await refuse_writes(kafka_topics, DECISIONS.name)
    with pytest.raises(MessageSizeTooLargeError):
        await produce(kafka_topics, DECISIONS.name, [(b"k", b"refused")])
    await accept_writes(kafka_topics, DECISIONS.name)
    await produce(kafka_topics, DECISIONS.name, [(b"k", b"taken")])
    assert [record.value for record in await read_all(kafka_topics, DECISIONS.name)] == [b"taken"]


@pytest.mark.kafka
async def test_topics_made_anew_are_empty_and_their_groups_start_over(kafka_topics: str) -> None:
    await fill_first(kafka_topics, 5)
    await read_and_commit(kafka_topics, 5)
    await delete_all(kafka_topics)
    await create_all(kafka_topics)
    await fill_first(kafka_topics, 1)
    assert await committed(kafka_topics, "readers", REQUESTS.name) == {}
    assert await read_and_commit(kafka_topics, 1) == 0


@pytest.mark.kafka
async def test_a_clock_that_is_hours_ahead_is_named_where_kafka_does_not_take_its_time(kafka_topics: str) -> None:
    ahead_ms = now_ms() + 3 * HOUR_MS
    with pytest.raises(BrokerUnavailable, match="does not take a message: the clock of this host"):
        async with producer(Settings(broker=kafka_topics)) as sending:
            await sending.send_and_wait(DECISIONS.name, b"{}", timestamp_ms=ahead_ms)
