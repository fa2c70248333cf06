"""Messages of an imagined partition that remember what was acknowledged."""

from dataclasses import dataclass, field

from streams.delivery.messages import Incoming


@dataclass
class Log:
    """One topic as a broker sees it: what is committed, and which generation owns it."""

    generation: int = 1
    acknowledged: list[tuple[int, int]] = field(default_factory=list)

    def message(self, offset: int, partition: int = 0, value: bytes = b"{}") -> Incoming:
        generation = self.generation
        return Incoming(
            topic="requests",
            partition=partition,
            offset=offset,
            generation=generation,
            key=b"b-1",
            value=value,
            timestamp_ms=1_790_000_000_000,
            acknowledge=lambda: self.acknowledged.append((partition, offset)),
            stale=lambda: generation != self.generation,
        )
