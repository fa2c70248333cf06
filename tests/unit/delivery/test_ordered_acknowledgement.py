import asyncio
import gc
import weakref

from hypothesis import given
from hypothesis import strategies as st

from streams.delivery.ordered_acknowledgement import OrderedAcknowledgement
from tests.unit.delivery.events import Log


async def test_an_event_is_acknowledged_only_when_all_before_it_are_done() -> None:
    log, lanes = Log(), OrderedAcknowledgement()
    first, second, third = (lanes.admit(log.message(offset)) for offset in range(3))

    lanes.finish(second)
    assert log.acknowledged == []
    lanes.finish(first)
    assert log.acknowledged == [(0, 0), (0, 1)]
    lanes.finish(third)
    assert log.acknowledged == [(0, 0), (0, 1), (0, 2)]


async def test_partitions_do_not_wait_for_each_other() -> None:
    log, lanes = Log(), OrderedAcknowledgement()
    lanes.admit(log.message(0, partition=0))
    other = lanes.admit(log.message(0, partition=1))

    lanes.finish(other)

    assert log.acknowledged == [(1, 0)]


async def test_an_event_of_an_older_generation_is_dropped_and_never_acknowledged() -> None:
    log, lanes = Log(), OrderedAcknowledgement()
    old = lanes.admit(log.message(0))
    log.generation += 1
    new = lanes.admit(log.message(0))

    lanes.finish(old)
    lanes.finish(new)

    assert log.acknowledged == [(0, 0)]
    assert lanes.open == 0


async def test_nothing_is_kept_of_generations_that_are_through() -> None:
    log, lanes = Log(), OrderedAcknowledgement()

    def through() -> weakref.ref[asyncio.Future[None]]:
        slot = lanes.admit(log.message(0))
        slot.passed()
        lanes.finish(slot)
        log.generation += 1
        return weakref.ref(slot.buffered)

    kept = [through() for _ in range(5)]
    lanes.admit(log.message(0))

    gc.collect()
    assert [one() for one in kept] == [None] * 5


async def test_an_event_sends_after_the_one_before_it() -> None:
    log, lanes = Log(), OrderedAcknowledgement()
    first, second = lanes.admit(log.message(0)), lanes.admit(log.message(1))
    turn = second.turn()

    first.passed()
    await turn

    assert second.before is None


@given(order=st.permutations(range(12)), partitions=st.lists(st.integers(0, 2), min_size=12, max_size=12))
async def test_whatever_the_order_of_work_each_partition_is_acknowledged_in_order_and_whole(
    order: list[int], partitions: list[int]
) -> None:
    log, lanes = Log(), OrderedAcknowledgement()
    slots = [lanes.admit(log.message(offset, partition)) for offset, partition in enumerate(partitions)]
    for done, index in enumerate(order):
        lanes.finish(slots[index])
        assert lanes.open == len(slots) - len(log.acknowledged)
        finished = {(partitions[at], at) for at in order[: done + 1]}
        assert set(log.acknowledged) <= finished

    for partition in set(partitions):
        expected = [offset for offset, its in enumerate(partitions) if its == partition]
        assert [offset for its, offset in log.acknowledged if its == partition] == expected
