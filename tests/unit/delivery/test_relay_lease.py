"""The lease of the relay: whoever sends holds it until the broker has everything, or ends."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest

from streams.delivery.relay_lease import LeaseLost, RelayLease
from tests.unit.delivery.test_relay import Direct, Outbox

T = TypeVar("T")

LONG_MS = 3_600_000
AT_ONCE_S = 0.001


class Counted(Outbox):
    """An outbox that tells a test each time its lease was asked for."""

    asked: asyncio.Queue[None]

    def lease(self, owner: str, at_ms: int | None, for_ms: int) -> bool:
        self.asked.put_nowait(None)
        return super().lease(owner, at_ms, for_ms)


class AwayAfterTheFirst(Direct):
    """A database that answers once, and then no more."""

    def __init__(self) -> None:
        self.calls = 0

    async def call(self, name: str, work: Callable[[], T]) -> T:
        self.calls += 1
        if self.calls > 1:
            await asyncio.Event().wait()
        return await super().call(name, work)


async def test_a_lease_is_renewed_for_as_long_as_the_broker_takes() -> None:
    outbox = Counted()
    outbox.asked = asyncio.Queue()
    lease = RelayLease(outbox, Direct(), "me", lasts_ms=LONG_MS, renew_s=AT_ONCE_S)

    async def until_it_was_renewed_twice() -> str:
        for _ in range(3):
            await outbox.asked.get()
        return "confirmed"

    assert await lease.taken()
    assert await lease.during(until_it_was_renewed_twice()) == "confirmed"


async def test_a_relay_whose_lease_another_one_took_sends_nothing_more() -> None:
    outbox = Outbox()
    lease = RelayLease(outbox, Direct(), "me", lasts_ms=LONG_MS, renew_s=AT_ONCE_S)
    assert await lease.taken()
    outbox.held_by_another = True
    ended = asyncio.Event()

    async def for_ever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    with pytest.raises(LeaseLost):
        await lease.during(for_ever())
    await ended.wait()
    assert not await lease.taken()


async def test_two_workers_of_one_name_are_two_relays() -> None:
    owners: set[str] = set()

    class Shared(Outbox):
        def lease(self, owner: str, at_ms: int | None, for_ms: int) -> bool:  # noqa: ARG002 - the outbox's own arguments
            owners.add(owner)
            return len(owners) == 1

    outbox = Shared()
    first, second = (RelayLease(outbox, Direct(), "decide-0-1") for _ in range(2))
    assert (await first.taken(), await second.taken()) == (True, False)
    assert all(owner.startswith("decide-0-1") for owner in owners)


async def test_a_relay_that_cannot_ask_ends_before_its_lease_does() -> None:
    lease = RelayLease(Outbox(), AwayAfterTheFirst(), "me", lasts_ms=1_010, renew_s=AT_ONCE_S)
    assert await lease.taken()

    with pytest.raises(LeaseLost):
        await lease.during(asyncio.Event().wait())


async def test_who_holds_it_asks_once_in_half_of_it_and_who_does_not_asks_each_time() -> None:
    outbox, clock = Counted(), [100.0]
    outbox.asked = asyncio.Queue()
    lease = RelayLease(outbox, Direct(), "me", monotonic=lambda: clock[0])
    for _ in range(60):
        assert await lease.held()
        clock[0] += 0.25
    held = outbox.asked.qsize()
    outbox.held_by_another = True
    clock[0] += 15

    assert [await lease.held() for _ in range(5)] == [False] * 5
    assert (held, outbox.asked.qsize() - held) == (3, 5), (
        "at first, and each 6.5 s: then half of 15 s is left, but for one"
    )


@pytest.mark.parametrize(
    ("passed_s", "held", "asked"), [(1.0, True, 1), (9.0, True, 2), (14.0, False, 1), (20.0, False, 1)]
)
async def test_what_was_read_is_sent_only_under_the_lease_that_it_was_read_under(
    passed_s: float,
    *,
    held: bool,
    asked: int,
) -> None:
    outbox, clock = Counted(), [100.0]
    outbox.asked = asyncio.Queue()
    lease = RelayLease(outbox, Direct(), "me", monotonic=lambda: clock[0])
    assert await lease.taken()
    clock[0] += passed_s

    assert (await lease.holds(), outbox.asked.qsize()) == (held, asked)
