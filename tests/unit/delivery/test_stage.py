import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

import msgspec
import pytest

from schemas.records import DeadLetter
from streams.delivery.dead_letter_limit import DeadLetterLimit
from streams.delivery.dead_letters import letter
from streams.delivery.exclusive_processing import ExclusiveProcessing
from streams.delivery.heartbeat import Heartbeat
from streams.delivery.messages import Incoming, Outgoing
from streams.delivery.ordered_acknowledgement import OrderedAcknowledgement
from streams.delivery.poison_pills import DEATHS, STARTS, Care, PoisonPills
from streams.delivery.sending import Sender
from streams.delivery.shutdown import Shutdown
from streams.delivery.stage import Answer, Handle, Parts, Shape, Stage
from streams.errors import DatabaseUnavailable, MediaUnreadable, PolicyError
from streams.metrics import Metrics
from streams.tracing import Tracer
from streams.wording import causes
from tests.unit.delivery.events import Log

NOW_MS = 1_790_000_000_000


class Ended(BaseException):
    """The process would have ended."""


@dataclass
class Broker:
    """Keeps what is sent; confirms at once, or when it is told to."""

    held: bool = False
    sent: list[Outgoing] = field(default_factory=list)
    waiting: list[asyncio.Future[int]] = field(default_factory=list)
    refuses: BaseException | None = None

    async def buffer(self, outgoing: Outgoing) -> Awaitable[int]:
        self.sent.append(outgoing)
        confirmation: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        if self.refuses:
            confirmation.set_exception(self.refuses)
        elif self.held:
            self.waiting.append(confirmation)
        else:
            confirmation.set_result(len(self.sent))
        return confirmation

    def values(self) -> list[bytes | None]:
        return [message.value for message in self.sent]


@dataclass
class Bench:
    """A stage with everything around it."""

    folder: Path
    log: Log = field(default_factory=Log)
    broker: Broker = field(default_factory=Broker)
    ends: list[int] = field(default_factory=list)
    acknowledgements: OrderedAcknowledgement = field(default_factory=OrderedAcknowledgement)
    run: int = 50
    tracer: Tracer | None = None

    @asynccontextmanager
    async def stage(self, handle: Handle, shape: Shape, beside: Stage | None = None) -> AsyncIterator[Stage]:
        """Give a stage; one that stands ``beside`` another is of the same process."""
        sender = Sender(
            self.broker.buffer,
            Heartbeat(60),
            5,
            {"out": 1_000, "dead.letters.v1": 10_000},
            Metrics().send_seconds,
        )
        parts = Parts(
            sender=sender,
            shutdown=Shutdown(self._leave),
            acknowledgements=self.acknowledgements,
            poison_pills=beside._poison_pills if beside else PoisonPills(self.folder / "poison-pills.json"),
            exclusive=beside._exclusive if beside else ExclusiveProcessing(),
            limit=DeadLetterLimit(self.folder / "window.json", 0.1, self.run),
            tracer=self.tracer,
        )
        stage = Stage(handle, lambda incoming, error: letter(incoming, "test", error, NOW_MS), parts, shape)
        yield stage
        with suppress(Ended):
            await stage.stop()

    def _leave(self, status: int) -> NoReturn:
        self.ends.append(status)
        raise Ended


SIDE_BY_SIDE = Shape(workers=4, batch=1, room=4)
BATCHES = Shape(workers=1, batch=8, room=32)


def echo(incoming: Incoming) -> Answer:
    return [Outgoing("out", incoming.key, f"{incoming.partition}/{incoming.offset}".encode())]


async def each(batch: list[Incoming]) -> Sequence[Answer]:
    return [echo(incoming) for incoming in batch]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - the condition is about what others see, not about an event
            await asyncio.sleep(0)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.mark.parametrize("shape", [SIDE_BY_SIDE, BATCHES])
async def test_every_event_is_answered_and_acknowledged_in_order(bench: Bench, shape: Shape) -> None:
    async with bench.stage(each, shape) as stage:
        for offset in range(50):
            await stage.take(bench.log.message(offset))
        await until(lambda: len(bench.log.acknowledged) == 50)

    assert bench.log.acknowledged == [(0, offset) for offset in range(50)]
    assert bench.broker.values() == [f"0/{offset}".encode() for offset in range(50)]


async def test_outputs_leave_in_the_order_of_arrival_however_long_each_takes(bench: Bench) -> None:
    first_may_go = asyncio.Event()

    async def slow_first(batch: list[Incoming]) -> Sequence[Answer]:
        if batch[0].offset == 0:
            await first_may_go.wait()
        return await each(batch)

    async with bench.stage(slow_first, SIDE_BY_SIDE) as stage:
        for offset in range(4):
            await stage.take(bench.log.message(offset))
        assert bench.broker.values() == []
        first_may_go.set()
        await until(lambda: len(bench.log.acknowledged) == 4)

    assert bench.broker.values() == [b"0/0", b"0/1", b"0/2", b"0/3"]


