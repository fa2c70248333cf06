"""Ordered acknowledgement: work goes on side by side, outputs leave and offsets are acknowledged in order of arrival.

Acknowledgements must leave no gap: with 100 still open, Faust takes an acknowledged 101 as leave to commit 102.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from streams.delivery.messages import Incoming


@dataclass(slots=True, eq=False)
class Slot:
    """An event on its way: whether its output is buffered (after that of the one before it) and confirmed."""

    incoming: Incoming
    before: asyncio.Future[None] | None
    buffered: asyncio.Future[None]
    done: bool = False

    async def turn(self) -> None:
        """Return once the output of the event before this one is buffered."""
        if self.before is not None:
            await self.before
            self.before = None  # a chain of futures would keep every earlier slot alive

    def passed(self) -> None:
        """Let the next event of the queue send."""
        self.buffered.set_result(None)


@dataclass(slots=True)
class _Queue:
    slots: deque[Slot] = field(default_factory=deque)
    last: asyncio.Future[None] | None = None


class OrderedAcknowledgement:
    """The open events of one topic, in a queue for each partition and generation."""

    def __init__(self, on_open: Callable[[int], None] = lambda _: None) -> None:
        """``on_open`` is told how many events are open, at each change."""
        self._queues: dict[tuple[int, int], _Queue] = {}
        self._on_open = on_open
        self.open = 0

    def admit(self, incoming: Incoming) -> Slot:
        """Return the slot of an event, behind all those of its partition that came before."""
        queue = self._queues.get((incoming.partition, incoming.generation)) or self._new_queue(incoming)
        slot = Slot(incoming, before=queue.last, buffered=asyncio.get_running_loop().create_future())
        queue.last = slot.buffered
        queue.slots.append(slot)
        self._count(1)
        return slot

    def open_in(self, partition: int) -> int:
        """Return how many events of one partition are open."""
        return sum(len(queue.slots) for (its, _), queue in self._queues.items() if its == partition)

    def finish(self, slot: Slot) -> None:
        """Mark an event as done, and acknowledge the head of its queue and all that are done behind it.

        An event of an older generation is dropped: the partition's new owner takes it up again.
        """
        slot.done = True
        key = (slot.incoming.partition, slot.incoming.generation)
        slots = self._queues[key].slots
        while slots and slots[0].done:
            incoming = slots.popleft().incoming
            if not incoming.stale():
                incoming.acknowledge()
            self._count(-1)
        if not slots and slot.incoming.stale():
            del self._queues[key]

    def _new_queue(self, incoming: Incoming) -> _Queue:
        """Return the queue of a partition's new generation; its older ones that are through are forgotten."""
        through = [key for key, one in self._queues.items() if key[0] == incoming.partition and not one.slots]
        for key in through:
            del self._queues[key]
        queue = self._queues[incoming.partition, incoming.generation] = _Queue()
        return queue

    def _count(self, change: int) -> None:
        self.open += change
        self._on_open(self.open)
