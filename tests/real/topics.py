"""What tests do with topics from outside: make, empty, fill, read and close them. Plain aiokafka, no group, no Faust.

Each call takes a broker's ``address`` (kafka://…), opens what it needs and closes it.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import NoError, UnknownTopicOrPartitionError, for_code
from aiokafka.protocol.commit import OffsetFetchRequest

from schemas.topics import BY_NAME, TOPICS
from streams.adapters.kafka import topics
from streams.adapters.kafka.asking import answered
from streams.adapters.kafka.leaving import NOT_THERE, remove
from streams.settings import Settings

LIMIT_S = 240
LIMIT_MS = 1_000 * LIMIT_S
"""Of one request too: a busy machine is no finding."""
GONE = {NoError.errno, UnknownTopicOrPartitionError.errno}


async def create_all(address: str) -> None:
    """Make every topic of the contract, and return once each partition's leader answers."""
    await topics.create(Settings.model_validate({"broker": address}))
    async with _reader(address) as reader:
        await reader.end_offsets([TopicPartition(topic.name, n) for topic in TOPICS for n in range(topic.partitions)])


async def make_anew(address: str) -> None:
    """Return once there is every topic of the contract, as it says and empty, and nothing that a group had committed.

    What nothing was written to stays where no group knows it: making all takes the broker over a second.
    """
    await delete_all(address, but=await _untouched(address))
    await create_all(address)


async def delete_all(address: str, but: Collection[str] = ()) -> None:
    """Delete every topic of the contract ``but`` some, and return once they are gone, with what groups had committed.

    Members of groups go too: a worker that was killed keeps its partitions for as long as its session lasts, and who
    joins after it would wait for that long.
    """
    async with _admin(address) as admin:
        await _delete(admin, set(await admin.list_topics()) & set(BY_NAME).difference(but))
        groups = await _groups(admin)
        for group in groups:
            await _empty(admin, group)

        async def gone() -> bool:
            committed = [await _committed(admin, group) for group in groups]
            return not set(await admin.list_topics()) & set(BY_NAME).difference(but) and not any(committed)

        await until(gone)


async def delete(address: str, topic: str) -> None:
    """Delete one topic, and return once it is gone."""
    async with _admin(address) as admin:
        await _delete(admin, {topic})

        async def gone() -> bool:
            return topic not in await admin.list_topics()

        await until(gone)


async def grow(address: str, topic: str, partitions: int) -> None:
    """Give a topic more partitions, and return once each has a leader."""
    async with _admin(address) as admin, _reader(address) as reader:
        more = {topic: NewPartitions(partitions)}
        await answered(f"give {topic} more partitions", lambda: admin.create_partitions(more), LIMIT_S)
        await reader.end_offsets([TopicPartition(topic, number) for number in range(partitions)])


async def delete_records(address: str, topic: str) -> None:
    """Delete all that is in a topic now, as its retention does; what is written from now on stays."""
    async with _admin(address) as admin, _reader(address) as reader:
        ends = await _ends(reader, topic)
        gone = {at: RecordsToDelete(before_offset=end) for at, end in ends.items()}
        await answered(f"delete what is in {topic}", lambda: admin.delete_records(gone, LIMIT_MS), LIMIT_S)

        async def deleted() -> bool:
            begins: dict[TopicPartition, int] = await reader.beginning_offsets(list(ends))
            return begins == ends

        await until(deleted)


async def produce(
    address: str,
    topic: str,
    messages: Iterable[tuple[bytes | None, bytes | None]],
    partition: int | None = None,
) -> list[tuple[int, int]]:
    """Send ``messages`` (key, value) in order, and return the partition and offset of each, confirmed."""
    producer = AIOKafkaProducer(
        bootstrap_servers=_servers(address),
        acks="all",
        linger_ms=2,
        max_request_size=2**21,
        request_timeout_ms=LIMIT_MS,
    )
    await producer.start()
    try:
        sent = [await producer.send(topic, key=key, value=value, partition=partition) for key, value in messages]
        return [(done.partition, done.offset) for done in await asyncio.gather(*sent)]
    finally:
        await producer.stop()


async def read_all(address: str, topic: str) -> list[ConsumerRecord[bytes | None, bytes | None]]:
    """Return what is in the topic from its beginning to its end: by partition, then by offset.

    The end is also taken from what is fetched: Tansu, asked for it, leaves out most of the last batch.
    """
    async with _reader(address) as reader:
        ends = await _ends(reader, topic)
        reader.assign(list(ends))
        for partition, offset in (await reader.beginning_offsets(list(ends))).items():
            reader.seek(partition, offset)
        records: list[ConsumerRecord[bytes | None, bytes | None]] = []

        async def at_the_end() -> bool:
            for found in (await reader.getmany(timeout_ms=100)).values():
                records.extend(found)
            return all([await reader.position(at) >= max(end, reader.highwater(at) or 0) for at, end in ends.items()])

        await until(at_the_end)
        return sorted(records, key=lambda record: (record.partition, record.offset))


async def end_offsets(address: str, topic: str) -> dict[int, int]:
    """Return the end of each partition: the offset that its next message gets (on Tansu less, as in read_all)."""
    async with _reader(address) as reader:
        return {partition.partition: end for partition, end in (await _ends(reader, topic)).items()}


async def committed(address: str, group: str, topic: str) -> dict[int, int]:
    """Return what the group has committed of the topic, by partition; nothing for partitions without a commit."""
    async with _admin(address) as admin:
        found = await _committed(admin, group)
        return {partition.partition: offset for partition, offset in found.items() if partition.topic == topic}


async def lag(address: str, group: str, topic: str) -> int:
    """Return how many messages of the topic the group has not committed."""
    done = await committed(address, group, topic)
    return sum(end - done.get(partition, 0) for partition, end in (await end_offsets(address, topic)).items())


