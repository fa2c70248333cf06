"""Kafka's clients, set up once for all of this project: consumers, producers, and one for administration."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from schemas.topics import BATCH_OVERHEAD_BYTES, TOPICS
from streams.adapters.kafka.answering import answering
from streams.adapters.kafka.connection import connection
from streams.settings import Settings

REQUEST_LIMIT_MS = 30_000
ISOLATION = "read_committed"
"""What a platform took back by aborting its transaction was never asked: every consumer of ours passes over it."""
LONGEST_REQUEST_BYTES = max(topic.max_message_bytes for topic in TOPICS) + 4 * BATCH_OVERHEAD_BYTES
LINGER_MS = 3

Consumer: TypeAlias = "AIOKafkaConsumer[bytes | None, bytes | None]"
Producer: TypeAlias = "AIOKafkaProducer[bytes | None, bytes | None]"
Client = TypeVar("Client", Consumer, Producer)


@asynccontextmanager
async def admin(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    """Yield an administration client that is connected; closed in the end.

    Errors, of what is done with it too, as :func:`streams.adapters.kafka.answering.answering`.
    """
    client = AIOKafkaAdminClient(**connection(settings), request_timeout_ms=REQUEST_LIMIT_MS)
    try:
        async with answering(settings):
            await client.start()
            yield client
    finally:
        await client.close()


def reading(settings: Settings, **more: Any) -> dict[str, Any]:
    """Return the keyword arguments of an aiokafka consumer; those in ``more`` win.

    The consumer commits nothing by itself, and passes over messages of transactions that were not committed. Errors as
    in :func:`streams.adapters.kafka.connection.connection`.
    """
    usual = {"enable_auto_commit": False, "isolation_level": ISOLATION, "request_timeout_ms": REQUEST_LIMIT_MS}
    return connection(settings) | usual | more


def new_consumer(settings: Settings, **more: Any) -> Consumer:
    """Return a consumer that is in no group and not started; ``more`` and errors as in :func:`reading`."""
    return AIOKafkaConsumer(**reading(settings, **more))


def new_producer(settings: Settings, **more: Any) -> Producer:
    """Return a producer that is not started; a send is confirmed once all replicas in sync have it.

    It takes messages as long as the contract allows. It is not idempotent, since Tansu cannot do that: a send that is
    tried again may stand twice in the topic, and our readers take repeats. ``more`` and errors as in :func:`reading`.
    """
    usual = {
        "acks": "all",
        "linger_ms": LINGER_MS,
        "max_request_size": LONGEST_REQUEST_BYTES,
        "request_timeout_ms": REQUEST_LIMIT_MS,
    }
    return AIOKafkaProducer(**connection(settings) | usual | more)


def consumer(settings: Settings) -> AbstractAsyncContextManager[Consumer]:
    """Yield a consumer, connected and in no group; it reads what is assigned to it. Errors as in :func:`admin`."""
    return _started(settings, new_consumer)


def producer(settings: Settings) -> AbstractAsyncContextManager[Producer]:
    """Yield a producer, connected, as :func:`new_producer` says; errors as in :func:`admin`."""
    return _started(settings, new_producer)


@asynccontextmanager
async def _started(settings: Settings, new: Callable[[Settings], Client]) -> AsyncIterator[Client]:
    client = new(settings)
    try:
        async with answering(settings):
            await client.start()
            yield client
    finally:
        await client.stop()
