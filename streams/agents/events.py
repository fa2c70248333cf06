"""Faust's events as messages that the rest of the project knows."""

from functools import partial
from typing import Any

from faust import App, Schema
from faust.types import EventT, Message

from streams.delivery.messages import Incoming


class Raw(Schema[Any, Any]):
    """How Faust reads a message: key and value as they are."""

    def compile(self, app: Any, **_: Any) -> Any:
        """Return what makes an event of a message; Faust asks four registries else, to leave both as they are."""

        async def decode(message: Message, **_: Any) -> EventT[bytes]:
            made: EventT[bytes] = app.create_event(message.key, message.value, message.headers, message)
            return made

        return decode


LOG_APPEND_TIME = 1
"""A message's type of time, as Kafka's protocol has it."""


def incoming(event: EventT[bytes], app: App) -> Incoming:
    """Return one event, with what acknowledges it and what lets go of it."""
    message = event.message
    generation = message.generation_id
    return Incoming(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        generation=generation or 0,
        key=message.key,
        value=message.value,
        timestamp_ms=round(message.timestamp * 1000),
        by_broker=message.timestamp_type == LOG_APPEND_TIME,
        acknowledge=event.ack,
        drop=partial(_drop, app, message),
        stale=lambda: generation != app.consumer_generation_id,
        headers=_headers(message.headers),
    )


def _drop(app: App, message: Message) -> None:
    """Read the partition no further, and let go of an event that stays uncommitted.

    Faust's stream keeps the last event that it gave out, and a rebalance or a stop would wait for it for ever.
    """
    app.consumer.unacked.discard(message)
    app.consumer.pause_partitions({message.tp})


def _headers(headers: Any) -> list[tuple[str, bytes | None]]:
    if not headers:
        return []
    return list(headers.items()) if hasattr(headers, "items") else list(headers)
