"""What comes in and what goes out: bytes, where they stand, and nothing of the library that carries them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from streams.tracing import TRACEPARENT, Span


@dataclass(slots=True, eq=False)
class Incoming:
    """One message of a partition, in one generation of the consumer group.

    ``timestamp_ms`` is when the broker took it, or what its sender says where that is not ``by_broker``: see
    :mod:`streams.delivery.append_time`. ``acknowledge`` commits it once all before it are; ``drop`` lets go of it
    uncommitted, so that nothing waits for it; ``stale`` says that its partition was taken away since.
    """

    topic: str
    partition: int
    offset: int
    generation: int
    key: bytes | None
    value: bytes | None
    timestamp_ms: int
    acknowledge: Callable[[], object]
    stale: Callable[[], bool]
    headers: Sequence[tuple[str, bytes | None]] = field(default=())
    drop: Callable[[], object] = field(default=lambda: None)
    by_broker: bool = True
    span: Span | None = None
    """What its work is followed by, where it is."""
    record: object = None
    """What was read of it already, by whoever handles it."""

    @property
    def traceparent(self) -> str | None:
        """The last header that names its trace, as text; whoever reads it checks what it says."""
        values = [value for name, value in self.headers if name == TRACEPARENT and value is not None]
        return values[-1].decode("latin-1") if values else None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to send; ``on_confirmed`` is called once the broker has it.

    ``partition`` None leaves it to the key, as for everything that is read by many.
    """

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()
    on_confirmed: Callable[[], None] | None = None
    partition: int | None = None
