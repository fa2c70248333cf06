import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from streams.delivery.heartbeat import Heartbeat
from streams.delivery.messages import Outgoing
from streams.delivery.relay import (
    AT_ONCE,
    LOOK_EVERY_MS,
    PAUSE_OF_OTHERS_S,
    PAUSE_S,
    PURGE_AT_ONCE,
    PURGE_EVERY_MS,
    Relay,
)
from streams.delivery.relay_lease import RelayLease
from streams.delivery.sending import Sender
from streams.metrics import Metrics
from streams.ports import Backlog, OutboxMessage

T = TypeVar("T")

SINCE_MS = 1_790_000_000_000
KEEP_MS = 7 * 86_400_000


@dataclass
class Outbox:
    """An outbox in memory, with a lease that somebody else may hold."""

    messages: list[OutboxMessage] = field(default_factory=list)
    held_by_another: bool = False
    long_sent: int = 0
    purges: list[int] = field(default_factory=list)

    def lease(self, owner: str, at_ms: int | None, for_ms: int) -> bool:
        del owner, at_ms, for_ms
        return not self.held_by_another

    def waiting(self, limit: int) -> list[OutboxMessage]:
        return self.messages[:limit]

    def sent(self, outbox_ids: Sequence[int], now_ms: int) -> None:
        del now_ms
        self.messages = [message for message in self.messages if message.outbox_id not in outbox_ids]

    def purge(self, sent_before_ms: int, limit: int) -> int:
        self.purges.append(sent_before_ms)
        taken = min(limit, self.long_sent)
        self.long_sent -= taken
        return taken

    def backlog(self, limit: int) -> Backlog:
        return Backlog(min(limit, len(self.messages)), SINCE_MS if self.messages else None)


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


@dataclass
class Clock:
    """A clock that stands until it is set."""

    now_ms: int = SINCE_MS

    def __call__(self) -> int:
        return self.now_ms


def a_relay(outbox: Outbox, topic: Topic, metrics: Metrics | None = None, clock: Clock | None = None) -> Relay:
    used = metrics or Metrics()
    sender = Sender(topic.buffer, Heartbeat(60), 5, {"review.events.v1": 1_000}, used.send_seconds)
    lease = RelayLease(outbox, Direct(), "me")
    return Relay(outbox, Direct(), sender, lease, used, keep_ms=KEEP_MS, clock=clock or Clock())


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


async def test_who_holds_the_lease_looks_more_often_than_who_waits_for_its_end() -> None:
    outbox = an_outbox(0)
    outbox.held_by_another = True
    relay = a_relay(outbox, Topic())
    await relay.once()
    waits = relay.pause_s()
    outbox.held_by_another = False
    await relay.once()

    assert (relay.pause_s(), waits) == (PAUSE_S, PAUSE_OF_OTHERS_S)
    assert PAUSE_S < PAUSE_OF_OTHERS_S


@pytest.mark.parametrize(("before", "left"), [(AT_ONCE - 1, 1), (AT_ONCE, 0), (AT_ONCE + 1, 0)])
async def test_only_where_as_much_waited_as_goes_at_once_the_next_look_is_at_once(before: int, left: int) -> None:
    outbox = an_outbox(before)
    late = OutboxMessage(AT_ONCE + 1, "review.events.v1", b"rr-1", b"came meanwhile")

    class Slow(Topic):
        async def buffer(self, outgoing: Outgoing) -> Awaitable[int]:
            if not self.sent:
                outbox.messages.append(late)
            return await super().buffer(outgoing)

    relaying = asyncio.create_task(a_relay(outbox, Slow()).run())
    for _ in range(50):
        await asyncio.sleep(0)
    relaying.cancel()

    assert len(outbox.messages) == left


async def test_a_message_that_was_not_confirmed_still_waits() -> None:
    outbox, topic = an_outbox(2), Topic(refuses=True)

    with pytest.raises(ConnectionError):
        await a_relay(outbox, topic).once()

    assert [message.outbox_id for message in outbox.messages] == [0, 1]


async def test_every_relay_tells_what_waits_and_for_how_long_whoever_holds_the_lease() -> None:
    outbox, metrics, clock = an_outbox(3), Metrics(), Clock()
    outbox.held_by_another = True
    relay = a_relay(outbox, Topic(), metrics, clock)
    clock.now_ms += 4_000

    async def told() -> tuple[float | None, float | None]:
        await relay.once()
        names = ("sentinel_outbox_backlog_messages", "sentinel_outbox_oldest_unsent_seconds")
        return metrics.registry.get_sample_value(names[0]), metrics.registry.get_sample_value(names[1])

    waiting = await told()
    outbox.messages.clear()
    clock.now_ms += LOOK_EVERY_MS - 1
    too_soon = await told()
    clock.now_ms += 1

    assert [waiting, too_soon, await told()] == [(3, 4), (3, 8.999), (0, 0)]


async def test_what_may_be_waiting_by_now_grows_while_the_database_cannot_be_asked() -> None:
    outbox, metrics, clock = an_outbox(1), Metrics(), Clock()
    outbox.held_by_another = True
    relay = a_relay(outbox, Topic(), metrics, clock)

    def oldest_s() -> float | None:
        return metrics.registry.get_sample_value("sentinel_outbox_oldest_unsent_seconds")

    await relay.once()
    clock.now_ms += 60_000
    with_one_waiting = oldest_s()
    outbox.messages.clear()
    await relay.once()
    with_none_waiting = oldest_s()
    clock.now_ms += 90_000

    assert [with_one_waiting, with_none_waiting, oldest_s()] == [60, 0, 90]


async def test_the_holder_purges_what_was_sent_long_ago_at_once_where_there_is_more_and_else_in_a_while() -> None:
    outbox, metrics, clock = Outbox(long_sent=PURGE_AT_ONCE + 5), Metrics(), Clock()
    relay = a_relay(outbox, Topic(), metrics, clock)

    for _ in range(4):
        await relay.once()
    clock.now_ms += PURGE_EVERY_MS
    await relay.once()

    assert outbox.purges == [SINCE_MS - KEEP_MS] * 2 + [SINCE_MS + PURGE_EVERY_MS - KEEP_MS]
    assert metrics.registry.get_sample_value("sentinel_outbox_purged_total") == PURGE_AT_ONCE + 5


async def test_who_does_not_hold_the_lease_purges_nothing() -> None:
    outbox = Outbox(long_sent=5, held_by_another=True)

    await a_relay(outbox, Topic()).once()

    assert outbox.purges == []
