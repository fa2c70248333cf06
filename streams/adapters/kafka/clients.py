"""Kafka's clients, set up once for all of this project: consumers, producers, and one for administration."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from schemas.topics import BATCH_OVERHEAD_BYTES, DEAD_LETTERS, TOPICS
from streams.adapters.kafka.answering import answering
from streams.adapters.kafka.connection import connection
from streams.settings import Settings

REQUEST_LIMIT_MS = 30_000
ISOLATION = "read_committed"
"""What a platform took back by aborting its transaction was never asked: every consumer of ours passes over it."""
LONGEST_REQUEST_BYTES = max(topic.max_message_bytes for topic in TOPICS) + 4 * BATCH_OVERHEAD_BYTES
LINGER_MS = 3
HEARTBEAT_S = 1.0
"""A member learns that its group assigns anew by its next heartbeat, and all wait for the last to learn it."""
REBALANCE_S = 120.0
REQUEST_S = REBALANCE_S + 10
"""A member may take this long to let go of its partitions; a request that waits for it must be given longer."""

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


def joining(settings: Settings, group: str) -> dict[str, Any]:
    """Return the keyword arguments of a member of ``group``, under the worker's name if it has one.

    Where nothing was committed it reads from the beginning. Errors as in :func:`reading`.
    """
    return reading(
        settings,
        client_id="refund-sentinel",
        group_id=group,
        group_instance_id=settings.instance and f"{group}-{settings.instance}",
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=2 * DEAD_LETTERS.max_message_bytes,
        request_timeout_ms=int(REQUEST_S * 1000),
        session_timeout_ms=int(settings.session_timeout_s * 1000),
        rebalance_timeout_ms=int(REBALANCE_S * 1000),
        max_poll_interval_ms=1_000_000,
        heartbeat_interval_ms=int(min(HEARTBEAT_S, settings.session_timeout_s / 3) * 1000),
    )


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
