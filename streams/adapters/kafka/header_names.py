"""Records whose header names are not UTF-8: legal in Kafka, and read like any other.

Kafka's own client replaces what it cannot decode. aiokafka's parser raises an error at each try, and the partition
stands still for good. The parser given to aiokafka here reads such a batch a second time, with names replaced.
"""

import struct
from collections.abc import Iterator
from typing import Any

import aiokafka.consumer.fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatch, _DefaultRecordBatchPy, _DefaultRecordPy
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.record.util import decode_varint

from schemas.left_out import LeftOut
from streams.adapters.kafka.unpacking import stands_for, unpacked

LENGTH_AT = 8
BEFORE_LENGTH = 12
"""Where a batch says how long it is, and how many bytes that leaves out."""
MAGIC_AT = 16
WITH_HEADERS = 2
"""Where a batch says which format it has, and the first one whose records have headers."""
UNREADABLE = (CorruptRecordException, UnicodeDecodeError)
"""What aiokafka's parser raises at such a name: the C extension the second, its Python twin the first."""


def read_every_name() -> None:
    """Have every consumer of this process read such records; safe to repeat.

    aiokafka takes no parser, so a name of its module is set. aiokafka is pinned exactly, and
    tests/unit/adapters/test_header_names.py holds what is relied on.
    """
    aiokafka.consumer.fetcher.MemoryRecords = _Records


class _Records:
    """Batches as a broker sent them; the last may be cut, and is then none."""

    def __init__(self, raw: bytes) -> None:
        self._parsed = MemoryRecords(raw)
        self._raw = raw
        self._at = 0

    def has_next(self) -> bool:
        """Return whether a whole batch is left."""
        return bool(self._parsed.has_next())

    def size_in_bytes(self) -> int:
        """Return the size of all that was sent."""
        return int(self._parsed.size_in_bytes())

    def next_batch(self) -> Any:
        """Return the next batch."""
        begins = self._at
        (length,) = struct.unpack_from(">i", self._raw, begins + LENGTH_AT)
        self._at += BEFORE_LENGTH + length
        batch: Any = self._parsed.next_batch()
        if self._raw[begins + MAGIC_AT] < WITH_HEADERS or batch.is_control_batch:
            return batch
        return _Batch(batch, memoryview(self._raw)[begins : self._at])


class _Batch:
    """One batch, read as aiokafka reads it where it can."""

    def __init__(self, parsed: Any, raw: memoryview) -> None:
        self._parsed = parsed
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._parsed, name)

    def __iter__(self) -> Iterator[Any]:
        """Return the records, all of them parsed: names that cannot be decoded hold U+FFFD where they cannot.

        One record stands for all where they take more room than there is.
        """
        plain = unpacked(self._raw)
        if isinstance(plain, LeftOut):
            return iter([stands_for(self._raw, plain)])
        try:
            return iter([*(self._parsed if plain is None else DefaultRecordBatch(plain))])
        except UNREADABLE:
            return iter([*_WithAnyName(bytes(self._raw) if plain is None else plain)])


class _WithAnyName(_DefaultRecordBatchPy):  # type: ignore[misc]  # final for type checkers; one method differs
    """aiokafka's parser in Python, but for how it decodes the names of headers."""

    _buffer: bytearray
    _pos: int

    def _read_msg(self, *_unused: Any) -> _DefaultRecordPy:
        buffer, pos = self._buffer, self._pos
        length, pos = decode_varint(buffer, pos)
        ends = pos + length
        _, pos = decode_varint(buffer, pos)  # attributes: none are defined
        time_delta, pos = decode_varint(buffer, pos)
        offset_delta, pos = decode_varint(buffer, pos)
        key, pos = _bytes(buffer, pos)
        value, pos = _bytes(buffer, pos)
        count, pos = decode_varint(buffer, pos)
        headers = []
        for _ in range(count):
            name, pos = _bytes(buffer, pos)
            content, pos = _bytes(buffer, pos)
            headers.append(((name or b"").decode("utf-8", "replace"), content))
        if pos != ends:
            msg = f"a record of {length} bytes ends {pos - ends} bytes from where it says"
            raise CorruptRecordException(msg)
        self._pos = pos
        appended = self.timestamp_type == self.LOG_APPEND_TIME
        time_ms = self.max_timestamp if appended else self.first_timestamp + time_delta
        return _DefaultRecordPy(self.base_offset + offset_delta, time_ms, self.timestamp_type, key, value, headers)


def _bytes(buffer: bytearray, pos: int) -> tuple[bytes | None, int]:
    """Return what is written with its length before it, None for null, and where it ends."""
    length, pos = decode_varint(buffer, pos)
    if length < 0:
        return None, pos
    return bytes(buffer[pos : pos + length]), pos + length
