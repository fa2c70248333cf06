"""Names of headers that are not UTF-8 are read, and nothing else is read otherwise than aiokafka reads it."""

import pytest
from aiokafka.errors import CorruptRecordException
from aiokafka.record.memory_records import MemoryRecords
from hypothesis import given
from hypothesis import strategies as st

from streams.adapters.kafka.header_names import _Records
from tests.real.odd_messages import NewHeader, a_batch

BATCH_HEADER = 61
CODECS = range(5)
VALUES = st.lists(st.binary(max_size=20), min_size=1, max_size=5)
HEADERS = st.lists(st.tuples(st.binary(max_size=9), st.none() | st.binary(max_size=9)), max_size=4)


@pytest.mark.parametrize("codec", CODECS, ids=["none", "gzip", "snappy", "lz4", "zstd"])
def test_what_cannot_be_decoded_of_a_name_is_replaced_whatever_the_batch_is_compressed_by(codec: int) -> None:
    records = _Records(a_batch([b"one", b"two"], [(b"tra\xffce", b"\xff"), (b"plain", None)], codec=codec))
    batch = records.next_batch()
    assert batch.validate_crc()
    assert [(one.offset, one.key, one.value, one.headers) for one in batch] == [
        (offset, b"b-1", value, [("tra�ce", b"\xff"), ("plain", None)]) for offset, value in enumerate([b"one", b"two"])
    ]
    assert not records.has_next()


@given(st.lists(st.tuples(VALUES, HEADERS), max_size=4))
def test_every_batch_is_read_with_its_names_replaced(batches: list[tuple[list[bytes], list[NewHeader]]]) -> None:
    records = _Records(b"".join(a_batch(values, headers) for values, headers in batches))
    read = []
    while records.has_next():
        read.append([(one.value, one.headers) for one in records.next_batch()])
    assert read == [
        [(value, [(name.decode("utf-8", "replace"), content) for name, content in headers]) for value in values]
        for values, headers in batches
    ]


@pytest.mark.parametrize("by_broker", [False, True])
@given(values=VALUES, headers=HEADERS)
def test_times_and_offsets_are_those_that_aiokafka_reads(
    values: list[bytes], headers: list[NewHeader], *, by_broker: bool
) -> None:
    odd = bytearray(a_batch(values, [*headers, (b"\xff", b"")], time_ms=1_790_000_000_123))
    plain = bytearray(a_batch(values, [(b"x", b"")], time_ms=1_790_000_000_123))
    for batch in (odd, plain):
        batch[22] |= 8 if by_broker else 0  # what a broker sets where it says its own time
    read, expected = (
        [(one.offset, one.timestamp, one.timestamp_type, one.key, one.value) for one in kind(bytes(raw)).next_batch()]
        for kind, raw in ((_Records, odd), (MemoryRecords, plain))
    )
    assert read == expected


def test_a_batch_that_is_damaged_is_still_refused() -> None:
    raw = bytearray(a_batch([b"value"], [(b"name", b"content")]))
    raw[BATCH_HEADER] += 2  # a length that the record does not have
    with pytest.raises(CorruptRecordException):
        list(_Records(bytes(raw)).next_batch())


def test_a_last_batch_that_was_cut_is_none() -> None:
    whole = a_batch([b"one"])
    records = _Records(whole + whole[:-1])
    assert records.next_batch() is not None
    assert not records.has_next()
    assert records.size_in_bytes() == 2 * len(whole) - 1
