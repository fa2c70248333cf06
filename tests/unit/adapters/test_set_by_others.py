"""Offsets that another program set are told of once, with how much may have been left out before them."""

import pytest
import structlog
from aiokafka import TopicPartition
from aiokafka.structs import OffsetAndMetadata

from streams.adapters.kafka.group_offsets import Mark
from streams.adapters.kafka.set_by_others import AT_MOST, SET_BY_OTHERS, SetByOthers
from tests.drawn import each

OURS = "11111111-1111-1111-1111-111111111111"
AT, BESIDE = TopicPartition("requests", 0), TopicPartition("requests", 1)


@each(12, offset=(0, 1_000), begin=(0, 1_000), other=(0, 50))
def test_what_stands_before_set_offsets_is_counted_once(offset: int, begin: int, other: int) -> None:
    set_by_others = SetByOthers()
    committed = {
        AT: OffsetAndMetadata(offset, ""),
        BESIDE: OffsetAndMetadata(7, str(Mark(OURS))),
        TopicPartition("evidence", 0): OffsetAndMetadata(other, "by hand"),
    }
    ids = {"requests": OURS, "evidence": OURS}
    begins = {AT: begin, BESIDE: 0, TopicPartition("evidence", 0): 0}
    with structlog.testing.capture_logs() as logged:
        for _ in range(2):
            set_by_others.tell(committed, ids)
            set_by_others.measure(begins)

    assert set_by_others.at_most == {"requests": max(0, offset - begin), "evidence": other}
    assert [line["event"] for line in logged] == [SET_BY_OTHERS, AT_MOST]
    assert logged[1]["messages"] == set_by_others.at_most


def test_a_broker_without_identities_gives_no_offset_away() -> None:
    set_by_others = SetByOthers()
    with structlog.testing.capture_logs() as logged:
        set_by_others.tell({AT: OffsetAndMetadata(5, "")}, {"requests": None})
        set_by_others.measure({AT: 0})
    assert (set_by_others.at_most, logged) == ({}, [])


@pytest.mark.parametrize("unknown", [{}, {BESIDE: 3}])
def test_what_cannot_be_counted_yet_is_counted_later(unknown: dict[TopicPartition, int]) -> None:
    set_by_others = SetByOthers()
    set_by_others.tell({AT: OffsetAndMetadata(5, "")}, {"requests": OURS})
    set_by_others.measure(unknown)
    assert set_by_others.at_most == {}
    set_by_others.measure({AT: 2})
    assert set_by_others.at_most == {"requests": 3}
