"""A BigTIFF whose numbers begin with their highest byte, as a classic TIFF: Pillow reads no other.

It takes such a file's head for a classic one's. Pixels stay where they are; the first picture's tags are written anew
behind them, with places of 32 bits.
"""

import struct
from collections.abc import Iterator

_HEAD = b"MM\x00+"
_ENTRY, _CLASSIC = struct.Struct(">HHQ8s"), struct.Struct(">HHI4s")
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
"""Bytes of one value of each type of number."""
_LONG, _LONG8 = 4, 16
_INLINE, _CLASSIC_INLINE = 8, 4
_MOST_ENTRIES, _MOST_PLACES = 1_024, 65_536
_PLACES = frozenset({273, 279, 324, 325})
"""Where strips and tiles stand, and how long they are."""


def as_classic(file: bytes) -> bytes:
    """Return a big-endian BigTIFF as a classic TIFF of its first picture; any other file as it is.

    What is damaged, or has places that 32 bits cannot give, stays damaged: the decoder says so.
    """
    if not file.startswith(_HEAD):
        return file
    entries, behind, at = [], bytearray(), len(file) + len(file) % 2
    for tag, kind, amount, value in _entries(file):
        kept = value if len(value) <= _CLASSIC_INLINE else struct.pack(">I", at + len(behind))
        entries.append(_CLASSIC.pack(tag, kind, amount, kept.ljust(_CLASSIC_INLINE, b"\x00")))
        behind += value + bytes(len(value) % 2) if len(value) > _CLASSIC_INLINE else b""
    head = b"MM\x00*" + struct.pack(">I", at + len(behind))
    tags = struct.pack(">H", len(entries)) + b"".join(entries) + bytes(4)
    return head + file[len(head) :] + bytes(at - len(file)) + bytes(behind) + tags


def _entries(file: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    """Yield tag, type, amount and value of each entry, each tag once; of four bytes or fewer where it is a place."""
    start = _number(file, 8)
    seen: set[int] = set()
    for number in range(min(_number(file, start), _MOST_ENTRIES)):
        at = start + 8 + number * _ENTRY.size
        if at + _ENTRY.size > len(file):
            return
        tag, kind, amount, raw = _ENTRY.unpack_from(file, at)
        if tag in seen or kind not in _SIZES:
            continue
        seen.add(tag)  # one that cannot be had, too: a thousand of them would each be read to their end
        if (entry := _converted(file, tag, kind, amount, raw)) is not None:
            yield tag, *entry


def _converted(file: bytes, tag: int, kind: int, amount: int, raw: bytes) -> tuple[int, int, bytes] | None:
    """Return type, amount and value as a classic TIFF has them, None for what it cannot have."""
    size = _SIZES[kind] * amount
    place = _number(raw, 0)
    if kind >= _LONG8:
        if amount > (_MOST_PLACES if tag in _PLACES else 1):
            return None
        data = raw if size <= _INLINE else file[place : place + size]
        numbers = [number for (number,) in struct.iter_unpack(">Q", data[: len(data) - len(data) % 8])]
        if any(number >> 32 for number in numbers):
            return None
        return _LONG, len(numbers), struct.pack(f">{len(numbers)}I", *numbers)
    if size <= _INLINE:
        return kind, amount, raw[:size]
    return (kind, amount, struct.pack(">I", place)) if not place >> 32 and not amount >> 32 else None


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 8], "big")
