import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from streams.delivery.messages import Outgoing
from streams.delivery.pulse import Pulse
from streams.delivery.relay import Relay
from streams.delivery.sending import Sender
from streams.metrics import Metrics
from streams.ports import OutboxMessage

T = TypeVar("T")


@dataclass
class Outbox:
    """An outbox in memory, with a lease that somebody else may hold."""

    messages: list[OutboxMessage] = field(default_factory=list)
    held_by_another: bool = False

    def lease(self, owner: str, now_ms: int, for_ms: int) -> bool:
        del owner, now_ms, for_ms
        return not self.held_by_another

    def waiting(self, limit: int) -> list[OutboxMessage]:
        return self.messages[:limit]

    def sent(self, outbox_ids: Sequence[int], now_ms: int) -> None:
        del now_ms
        self.messages = [message for message in self.messages if message.outbox_id not in outbox_ids]


class Direct:
    """Calls at once, in the test's own thread."""

    async def call(self, name: str, work: Callable[[], T]) -> T:
        del name
        return work()


@dataclass
class Topic:
    """Takes what is sent, or refuses it."""

    sent: list[Outgoing] = field(default_factory=list)
    refuses: bool = False

    async def buffer(self, outgoing: Outgoing) -> Awaitable[int]:
        self.sent.append(outgoing)
        confirmation: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        if self.refuses:
            confirmation.set_exception(ConnectionError("refused"))
        else:
            confirmation.set_result(0)
        return confirmation


def an_outbox(count: int) -> Outbox:
    return Outbox([OutboxMessage(number, "review.events.v1", b"rr-1", f"{number}".encode()) for number in range(count)])


def a_relay(outbox: Outbox, topic: Topic, metrics: Metrics | None = None) -> Relay:
    used = metrics or Metrics()
    sender = Sender(topic.buffer, Pulse(60), 5, {"review.events.v1": 1_000}, used.send_seconds)
    return Relay(outbox, Direct(), sender, "me", used.outbox_sent)


async def test_what_waits_is_sent_in_order_and_marked() -> None:
    outbox, topic, metrics = an_outbox(3), Topic(), Metrics()

    assert await a_relay(outbox, topic, metrics).once() == 3

    assert [message.value for message in topic.sent] == [b"0", b"1", b"2"]
    assert outbox.messages == []
    assert metrics.registry.get_sample_value("sentinel_outbox_sent_total") == 3


async def test_nothing_is_sent_while_another_relay_holds_the_lease() -> None:
    outbox, topic = an_outbox(3), Topic()
    outbox.held_by_another = True

    assert await a_relay(outbox, topic).once() == 0
    assert topic.sent == []


async def test_a_message_that_was_not_confirmed_still_waits() -> None:
    outbox, topic = an_outbox(2), Topic(refuses=True)

    with pytest.raises(ConnectionError):
        await a_relay(outbox, topic).once()

    assert [message.outbox_id for message in outbox.messages] == [0, 1]
