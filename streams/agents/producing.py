"""Outgoing messages as Faust's producer takes them, and its refusals as errors of ours."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from faust import App
from faust.exceptions import ProducerSendError

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
        return _offset(outgoing.topic, sent)

    return buffer


def _offset(topic: str, sent: asyncio.Future[Any]) -> asyncio.Future[int]:
    """Return a future of a buffered message's offset. A task would cost ten times as much."""
    offset: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def settle(sent: asyncio.Future[Any]) -> None:
        if offset.done():
            return
        if sent.cancelled():
            offset.cancel()
        elif (exc := sent.exception()) is None:
            offset.set_result(int(sent.result().offset))
        else:
            offset.set_exception(_refused(topic, exc) if isinstance(exc, _REFUSALS) else exc)

    sent.add_done_callback(settle)
    return offset


def _refused(topic: str, exc: BaseException) -> BrokerUnavailable:
    """Name what the producer raises: the broker refused or did not answer, which is no message's fault."""
    why = f"{type(exc).__name__}: {exc}"
    if isinstance(exc, MessageSizeTooLargeError):  # of a size that the contract allows: see Sender
        why = "it takes fewer bytes than the contract says: run `refund-sentinel topics create --alter-configs`"
    error = BrokerUnavailable(f"the broker did not take a message of {topic}: {why}")
    error.__cause__ = exc
    return error
