"""What came for a stream already is taken in one turn of the loop, as the stream's own iteration would take it."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from faust.events import Event
from faust.types.tuples import TP, ConsumerMessage
from mode.utils.queues import FlowControlEvent, ThrowableQueue

from streams.agents.events import AT_ONCE, waiting
from tests.drawn import each

GENERATION = 7
AT = TP("requests", 3)


@dataclass
class App:
    """As much of an app as a message asks for; ``tracked`` are the offsets that a rebalance waits for."""

    flow_control: FlowControlEvent = field(default_factory=lambda: FlowControlEvent(initially_suspended=False))
    consumer_generation_id: int = GENERATION
    tracked: list[int] = field(default_factory=list)
    monitor: Any = field(default_factory=lambda: SimpleNamespace(stream_inbound_time={}))

    @property
    def consumer(self) -> Any:
        return SimpleNamespace(track_message=lambda message: self.tracked.append(message.offset))


@dataclass
class Stream:
    """A stream with messages that wait in its channel."""

    app: App = field(default_factory=App)

    def __post_init__(self) -> None:
        self.queue: Any = ThrowableQueue(maxsize=1_000, flow_control=self.app.flow_control)
        self.channel = SimpleNamespace(queue=self.queue)

    def arrive(self, offset: int, generation: int = GENERATION) -> None:
        message = ConsumerMessage(*AT, offset, 1.5, 1, [], b"b-1", b"{}", None, tp=AT, generation_id=generation)
        app: Any = self.app
        self.queue.force_put_nowait(Event(app, b"b-1", b"{}", [], message))

    def taken(self) -> list[int]:
        return [message.offset for message in waiting(self, self.app)]  # type: ignore[arg-type]


@each(5, waits=(1, 2 * AT_ONCE))
def test_all_that_wait_are_taken_in_their_order_and_a_rebalance_waits_for_each(waits: int) -> None:
    stream = Stream()
    for offset in range(waits):
        stream.arrive(offset)
    taken: list[int] = []
    while found := stream.taken():
        assert len(found) <= AT_ONCE
        taken += found
        assert stream.app.tracked == taken  # of what waits still, nothing is in work
    assert taken == list(range(waits))
    assert list(stream.app.monitor.stream_inbound_time) == [AT]  # Faust would log that the partition stands still


def test_what_was_fetched_for_an_older_generation_is_left_to_the_new_owner() -> None:
    stream = Stream()
    for offset, generation in ((1, GENERATION - 1), (2, GENERATION), (3, GENERATION - 1), (4, GENERATION)):
        stream.arrive(offset, generation)
    assert stream.taken() == stream.app.tracked == [2, 4]


def test_nothing_is_taken_while_the_group_assigns_anew() -> None:
    stream = Stream()
    stream.arrive(1)
    stream.app.flow_control.suspend()
    assert stream.taken() == stream.app.tracked == []


async def test_an_error_that_was_thrown_in_ends_the_reading() -> None:
    stream = Stream()
    await stream.queue.throw(ValueError("the consumer is gone"))
    assert stream.taken() == []  # the stream's own iteration raises it
    stream.arrive(1)
    with pytest.raises(ValueError, match="gone"):
        stream.taken()
