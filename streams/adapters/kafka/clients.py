"""How to reach Kafka: what every client of aiokafka is given, built from the settings."""

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeAlias

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from schemas.topics import BATCH_OVERHEAD_BYTES, TOPICS
from streams.adapters.kafka.header_names import read_every_name
from streams.adapters.kafka.topic_identity import ask_without_making
from streams.errors import BrokerUnavailable, SettingsError
from streams.settings import Settings

REQUEST_LIMIT_MS = 30_000
ISOLATION = "read_committed"
"""What a platform took back by aborting its transaction was never asked: every consumer of ours passes over it."""
LONGEST_REQUEST_BYTES = max(topic.max_message_bytes for topic in TOPICS) + 4 * BATCH_OVERHEAD_BYTES
LINGER_MS = 3

Consumer: TypeAlias = "AIOKafkaConsumer[bytes | None, bytes | None]"
Producer: TypeAlias = "AIOKafkaProducer[bytes | None, bytes | None]"


def connection(settings: Settings) -> dict[str, Any]:
    """Return the keyword arguments that connect any client of aiokafka; errors as in :func:`ssl_context`."""
    read_every_name()
    ask_without_making()
    given: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap_servers,
        "security_protocol": settings.broker_security.upper(),
        "ssl_context": ssl_context(settings),
    }
    if settings.broker_security.startswith("sasl_"):
        if settings.broker_user is None or settings.broker_password is None:
            msg = "SENTINEL_BROKER_USER, SENTINEL_BROKER_PASSWORD: SENTINEL_BROKER_SECURITY asks for both"
            raise SettingsError(msg)
        given |= {
            "sasl_mechanism": settings.broker_mechanism,
            "sasl_plain_username": settings.broker_user,
            "sasl_plain_password": settings.broker_password.get_secret_value(),
        }
    return given


def ssl_context(settings: Settings) -> ssl.SSLContext | None:
    """Return what verifies the broker's certificate and name, or None where the settings ask for no TLS.

    Raises :class:`SettingsError` when the CA file cannot be read.
    """
    if not settings.broker_security.endswith("ssl"):
        return None
    try:
        return ssl.create_default_context(cafile=settings.broker_ca_file)
    except OSError as exc:  # a file that is no certificate is an ssl.SSLError, which is one too
        msg = f"SENTINEL_BROKER_CA_FILE: {settings.broker_ca_file} holds no readable certificates: {exc}"
        raise SettingsError(msg) from exc


@asynccontextmanager
async def admin(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    """Yield an administration client.

    Whatever Kafka refuses or leaves unanswered inside is :class:`BrokerUnavailable`, in one line with the address.
    """
    client = AIOKafkaAdminClient(**connection(settings), request_timeout_ms=REQUEST_LIMIT_MS)
    try:
        with answering(settings):
            await client.start()
            yield client
    finally:
        await client.close()


def reading(settings: Settings, **more: Any) -> dict[str, Any]:
    """Return the keyword arguments of a consumer; ``more`` are of aiokafka too, and win.

    It commits nothing by itself, and reads what transactions committed and nothing else. Errors as in
    :func:`ssl_context`.
    """
    usual = {"enable_auto_commit": False, "isolation_level": ISOLATION, "request_timeout_ms": REQUEST_LIMIT_MS}
    return connection(settings) | usual | more


def new_consumer(settings: Settings, **more: Any) -> Consumer:
    """Return a consumer that is in no group and not started; ``more`` as in :func:`reading`."""
    return AIOKafkaConsumer(**reading(settings, **more))


def new_producer(settings: Settings, **more: Any) -> Producer:
    """Return a producer that is not started; it takes every message of the contract, and sends to all replicas.

    It is not idempotent: Tansu cannot do it, and every reader of ours takes repeats. ``more`` as in
    :func:`reading`.
    """
    usual = {
        "acks": "all",
        "linger_ms": LINGER_MS,
        "max_request_size": LONGEST_REQUEST_BYTES,
        "request_timeout_ms": REQUEST_LIMIT_MS,
    }
    return AIOKafkaProducer(**connection(settings) | usual | more)


@asynccontextmanager
async def consumer(settings: Settings) -> AsyncIterator[Consumer]:
    """Yield a consumer that is in no group and reads nothing until it is assigned to; errors as in :func:`admin`."""
    client = new_consumer(settings)
    try:
        with answering(settings):
            await client.start()
            yield client
    finally:
        await client.stop()


@asynccontextmanager
async def producer(settings: Settings) -> AsyncIterator[Producer]:
    """Yield a producer that was started, and confirms what all replicas have; errors as in :func:`admin`."""
    client = new_producer(settings)
    try:
        with answering(settings):
            await client.start()
            yield client
    finally:
        await client.stop()


@contextmanager
def answering(settings: Settings) -> Iterator[None]:
    """Turn what Kafka refuses or leaves unanswered into :class:`BrokerUnavailable`, in one line with the address."""
    try:
        yield
    except (KafkaError, OSError) as exc:
        msg = (
            f"Kafka at {settings.broker} does not answer ({type(exc).__name__}): "
            "is it up, and are the settings SENTINEL_BROKER and SENTINEL_BROKER_… right?"
        )
        raise BrokerUnavailable(msg) from exc
