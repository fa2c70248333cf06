"""Reading a topic from outside: no consumer group, nothing committed, every partition."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TypeAlias

from aiokafka import ConsumerRecord, TopicPartition

from schemas.topics import Topic
from streams.adapters.kafka import topics
from streams.adapters.kafka.clients import Consumer, consumer
from streams.adapters.kafka.topic_states import require
from streams.errors import BrokerUnavailable
from streams.settings import Settings

POLL_MS = 200
SILENCE_S = 30.0

Message: TypeAlias = "ConsumerRecord[bytes | None, bytes | None]"


async def whole(settings: Settings, topic: Topic, since: int = 0) -> AsyncIterator[Message]:
    """Yield every message from offset ``since`` up to where the topic ends now, in order within a partition.

    Raises :class:`streams.errors.TopicMismatch` where there is no such topic, and :class:`BrokerUnavailable` where the
    broker sends nothing for :data:`SILENCE_S` seconds.
    """
    partitions = await _partitions(settings, topic)
    async with consumer(settings) as client:
        client.assign(partitions)
        ends = await client.end_offsets(partitions)
        for partition, beginning in (await client.beginning_offsets(partitions)).items():
            client.seek(partition, max(since, beginning))
        heard_s = time.monotonic()
        while await _short_of(client, ends):
            found = await client.getmany(timeout_ms=POLL_MS)
            for partition, messages in found.items():
                for message in messages:
                    if message.offset < ends[partition]:
                        yield message
            heard_s = time.monotonic() if found else heard_s
            if time.monotonic() - heard_s > SILENCE_S:
                msg = f"Kafka fell silent while {topic.name} was read: try again once it answers"
                raise BrokerUnavailable(msg)


@asynccontextmanager
async def from_now(settings: Settings, topic: Topic) -> AsyncIterator[AsyncIterator[Message]]:
    """Yield an iterator, without end, over the messages that are appended from now on; errors as in :func:`whole`."""
    partitions = await _partitions(settings, topic)
    async with consumer(settings) as client:
        client.assign(partitions)
        for partition, end in (await client.end_offsets(partitions)).items():
            client.seek(partition, end)
        yield _follow(client)


async def _follow(client: Consumer) -> AsyncIterator[Message]:
    while True:
        for messages in (await client.getmany(timeout_ms=POLL_MS)).values():
            for message in messages:
                yield message


async def _short_of(client: Consumer, ends: Mapping[TopicPartition, int]) -> bool:
    return any([await client.position(partition) < end for partition, end in ends.items()])


async def _partitions(settings: Settings, topic: Topic) -> list[TopicPartition]:
    """Return all that the topic has, which may be more than the contract says."""
    states = await topics.check(settings, topics=[topic])
    require(states)
    return [TopicPartition(topic.name, number) for state in states for number in range(state.partitions)]
