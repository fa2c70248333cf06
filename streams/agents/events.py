"""Faust's events as messages that the rest of the project knows."""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from time import monotonic
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


AT_ONCE = 32
"""Messages that are taken in one turn of the event loop at most: others wait for their turn meanwhile."""


def waiting(stream: Any, app: App) -> Iterator[Incoming]:
    """Yield up to :data:`AT_ONCE` messages that came for a stream already, as its own iteration would.

    That lets the loop turn once for each, and the loop lets the database's thread go first each time: beside a busy
    one, a message would take as long as Python leaves a thread its turn.
    """
    return islice(_waiting(stream.channel.queue, app), AT_ONCE)


def _waiting(queue: Any, app: Any) -> Iterator[Incoming]:
    while queue.qsize():  # an error that was thrown in is the iteration's to raise, behind what came before it
        event = queue.get_nowait()
        if app.flow_control.is_active() and event.message.generation_id == app.consumer_generation_id:
            event.message.tracked = True
            app.consumer.track_message(event.message)
            app.monitor.stream_inbound_time[event.message.tp] = monotonic()  # else Faust says that nothing is read
            yield incoming(event, app)
        del event


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
