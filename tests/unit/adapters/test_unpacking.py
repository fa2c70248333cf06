"""Batches that unpack to more than there is room for: one record stands for each, and all others are read as ever."""

import struct
import tracemalloc
from types import SimpleNamespace
from typing import Any

import aiokafka.consumer.fetcher
import pytest
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from schemas.codec import decode
from schemas.errors import ContractError
from schemas.left_out import LeftOut
from schemas.records import DeadLetter, RefundRequested
from streams.adapters.kafka import unpacking
from streams.adapters.kafka.header_names import BEFORE_LENGTH, LENGTH_AT, _Records
from streams.delivery.dead_letters import letter
from streams.delivery.messages import Incoming
from tests.drawn import each
from tests.real import odd_messages

CODECS = {name: codec for name, codec in odd_messages.CODECS.items() if codec}
ROOM = 1 << 20


def a_batch(codec: int, values: list[bytes], first: int = 0) -> bytes:
    builder = _DefaultRecordBatchBuilderPy(2, codec, 0, -1, -1, -1, 1 << 30)
    for offset, value in enumerate(values):
        assert builder.append(offset, 1_790_000_000_123, b"b-1", value, []) is not None
    batch = bytearray(builder.build())
    batch[:8] = first.to_bytes(8, "big")  # as a broker does it
    return bytes(batch)


def read(raw: bytes) -> list[Any]:
    records = _Records(raw)
    found = []
    while records.has_next():
        found += [*records.next_batch()]
    return found


@pytest.fixture
def _little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "UNPACKED_BYTES", ROOM)


@pytest.mark.usefixtures("_little_room")
@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
@each(3, first=(0, 1_000_000), beside=(1, 4))
def test_one_record_stands_for_a_batch_that_takes_too_much_room(codec: int, first: int, beside: int) -> None:
    bomb = a_batch(codec, [*[b"{}"] * beside, bytes(2 * ROOM)], first)
    before, behind = a_batch(codec, [b"before"]), a_batch(codec, [b"behind"], first + beside + 1)
    found = read(before + bomb + behind)
    assert [bytes(one.value) for one in found] == [b"before", b"", b"behind"]
    stands = found[1]
    assert (stands.offset, stands.key, stands.timestamp) == (first + beside, None, 1_790_000_000_123)
    assert isinstance(stands.value, LeftOut)
    with pytest.raises(ContractError, match=f"{beside + 1} messages, offsets {first} to {first + beside}"):
        decode(RefundRequested, stands.value)


@pytest.mark.usefixtures("_little_room")
@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
@each(3, short=(0, 20_000))
def test_a_batch_that_takes_just_less_is_read(codec: int, short: int) -> None:
    value = bytes(ROOM - 100 - short)
    assert [one.value for one in read(a_batch(codec, [value]))] == [value]


def test_a_bomb_of_a_gigabyte_takes_no_gigabyte() -> None:
    bomb = a_batch(CODECS["zstd"], [bytes(1 << 28)])
    tracemalloc.start()
    try:
        (stands,) = read(4 * bomb)[:1]
        assert tracemalloc.get_traced_memory()[1] < 3 * unpacking.UNPACKED_BYTES
    finally:
        tracemalloc.stop()
    assert isinstance(stands.value, LeftOut)


def test_more_messages_than_there_is_room_for_are_left_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_RECORDS", 99)
    assert len(read(a_batch(CODECS["lz4"], [b""] * 99))) == 99
    assert len(read(a_batch(CODECS["lz4"], [b""] * 100))) == 1


@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
def test_a_batch_that_is_damaged_stands_in_no_ones_way(codec: int) -> None:
    whole = a_batch(codec, [bytes(range(256)) * 9])
    damaged = whole[: unpacking.HEADER_BYTES] + bytes(len(whole) - unpacking.HEADER_BYTES)
    (stands,) = read(damaged)
    assert isinstance(stands.value, LeftOut)


def test_a_batch_of_an_unknown_compression_stands_in_no_ones_way() -> None:
    batch = bytearray(a_batch(0, [b"one"]))
    struct.pack_into(">h", batch, unpacking.ATTRIBUTES_AT, unpacking.CODEC)
    stands, behind = read(bytes(batch) + a_batch(0, [b"behind"], first=1))
    assert isinstance(stands.value, LeftOut)
    assert behind.value == b"behind"


@each(3, over=(1, 3))
def test_bytes_behind_the_blocks_of_snappy_stop_no_partition(over: int) -> None:
    whole = a_batch(CODECS["snappy"], [bytes(1_000)])
    longer = bytearray(whole + bytes(over))
    struct.pack_into(">i", longer, LENGTH_AT, len(longer) - BEFORE_LENGTH)
    stands, behind = read(bytes(longer) + a_batch(CODECS["snappy"], [b"behind"], first=1))
    assert isinstance(stands.value, LeftOut)
    assert behind.value == b"behind"


def test_its_letter_says_what_it_was_and_cannot_be_taken_for_an_empty_message() -> None:
    value = LeftOut(7_000_000, "it takes too much room")
    incoming = Incoming("requests", 0, 5, 1, None, value, 0, acknowledge=lambda: None, stale=lambda: False)
    written = letter(incoming, "enrich", ContractError(value.why), 1_790_000_000_000)
    told = decode(DeadLetter, written.value)
    assert (told.left_out_bytes, told.value_base64, told.error.message) == (7_000_000, None, value.why)


@each(4, fetched=(1, 60))
def test_all_that_was_fetched_is_handed_on_in_parts_and_in_order(fetched: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "AT_ONCE_BYTES", 100)
    unpacking.hand_on_in_parts()
    values = [bytes([number]) * 30 for number in range(fetched)]
    position = SimpleNamespace(position=0, paused=False)
    position.consumed_to = lambda at: setattr(position, "position", at)
    assigned = SimpleNamespace(active=True, state_value=lambda _: position)
    records = aiokafka.consumer.fetcher.PartitionRecords(
        SimpleNamespace(topic="requests", partition=0), _Records(a_batch(0, values)), None, 0, None, None, *(1, 0)
    )
    result = aiokafka.consumer.fetcher.FetchResult(
        "requests", assignment=assigned, partition_records=records, backoff=0
    )
    taken = []
    while result.has_more():
        part = [one.value for one in result.getall()]
        assert len(part) <= 4
        taken += part
        assert position.position == len(taken)
    assert taken == values