async def test_nothing_is_acknowledged_before_the_broker_confirmed_it(bench: Bench) -> None:
    bench.broker.held = True
    async with bench.stage(each, BATCHES) as stage:
        await stage.take(bench.log.message(0))
        await until(lambda: len(bench.broker.waiting) == 1)
        assert bench.log.acknowledged == []
        bench.broker.waiting[0].set_result(7)
        await until(lambda: bench.log.acknowledged == [(0, 0)])


async def test_a_failed_send_ends_the_worker_and_acknowledges_nothing(bench: Bench) -> None:
    bench.broker.refuses = ConnectionError("the topic refuses writes")
    async with bench.stage(each, BATCHES) as stage:
        await stage.take(bench.log.message(0))
        await until(lambda: bench.ends == [70])

    assert bench.log.acknowledged == []


@pytest.mark.parametrize(
    ("failure", "status"), [(DatabaseUnavailable("away"), 70), (PolicyError("wrong"), 1), (OSError("disk full"), 70)]
)
async def test_a_failure_that_is_no_messages_fault_ends_the_worker_and_acknowledges_nothing(
    bench: Bench, failure: Exception, status: int
) -> None:
    async def fails(_: list[Incoming]) -> Sequence[Answer]:
        raise failure

    async with bench.stage(fails, SIDE_BY_SIDE) as stage:
        await stage.take(bench.log.message(0))
        await until(lambda: bench.ends == [status])

    assert bench.log.acknowledged == []


async def test_a_message_that_fails_by_itself_is_a_dead_letter_and_the_rest_of_its_batch_is_answered(
    bench: Bench,
) -> None:
    async def second_fails(batch: list[Incoming]) -> Sequence[Answer]:
        if any(incoming.offset == 1 for incoming in batch):
            msg = "a fault of ours"
            raise RuntimeError(msg)
        return await each(batch)

    async with bench.stage(second_fails, BATCHES) as stage:
        for offset in range(3):
            await stage.take(bench.log.message(offset))
        await until(lambda: len(bench.log.acknowledged) == 3)

    assert [message.topic for message in bench.broker.sent] == ["out", "dead.letters.v1", "out"]
    assert bench.ends == []


async def test_an_output_that_is_too_large_for_its_topic_is_a_dead_letter(bench: Bench) -> None:
    async def grows(batch: list[Incoming]) -> Sequence[Answer]:
        return [[Outgoing("out", incoming.key, b"x" * 1_001)] for incoming in batch]

    async with bench.stage(grows, BATCHES) as stage:
        await stage.take(bench.log.message(0))
        await until(lambda: bench.log.acknowledged == [(0, 0)])

    found = msgspec.json.decode(bench.broker.sent[0].value or b"", type=DeadLetter)
    assert found.error.class_ == "MessageTooLarge"


async def test_photos_that_cannot_be_looked_at_pause_no_topic(bench: Bench) -> None:
    async def unreadable(batch: list[Incoming]) -> Sequence[Answer]:
        return [MediaUnreadable(causes.PHOTO_MISSING) for _ in batch]

    bench.run = 3
    async with bench.stage(unreadable, SIDE_BY_SIDE) as stage:
        for offset in range(5):
            await stage.take(bench.log.message(offset))
        await until(lambda: len(bench.log.acknowledged) == 5)

    assert not stage.limit.paused


async def test_what_can_never_be_used_becomes_a_dead_letter_and_the_next_event_is_answered(bench: Bench) -> None:
    async def second_is_bad(batch: list[Incoming]) -> Sequence[Answer]:
        return [ValueError("not JSON") if incoming.offset == 1 else echo(incoming) for incoming in batch]

    async with bench.stage(second_is_bad, BATCHES) as stage:
        for offset in range(3):
            await stage.take(bench.log.message(offset))
        await until(lambda: len(bench.log.acknowledged) == 3)

    assert [message.topic for message in bench.broker.sent] == ["out", "dead.letters.v1", "out"]
    found = msgspec.json.decode(bench.broker.sent[1].value or b"", type=DeadLetter)
    assert found.identity == ("requests", 0, 1)
    assert found.error.class_ == "ValueError"


