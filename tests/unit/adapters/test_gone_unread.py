"""Where reading goes on behind messages that a broker deleted, what was passed over is told; nothing else is."""

from types import SimpleNamespace

import structlog
from aiokafka import TopicPartition
from aiokafka.consumer.fetcher import OffsetResetStrategy
from aiokafka.consumer.subscription_state import TopicPartitionState

from streams.adapters.kafka.gone_unread import GONE_UNREAD, GoneUnread
from tests.drawn import each

AT = TopicPartition("requests", 3)


def a_state() -> TopicPartitionState:
    """aiokafka's own state of a partition that was just assigned."""
    return TopicPartitionState(SimpleNamespace())


@each(20, read_to=(0, 100), begins=(0, 100), later=(1, 50))
async def test_what_is_gone_is_told_where_reading_jumps_ahead(read_to: int, begins: int, later: int) -> None:
    gone, state = GoneUnread(), a_state()
    gone.watch(AT, state)
    gone.watch(AT, state)
    state.seek(read_to)
    with structlog.testing.capture_logs() as logged:
        state.await_reset(OffsetResetStrategy.EARLIEST)  # the broker knows the offset no longer
        state.reset_to(begins)
        state.consumed_to(begins + later)
        state.await_reset(OffsetResetStrategy.EARLIEST)
        state.reset_to(begins + 2 * later)

    first = [(read_to, begins - 1)] if begins > read_to else []
    expected = [*first, (begins + later, begins + 2 * later - 1)]
    assert [(line["first"], line["last"]) for line in logged] == expected
    assert {line["event"] for line in logged} == {GONE_UNREAD}
    assert gone.at_most == {"requests": sum(last - start + 1 for start, last in expected)}
    assert state.position == begins + 2 * later


async def test_a_partition_that_is_read_from_its_beginning_for_the_first_time_has_lost_nothing() -> None:
    gone, state = GoneUnread(), a_state()
    gone.watch(AT, state)
    with structlog.testing.capture_logs() as logged:
        state.await_reset(OffsetResetStrategy.EARLIEST)
        state.reset_to(500)
    assert (gone.at_most, logged) == ({}, [])


async def test_a_partition_that_lost_its_end_is_read_again_and_has_lost_nothing_unread() -> None:
    gone, state = GoneUnread(), a_state()
    gone.watch(AT, state)
    state.seek(500)
    state.await_reset(OffsetResetStrategy.EARLIEST)
    state.reset_to(20)
    assert gone.at_most == {}
