"""How a worker's Faust app reads and writes Kafka: by the clients that all of this project use, set up once.

Faust reads aborted transactions too, unless it runs transactions of its own. What is set aside here leaves holes in the
offsets, as every transaction's marker does, and Faust's own reckoning over holes stops committing for good when the
first comes right after offset 0. Our lanes acknowledge in order and without gaps, so no reckoning is needed.

These classes lean on names that Faust and aiokafka keep to themselves: both are pinned exactly, and
tests/integration/test_transactions.py holds what is relied on.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from time import monotonic
from typing import Any, ClassVar, TypeVar

from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Producer, Transport
from faust.types import TP, AppT, TransportT
from mode.services import WaitResults
from mode.threads import MethodQueue

from streams.adapters.kafka.clients import new_producer
from streams.adapters.kafka.commits import Said
from streams.adapters.kafka.group_consumer import GroupConsumer, group_consumer
from streams.adapters.kafka.group_offsets import PartitionOffsets
from streams.delivery.first_step import Begun
from streams.settings import Settings

T = TypeVar("T")

LOOK_S = 0.02
CALLS_AT_ONCE = 16
"""Calls into the consumer's thread that do not wait for each other. Faust has two: one that waits for partitions to be
assigned, beside one that waits for a broker, would hold up the commit that the assignment waits for."""
TOPICS_LOOKED_AT_MS = 30_000
"""How often a producer looks for new partitions; aiokafka's default is five minutes."""


class _Thread(AIOKafkaConsumerThread):
    def _create_consumer(self, loop: Any) -> GroupConsumer:  # noqa: ARG002 - Faust's argument; it runs in that loop
        transport: Any = self.transport
        return group_consumer(transport.settings, self.app.conf.id, transport.topics)

    @property
    def method_queue(self) -> MethodQueue:
        """What takes calls from the main thread, made at the first."""
        if self._method_queue is None:
            self._method_queue = MethodQueue(CALLS_AT_ONCE, loop=self.thread_loop, beacon=self.beacon)
        return self._method_queue


class _Unread(dict[TP, int | None]):
    """How far each partition was read, for Faust to compare with: never known.

    Faust drops what lies before that. Where a broker lost the end of a log and fills it again, that is what is new;
    what comes twice is answered as before.
    """

    def __missing__(self, _: TP) -> None:
        return None

    def __setitem__(self, _: TP, __: object) -> None: ...


class _Consumer(Consumer):
    settled = False
    """Whether partitions are assigned, and the group has not begun to assign anew."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Take Faust's arguments."""
        super().__init__(*given, **named)
        self._read_offset = _Unread()

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Let no message through from the first moment on.

        Faust does not where no partition was assigned, and may take the end of an assignment for that of the next one.
        """
        self.settled = False
        self.app.rebalancing = True
        self.stop_flow()
        self.app.flow_control.suspend()
        await super().on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Note that partitions are assigned: what follows is :class:`streams.agents.reading_on.ReadingOn`'s."""
        self.settled = True
        await super().on_partitions_assigned(assigned, generation_id)

    async def wait_first(self, *waited: Any, timeout: Any = None) -> WaitResults:  # noqa: ASYNC109 - Faust's argument
        """Return what is done first; where the first one is at once, no task is made.

        Faust hands each message on by this, while it waits for the flow to be suspended, in four tasks: more than all
        else that it does with a message.
        """
        first, *others = waited
        if not asyncio.iscoroutine(first) or self._stopped.is_set() or self._crashed.is_set():
            return await super().wait_first(*waited, timeout=timeout)
        begun = Begun(first)
        if not begun.through:
            return await super().wait_first(begun, *others, timeout=timeout)
        for other in others:
            if asyncio.iscoroutine(other):
                other.close()
        return WaitResults([first], [begun.result], stopped=False)

    def on_buffer_full(self, tp: TP) -> None:
        """Go on asking for a partition whose messages fill the buffer, as they are handed on only as room is made.

        Faust leaves it out until there is room again, but only looks once a second: with little time's work in the
        buffer, and other topics to wait for, a worker stood still for the rest of each such second.
        """

    async def perform_seek(self) -> None:
        """Read on from what is committed.

        Where nothing is, nothing of before counts: Faust would keep what was committed of a topic that went by the same
        name, and never commit what has a lower offset.
        """
        for at, offset in (await self.seek_to_committed()).items():
            self._committed_offset[at] = offset or None

    async def verify_all_partitions_active(self) -> None:
        """Look at nothing: :class:`streams.agents.health.Health` does.

        Faust's own look ends the worker where it is not known yet from which offset a partition is read.
        """

    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)

    def _new_offset(self, tp: TP) -> int | None:
        """Return what to commit: behind the last event that was acknowledged, as all before it were."""
        acknowledged = self._acked[tp]
        if not acknowledged:
            return None
        offset: int = max(acknowledged) + 1
        acknowledged.clear()
        self._acked_index[tp].clear()
        self._gap.pop(tp, None)
        return offset

    async def _wait_for_ack(self, timeout: float) -> None:  # noqa: ASYNC109 - Faust's argument
        """Return once nothing is left to wait for, at the latest after ``timeout`` seconds.

        Faust waits for the next acknowledgement, which what was let go of unacknowledged never gets: a second lost in
        each rebalance and each stop.
        """
        until_s = monotonic() + timeout
        while self._unacked_messages and monotonic() < until_s:
            await asyncio.sleep(LOOK_S)
            self._clean_unacked_messages()