async def test_no_more_events_are_open_than_there_is_room_for(bench: Bench) -> None:
    bench.broker.held = True
    async with bench.stage(each, SIDE_BY_SIDE) as stage:
        for offset in range(4):
            await stage.take(bench.log.message(offset))
        fifth = asyncio.create_task(stage.take(bench.log.message(4)))
        await until(lambda: len(bench.broker.waiting) == 4)
        assert bench.acknowledgements.open == 4
        bench.broker.waiting[0].set_result(0)
        await fifth
        assert bench.acknowledgements.open == 4


async def test_a_paused_topic_is_read_no_further(bench: Bench) -> None:
    async def bad(batch: list[Incoming]) -> Sequence[Answer]:
        return [ValueError("not JSON") for _ in batch]

    bench.run = 3
    async with bench.stage(bad, SIDE_BY_SIDE) as stage:
        for offset in range(3):
            await stage.take(bench.log.message(offset))
        await until(lambda: len(bench.log.acknowledged) == 3)
        dropped: list[int] = []
        await stage.take(replace(bench.log.message(3), drop=lambda: dropped.append(3)))

    assert dropped == [3]
    assert stage.limit.paused
    assert len(bench.broker.sent) == 3
    assert bench.log.acknowledged == [(0, 0), (0, 1), (0, 2)]


async def test_a_message_that_killed_the_worker_three_times_is_a_dead_letter_and_the_others_are_answered(
    bench: Bench,
) -> None:
    for _ in range(DEATHS):
        life = PoisonPills(bench.folder / "poison-pills.json")
        life.begin(bench.log.message(1))
    async with bench.stage(each, SIDE_BY_SIDE) as stage:
        for offset in range(3):
            await stage.take(bench.log.message(offset))
        await until(lambda: len(bench.log.acknowledged) == 3)

    assert [message.topic for message in bench.broker.sent] == ["out", "dead.letters.v1", "out"]
    found = msgspec.json.decode(bench.broker.sent[1].value or b"", type=DeadLetter)
    assert found.error.class_ == "EndedTheProcess"


async def test_a_suspect_is_the_only_message_in_work_in_all_stages_of_the_process(bench: Bench) -> None:
    """One stage takes its events as usual, the other one by one: what they work on at a time is noted."""
    in_work, together = set[str](), list[set[str]]()

    async def slowly(batch: list[Incoming]) -> Sequence[Answer]:
        for incoming in batch:
            in_work.add(f"{incoming.partition}/{incoming.offset}")
        together.append(set(in_work))
        for _ in range(5):
            await asyncio.sleep(0)
        for incoming in batch:
            in_work.discard(f"{incoming.partition}/{incoming.offset}")
        return await each(batch)

    for _ in range(STARTS - 1):
        PoisonPills(bench.folder / "poison-pills.json").care(bench.log.message(0, partition=1), SIDE_BY_SIDE.room)
    async with bench.stage(slowly, SIDE_BY_SIDE) as usual, bench.stage(slowly, SIDE_BY_SIDE, usual) as suspecting:

        async def take(stage: Stage, partition: int) -> None:
            for offset in range(5):
                await stage.take(bench.log.message(offset, partition))

        await asyncio.gather(take(usual, 0), take(suspecting, 1))
        await until(lambda: len(bench.log.acknowledged) == 10)

    assert [them for them in together if len(them) > 1 and any(one.startswith("1/") for one in them)] == []


async def test_an_event_that_came_through_alone_leaves_no_trace(bench: Bench) -> None:
    path = bench.folder / "poison-pills.json"
    for _ in range(DEATHS - 1):
        PoisonPills(path).begin(bench.log.message(0))
    async with bench.stage(each, SIDE_BY_SIDE) as stage:
        await stage.take(bench.log.message(0))

    assert bench.broker.values() == [b"0/0"]
    assert PoisonPills(path).care(bench.log.message(0), SIDE_BY_SIDE.room) is Care.USUAL


async def test_a_stage_that_closes_finishes_what_is_in_work_and_lets_go_of_the_rest(bench: Bench) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()
    dropped: list[int] = []

    async def when_told(batch: list[Incoming]) -> Sequence[Answer]:
        begun.set()
        await go_on.wait()
        return await each(batch)

    def message(offset: int) -> Incoming:
        return replace(bench.log.message(offset), drop=lambda: dropped.append(offset))

    async with bench.stage(when_told, Shape(workers=1, batch=1, room=3)) as stage:
        await stage.take(message(0))
        await begun.wait()
        await stage.take(message(1))
        await stage.take(message(2))
        without_room = asyncio.create_task(stage.take(message(3)))
        await asyncio.sleep(0)
        stage.close()
        await without_room
        await stage.take(message(4))
        go_on.set()
        await until(lambda: bench.log.acknowledged == [(0, 0)])

    assert bench.broker.values() == [b"0/0"]
    assert dropped == [1, 2, 3, 4]
