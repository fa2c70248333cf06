"""A stage: events of one topic become outputs, side by side or in batches, and leave in the order of arrival."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog

from streams.delivery.dead_letter_limit import DeadLetterLimit
from streams.delivery.exclusive_processing import ExclusiveProcessing
from streams.delivery.messages import Incoming, Outgoing
from streams.delivery.ordered_acknowledgement import OrderedAcknowledgement, Slot
from streams.delivery.poison_pills import Care, EndedTheProcess, PoisonPills
from streams.delivery.sending import MessageTooLarge, Sender
from streams.delivery.shutdown import Shutdown
from streams.delivery.trace_headers import begin, followed, following
from streams.errors import MediaUnreadable, OperatorError, TransientError
from streams.tracing import Tracer

log = structlog.get_logger(__name__)

Answer = Sequence[Outgoing] | Exception
"""What to send for an event, or why it can never be used: then it becomes a dead letter."""

Handle = Callable[[list[Incoming]], Awaitable[Sequence[Answer]]]
"""Returns the answer to each event of a batch. Whatever it raises, instead of returning it, ends the worker."""

Prepare = Callable[[Incoming], None]
"""Does what can be done for an event as soon as it is admitted; what it raises, the handling raises again."""

Bury = Callable[[Incoming, Exception], Outgoing]
"""Returns the dead letter of an event."""

_Sent = tuple[Outgoing, Awaitable[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a stage works: ``workers`` calls at a time, of up to ``batch`` events, with ``room`` for open events.

    Open is what was admitted and not yet acknowledged.
    """

    workers: int
    batch: int
    room: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a stage works with."""

    sender: Sender
    shutdown: Shutdown
    acknowledgements: OrderedAcknowledgement
    poison_pills: PoisonPills
    exclusive: ExclusiveProcessing
    limit: DeadLetterLimit
    tracer: Tracer | None = None


class Stage:
    """Admits events, bounded; hands them on in batches; sends in order; acknowledges what was confirmed.

    With batches of one and several workers, events are worked on side by side (enrich); with one worker and larger
    batches each batch is one call, and the next begins while the last one's outputs are sent and confirmed (decide).
    """

    def __init__(self, handle: Handle, bury: Bury, parts: Parts, shape: Shape, prepare: Prepare | None = None) -> None:
        """Start the workers: an event loop must be running."""
        self._handle = handle
        self._prepare = prepare
        self._bury = bury
        self._sender = parts.sender
        self._shutdown = parts.shutdown
        self._acknowledgements = parts.acknowledgements
        self._poison_pills = parts.poison_pills
        self._exclusive = parts.exclusive
        self.limit = parts.limit
        self._tracer = parts.tracer
        self._batch = shape.batch
        self._stretch = shape.room + shape.batch
        self._room = asyncio.Semaphore(shape.room)
        self._queue: asyncio.Queue[Slot] = asyncio.Queue()
        self._running = [asyncio.create_task(self._guard(self._work)) for _ in range(shape.workers)]
        self._leaving: set[asyncio.Task[None]] = set()
        self._closed = False

    async def take_all(self, arrived: Iterable[Incoming]) -> None:
        """Admit events one after the other."""
        for incoming in arrived:
            await self.take(incoming)

    async def take(self, incoming: Incoming) -> None:
        """Admit one event, as soon as there is room. A paused topic's events are dropped, not acknowledged."""
        if self.limit.paused or self._closed:
            incoming.drop()
            return
        if self._tracer is not None:
            incoming.span = begin(self._tracer, incoming)
        care = self._poison_pills.care(incoming, self._stretch)
        await self._room.acquire()
        if self._closed:
            self._room.release()
            incoming.drop()
            return
        if care is Care.USUAL:
            await self._exclusive.enter()
            slot = self._acknowledgements.admit(incoming)
            if self._prepare is not None:
                with suppress(Exception):
                    self._prepare(incoming)
            self._queue.put_nowait(slot)
            return
        async with self._exclusive.alone():
            slot = self._acknowledgements.admit(incoming)
            if care is Care.CULPRIT:
                await self._guard(partial(self._deliver, [slot], [EndedTheProcess(_ENDED)]))
                return
            self._poison_pills.begin(incoming)
            self._queue.put_nowait(slot)
            del incoming, slot
        self._poison_pills.through()

    def close(self) -> None:
        """Admit nothing more, and let go of what nobody has begun with: it is taken up again by the next worker."""
        self._closed = True
        while not self._queue.empty():
            self._queue.get_nowait().incoming.drop()
            self._room.release()
            self._exclusive.leave()

    async def stop(self) -> None:
        """End the tasks; what was not acknowledged is taken up again by the next worker."""
        for task in [*self._running, *self._leaving]:
            task.cancel()
        for task in [*self._running, *self._leaving]:
            with suppress(asyncio.CancelledError):
                await task

    async def _work(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while len(batch) < self._batch and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            answers = await self._answers([slot.incoming for slot in batch])
            # Sending is a task of its own: the database is at the next batch meanwhile, and turns keep the order.
            task = asyncio.create_task(self._guard(partial(self._deliver, batch, answers)))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)
            del batch, answers, task  # a dropped event that is still referenced would block a rebalance

    async def _answers(self, batch: list[Incoming]) -> Sequence[Answer]:
        """Return the answers; what fails by itself, and not for want of infrastructure, fails each time: bury it."""
        try:
            with following(batch):
                return await self._handle(batch)
        except (TransientError, OperatorError, OSError, MemoryError):
            raise
        except Exception as exc:
            if len(batch) == 1:
                log.exception("a message fails by itself")
                return [exc]
        return [answer for incoming in batch for answer in await self._answers([incoming])]

    async def _deliver(self, batch: list[Slot], answers: Sequence[Answer]) -> None:
        await self._finish(batch, await self._send(batch, answers))

    async def _send(self, batch: list[Slot], answers: Sequence[Answer]) -> list[_Sent]:
        sent: list[_Sent] = []
        for slot, answer in zip(batch, answers, strict=True):
            await slot.turn()
            try:
                sent += await self._buffered(slot, answer)
            except MessageTooLarge as exc:
                answer = exc  # noqa: PLW2901 - this is what became of it
                sent += await self._buffered(slot, exc)
            slot.passed()
            # A photo that cannot be looked at is no sign of a broken sender: it costs its own letter, never the topic.
            self.limit.note(bad=isinstance(answer, Exception) and not isinstance(answer, MediaUnreadable))
        return sent

    async def _buffered(self, slot: Slot, answer: Answer) -> list[_Sent]:
        messages = [self._bury(slot.incoming, answer)] if isinstance(answer, Exception) else answer
        if (span := slot.incoming.span) is not None:
            messages = [followed(message, span) for message in messages]
            if isinstance(answer, Exception):
                span.fail(answer)
        return [(message, await self._sender.buffer(message)) for message in messages]

    async def _finish(self, batch: list[Slot], sent: list[_Sent]) -> None:
        await self._sender.confirmed([confirmation for _, confirmation in sent])
        for message, _ in sent:
            if message.on_confirmed is not None:
                message.on_confirmed()
        for slot in batch:
            if slot.incoming.span is not None:
                slot.incoming.span.end()
            self._acknowledgements.finish(slot)
            self._room.release()
            self._exclusive.leave()

    async def _guard(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except asyncio.CancelledError:
            raise
        except BaseException as exc:  # noqa: BLE001 - whatever it is, a half-alive worker is worse than none
            self._shutdown.end(exc)


_ENDED = (
    "the worker died three times while it worked on this message alone: look at it in isolation before replaying it"
)