def group_consumer_of(app: Any) -> GroupConsumer | None:
    """Return the consumer that an app reads by; None before it has started."""
    found: GroupConsumer | None = app.consumer._thread._consumer  # noqa: SLF001 - Faust shows it nowhere else
    return found


async def group_offsets(app: Any) -> dict[TP, PartitionOffsets]:
    """Return how far the app's group has read each partition of its topics; asked in the consumer's own thread."""
    found = await _beside(app, app.consumer._thread._consumer.group_offsets())  # noqa: SLF001 - as above
    return {TP(at.topic, at.partition): offsets for at, offsets in found.items()}


async def say_that_nothing_is_left(app: Any, said: Said, generation: int) -> None:
    """Let others know that nothing is left to read, and the group how far it is where it kept less.

    All was so in ``generation``.
    """
    consumer = app.consumer._thread._consumer  # noqa: SLF001 - as above
    await _beside(app, consumer.nothing_left(said, generation))


async def _beside(app: Any, work: Coroutine[Any, Any, T]) -> T:
    """Return what ``work`` does in the consumer's loop: no call of Faust's waits for it."""
    loop = app.consumer._thread.thread_loop  # noqa: SLF001 - as above
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, loop))


class _Producer(Producer):
    def __init__(self, *given: Any, **named: Any) -> None:
        """Take Faust's arguments.

        Before each message that Faust hands on, it looks whether its tables have too much to send: there are none.
        """
        super().__init__(*given, **named)
        self.buffer.wait_until_ebb = _at_once  # type: ignore[method-assign]

    def _new_producer(self, transactional_id: str | None = None) -> Any:  # noqa: ARG002 - Faust's; there is none
        settings = self.transport.settings  # type: ignore[attr-defined]
        limit_ms = int(settings.send_limit_s * 1000)
        return new_producer(settings, request_timeout_ms=limit_ms, metadata_max_age_ms=TOPICS_LOOKED_AT_MS)


async def _at_once() -> None: ...


class _Transport(Transport):
    Consumer: ClassVar[Any] = _Consumer
    Producer: ClassVar[Any] = _Producer
    settings: Settings
    topics: Sequence[str]


def transport(app: AppT, settings: Settings, topics: Sequence[str]) -> TransportT:
    """Return what ``app`` is to read and write Kafka by; ``topics`` are all that it reads and writes."""
    made = _Transport(app.conf.broker_consumer, app)
    made.settings = settings
    made.topics = topics
    return made
