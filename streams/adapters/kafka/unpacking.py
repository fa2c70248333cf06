"""Batches of messages that unpack to gigabytes: no more of them is unpacked than a worker has room for.

A broker counts what it is sent, compressed: a batch of some hundred kilobytes may unpack to many gigabytes, which
aiokafka does before any other code sees a message, and hands on all that one answer of a broker unpacks to.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import aiokafka.consumer.fetcher
import cramjam
from aiokafka.consumer.fetcher import FetchResult
from aiokafka.record.default_records import _DefaultRecordPy

from schemas.left_out import LeftOut

UNPACKED_BYTES = 1 << 26
"""What one batch may unpack to: sixty times what the contract lets it be compressed."""
MOST_RECORDS = 250_000
"""Messages of one batch: each takes some hundred bytes of Python's, the empty ones too."""
AT_ONCE_BYTES = 1 << 24
"""What is handed on at a time of one partition, and a batch more."""

HEADER_BYTES = 61
ATTRIBUTES_AT = 21
CODEC = 0b111
BY_BROKER = 0b1000
LAST_OFFSET_AT = 23
TIME_AT = 35
RECORDS_AT = 57
_LEAST_ROOM, _USUAL = 1 << 20, 32
XERIAL = b"\x82SNAPPY\0"
"""How the usual blocks of snappy begin."""
XERIAL_HEADER = 16


class _Refused(Exception):
    """Why a batch is not unpacked."""


def unpacked(batch: memoryview) -> bytes | LeftOut | None:
    """Return a batch of the second format as it is without compression; None where it has none.

    A :class:`LeftOut` says why it is not unpacked: it takes more room than there is, or is damaged.
    """
    (attributes,) = struct.unpack_from(">h", batch, ATTRIBUTES_AT)
    if not (codec := attributes & CODEC):
        return None
    (first,), (last,) = struct.unpack_from(">q", batch), struct.unpack_from(">i", batch, LAST_OFFSET_AT)
    (records,) = struct.unpack_from(">i", batch, RECORDS_AT)
    head = bytearray(batch[:HEADER_BYTES])
    struct.pack_into(">h", head, ATTRIBUTES_AT, attributes & ~CODEC)
    try:
        return bytes(head) + _records(codec, records, bytes(batch[HEADER_BYTES:]))
    except _Refused as why:
        what = f"a batch of {records} messages, offsets {first} to {first + last}, was not unpacked"
        return LeftOut(max(len(batch), UNPACKED_BYTES), f"{what}: {why}")


def _records(codec: int, count: int, packed: bytes) -> bytes:
    if count > MOST_RECORDS:
        msg = f"these are more than {MOST_RECORDS} messages"
        raise _Refused(msg)
    if codec not in _CODECS:
        msg = f"no compression of number {codec} is known"
        raise _Refused(msg)
    return _CODECS[codec](packed)


def stands_for(batch: memoryview, why: LeftOut) -> Any:
    """Return the one record that stands for all of a batch, at its last offset."""
    (first,), (last,) = struct.unpack_from(">q", batch), struct.unpack_from(">i", batch, LAST_OFFSET_AT)
    (attributes,), (time_ms,) = struct.unpack_from(">h", batch, ATTRIBUTES_AT), struct.unpack_from(">q", batch, TIME_AT)
    return _DefaultRecordPy(first + last, time_ms, int(bool(attributes & BY_BROKER)), None, why, [])


def hand_on_in_parts() -> None:
    """Have every consumer of this process hand on no more at a time than there is room for; safe to repeat."""
    aiokafka.consumer.fetcher.FetchResult = _InParts


class _InParts(FetchResult):  # type: ignore[misc]  # aiokafka has no types
    _partition_records: Any

    def getall(self, max_records: int | None = None) -> list[Any]:
        """Return what was fetched, up to a size or a number; the rest with the next call, as aiokafka does it."""
        if not self.check_assignment(self._topic_partition) or not self.has_more():
            return []
        taken: list[Any] = []
        room = AT_ONCE_BYTES
        for record in self._partition_records:
            taken.append(record)
            room -= len(record.value or b"") + len(record.key or b"")
            if room <= 0 or len(taken) == max_records:
                self._update_position()
                return taken
        self._update_position()
        self._partition_records = None
        return taken


def _into(decompress_into: Callable[[bytes, bytearray], int]) -> Callable[[bytes], bytes]:
    def unpack(packed: bytes) -> bytes:
        room = min(UNPACKED_BYTES, max(_LEAST_ROOM, _USUAL * len(packed)))
        while True:
            into = bytearray(room)  # its pages take memory once they are written to
            try:
                return bytes(memoryview(into)[: decompress_into(packed, into)])
            except cramjam.DecompressionError as exc:
                if room == UNPACKED_BYTES:
                    msg = f"it takes more than {UNPACKED_BYTES} bytes, or is damaged ({exc})"
                    raise _Refused(msg) from exc
            room = min(UNPACKED_BYTES, 8 * room)

    return unpack


def _snappy(packed: bytes) -> bytes:
    """Return what blocks of snappy unpack to, or one that stands alone; each says how long it will be."""
    try:
        blocks = list(_blocks(packed)) if packed.startswith(XERIAL) else [packed]
        if sum(cramjam.snappy.decompress_raw_len(block) for block in blocks) > UNPACKED_BYTES:
            msg = f"it takes more than {UNPACKED_BYTES} bytes"
            raise _Refused(msg)
        return b"".join(bytes(cramjam.snappy.decompress_raw(block)) for block in blocks)
    except (cramjam.DecompressionError, struct.error) as exc:
        msg = f"it is damaged ({exc})"
        raise _Refused(msg) from exc


def _blocks(packed: bytes) -> Iterator[bytes]:
    """Yield the blocks behind snappy's usual header; struct.error where a length is cut off."""
    at = XERIAL_HEADER
    while at < len(packed):
        (length,) = struct.unpack_from(">i", packed, at)
        yield packed[at + 4 : at + 4 + length]
        at += 4 + max(0, length)


_CODECS: Mapping[int, Callable[[bytes], bytes]] = {
    1: _into(cramjam.gzip.decompress_into),
    2: _snappy,
    3: _into(cramjam.lz4.decompress_into),
    4: _into(cramjam.zstd.decompress_into),
}