async def refuse_writes(address: str, topic: str) -> None:
    """Have the topic answer every write with MESSAGE_TOO_LARGE, until :func:`accept_writes`; reading goes on.

    Clients do not try again on it: their send fails. (Fewer in-sync replicas than asked for would be tried again, but
    Kafka 4.3 never asks for more than the topic has.)
    """
    await _set(address, topic, {"max.message.bytes": "1"})


async def accept_writes(address: str, topic: str) -> None:
    """Have the topic take writes again."""
    await _set(address, topic, {"max.message.bytes": BY_NAME[topic].config()["max.message.bytes"]})


async def until(holds: Callable[[], Awaitable[bool]], limit_s: float = LIMIT_S) -> None:
    """Return once the condition holds, or raise TimeoutError: by the clock too.

    What takes long is asked for less and less often: each question costs whoever answers it too. A client of Kafka
    that is being closed swallows a cancellation, and with it the end of a time limit.
    """
    begun = time.monotonic()
    async with asyncio.timeout(limit_s):
        while not await holds():
            waited_s = time.monotonic() - begun
            if waited_s >= limit_s:
                raise TimeoutError
            await asyncio.sleep(min(max(0.02, 0.05 * waited_s), 0.25))


async def configure(address: str, topic: str, changes: Mapping[str, str]) -> None:
    """Give a topic the contract's configuration with ``changes``, and return once the broker shows them."""
    await _set(address, topic, changes)


async def _untouched(address: str) -> list[str]:
    async with _admin(address) as admin:
        if await _groups(admin):
            return []
    states = await topics.check(Settings.model_validate({"broker": address}))
    as_made = [state.topic for state in states if state.state == "exists"]
    if not as_made:
        return []
    async with _reader(address) as reader:
        return [name for name in as_made if not any((await _ends(reader, name)).values())]


async def _set(address: str, topic: str, changes: Mapping[str, str]) -> None:
    async with _admin(address) as admin:
        wanted = ConfigResource(ConfigResourceType.TOPIC, topic, BY_NAME[topic].config() | dict(changes))
        await answered(f"configure {topic}", lambda: _alter(admin, wanted), LIMIT_S)

        async def holds() -> bool:
            answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic, dict(changes))])
            ((code, said, _, _, entries),) = answers[0].resources
            if code:
                raise for_code(code)(said)
            return changes.items() <= {entry[0]: entry[1] for entry in entries}.items()

        await until(lambda: answered(f"show the configuration of {topic}", holds, LIMIT_S))


async def _alter(admin: AIOKafkaAdminClient, wanted: ConfigResource) -> None:
    for code, said, *_ in (await admin.alter_configs([wanted]))[0].resources:
        if code:
            raise for_code(code)(said)


async def _delete(admin: AIOKafkaAdminClient, topics: set[str]) -> None:
    """Delete those of the topics that are there."""
    left = set(topics)

    async def ask() -> None:
        answers = (await admin.delete_topics(sorted(left))).topic_error_codes if left else ()
        left.difference_update(name for name, code in answers if code in GONE)
        for name, code in answers:
            if code not in GONE:
                raise for_code(code)(name)

    await answered("delete topics", ask, LIMIT_S)


async def _groups(admin: AIOKafkaAdminClient) -> list[str]:
    return [group for group, _ in await answered("list the groups", admin.list_consumer_groups, LIMIT_S)]


async def _ends(reader: "AIOKafkaConsumer[bytes | None, bytes | None]", topic: str) -> dict[TopicPartition, int]:
    partitions = [TopicPartition(topic, number) for number in range(BY_NAME[topic].partitions)]
    ends: dict[TopicPartition, int] = await reader.end_offsets(partitions)
    return ends


async def _committed(admin: AIOKafkaAdminClient, group: str) -> dict[TopicPartition, int]:
    asked = [(topic.name, list(range(topic.partitions))) for topic in TOPICS]

    async def ask() -> dict[TopicPartition, int]:
        answer: Any = await admin._send_request(OffsetFetchRequest(group, asked), await admin.find_coordinator(group))
        found = [(topic, *partition) for topic, partitions in answer.topics for partition in partitions]
        for code in (answer.error_code, *(one[-1] for one in found)):
            if code:
                raise for_code(code)(group)
        return {TopicPartition(topic, number): offset for topic, number, offset, *_ in found if offset >= 0}

    return await answered(f"tell what {group} committed", ask, LIMIT_S)


async def _empty(admin: AIOKafkaAdminClient, group: str) -> None:
    async def ask() -> list[str]:
        (described,) = await admin.describe_consumer_groups([group])
        ((code, _group, _state, _protocol_type, _protocol, members, *_),) = described.groups
        if code:
            raise for_code(code)(group)
        return [member[0] for member in members]

    if members := await answered(f"describe {group}", ask, LIMIT_S):
        errors = await remove(admin, group, [(member, None) for member in members], LIMIT_S)
        assert errors <= NOT_THERE, errors


def _servers(address: str) -> str:
    return address.removeprefix("kafka://")


@asynccontextmanager
async def _admin(address: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=_servers(address), request_timeout_ms=LIMIT_MS)
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()


@asynccontextmanager
async def _reader(address: str) -> AsyncIterator["AIOKafkaConsumer[bytes | None, bytes | None]"]:
    reader = AIOKafkaConsumer(
        bootstrap_servers=_servers(address),
        enable_auto_commit=False,
        fetch_max_wait_ms=20,
        request_timeout_ms=LIMIT_MS,
        retry_backoff_ms=20,
    )
    try:
        await reader.start()
        yield reader
    finally:
        await reader.stop()
