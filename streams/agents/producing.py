"""Outgoing messages as Faust's producer takes them, and its refusals as errors of ours."""

import asyncio
from collections.abc import Awaitable, Generator
from typing import Any

from aiokafka.errors import InvalidTimestampError, KafkaError, MessageSizeTooLargeError
from faust import App
from faust.exceptions import ProducerSendError

from streams.adapters.kafka.answering import CLOCKS_DIFFER
from streams.delivery.messages import Outgoing
from streams.delivery.sending import Buffer
from streams.errors import BrokerUnavailable

_REFUSALS = (KafkaError, ProducerSendError)


def buffer_of(app: App) -> Buffer:
    """Return what buffers a message in the app's producer; the app may not have started yet."""

    async def buffer(outgoing: Outgoing) -> Awaitable[int]:
        headers: Any = list(outgoing.headers) or None
        try:
            sent: Any = await app.producer.send(
                outgoing.topic, outgoing.key, outgoing.value, outgoing.partition, None, headers
            )
        except _REFUSALS as exc:
            raise _refused(outgoing.topic, exc) from exc
        return _Offset(outgoing.topic, sent)

    return buffer


class _Offset(Awaitable[int]):
    """The offset of a buffered message, awaited once. A future of its own would have the loop call back for each."""

    __slots__ = ("_sent", "_topic")

    def __init__(self, topic: str, sent: asyncio.Future[Any]) -> None:
        self._topic = topic
        self._sent = sent

    def __await__(self) -> Generator[Any, Any, int]:
        try:
            found = yield from self._sent
        except _REFUSALS as exc:
            raise _refused(self._topic, exc) from exc
        return int(found.offset)


def _refused(topic: str, exc: BaseException) -> BrokerUnavailable:
    """Name what the producer raises: the broker refused or did not answer, which is no message's fault."""
    why = f"{type(exc).__name__}: {exc}"
    if isinstance(exc, MessageSizeTooLargeError):  # of a size that the contract allows: see Sender
        why = "it takes fewer bytes than the contract says: run `refund-sentinel topics create --alter-configs`"
    if isinstance(exc, InvalidTimestampError):
        why = CLOCKS_DIFFER
    error = BrokerUnavailable(f"the broker did not take a message of {topic}: {why}")
    error.__cause__ = exc
    return error
