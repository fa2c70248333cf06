"""How far a group has read: what a commit says beside its offset, and what lag follows from it."""

import uuid

import pytest
from aiokafka import TopicPartition
from aiokafka.structs import OffsetAndMetadata
from hypothesis import given
from hypothesis import strategies as st

from streams.adapters.kafka.group_offsets import Mark, offsets_of

AT = TopicPartition("refund.requests.v1", 3)
ID, OTHER = str(uuid.UUID(int=7)), str(uuid.UUID(int=8))
BEGINS, ENDS = {AT: 10}, {AT: 100}


@given(st.uuids().map(str) | st.just(""), st.integers(0, 2**63 - 1))
def test_what_is_said_beside_an_offset_is_read_back(topic_id: str, nothing_below: int) -> None:
    mark = Mark(topic_id, nothing_below)
    assert Mark.read(str(mark)) == mark


@given(st.text(max_size=60))
def test_what_other_programs_say_there_says_nothing_of_the_topic(said: str) -> None:
    read = Mark.read(said)
    assert read == Mark() or str(read) == said or said.startswith(";")
    assert Mark.read(f"moved by hand: {said}").is_of(ID)


@pytest.mark.parametrize(
    ("said", "lag"),
    [
        ("", 60),
        (ID, 60),
        (f"{ID};99", 60),
        (f"{ID};100", 0),
        (f"{OTHER};100", 90),
        (OTHER, 90),
        ("moved by an operator", 60),
        (None, 60),
    ],
    ids=[
        "nothing",
        "this topic",
        "not to the end",
        "to the end",
        "another topic",
        "another's id",
        "another program",
        "null",
    ],
)
def test_lag_is_what_is_left_of_the_topic_that_goes_by_the_name_now(said: str | None, lag: int) -> None:
    assert offsets_of(AT, OffsetAndMetadata(40, said), ID, BEGINS, ENDS).lag == lag


def test_where_nothing_was_committed_all_that_is_there_is_left() -> None:
    assert offsets_of(AT, None, ID, BEGINS, ENDS).lag == 90


def test_what_expired_before_it_was_read_is_not_left() -> None:
    assert offsets_of(AT, OffsetAndMetadata(4, ID), ID, BEGINS, ENDS).lag == 90
