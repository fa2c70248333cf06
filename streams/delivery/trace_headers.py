"""A trace goes with the messages: it comes in a header, and what is sent for a message names it in the same header.

Only headers: key and value of what is sent are the same whether it is followed or not.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from streams.delivery.messages import Incoming, Outgoing
from streams.tracing import TRACEPARENT, Batch, Span, Tracer, at_work

_OFF: AbstractContextManager[None] = nullcontext()


def begin(tracer: Tracer, incoming: Incoming) -> Span:
    """Return the span of the work on a message, from when it is admitted to when what it leads to is confirmed."""
    facts: dict[str, str | int] = {
        "messaging.system": "kafka",
        "messaging.operation.type": "process",
        "messaging.destination.name": incoming.topic,
        "messaging.destination.partition.id": str(incoming.partition),
        "messaging.kafka.offset": incoming.offset,
    }
    return tracer.begin(f"process {incoming.topic}", incoming.traceparent, facts)


def following(batch: Sequence[Incoming]) -> AbstractContextManager[None]:
    """Let the spans of a batch be what is at work, where it is followed."""
    spans = [incoming.span for incoming in batch if incoming.span is not None]
    return at_work(spans[0] if len(spans) == 1 else Batch(spans)) if spans else _OFF


def followed(message: Outgoing, span: Span) -> Outgoing:
    """Return the message with a header that names the trace; metrics of its confirmation name it as exemplar."""
    header = (TRACEPARENT, span.header.encode())
    confirmed = None if message.on_confirmed is None else _at_work(span, message.on_confirmed)
    return replace(message, headers=(*message.headers, header), on_confirmed=confirmed)


def _at_work(span: Span, note: Callable[[], None]) -> Callable[[], None]:
    def noted() -> None:
        with at_work(span):
            note()

    return noted
