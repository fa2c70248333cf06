"""Directories of a TIFF: how many there are, and whether the first describes what can be decoded in bounded time."""

import struct
from collections.abc import Iterator

from streams.errors import MediaUnreadable
from streams.wording import causes

_ORDERS = {b"II*\x00": "<", b"MM\x00*": ">"}
_BIG_ORDERS = {b"II+\x00": "<", b"MM\x00+": ">"}
_STRIPS, _TILES, _TILE_WIDTH, _TILE_LENGTH = 273, 324, 322, 323
_NUMBERS = {3: "H", 4: "I", 16: "Q"}
_MOST_DIRECTORIES = 10_000
_BITS, _MEANING = 258, 262
"""Tags: bits of each sample, and what its numbers mean."""
_MANY_BITS, _BLACK_IS_HIGHEST, _BLACK_IS_ZERO = 16, 0, 1

Layout = tuple[str, str, str, int]
"""struct formats of an entry count, an entry and an offset, and where the first offset stands."""


def is_tiff(file: bytes) -> bool:
    """Return whether a file begins as a TIFF or a BigTIFF does."""
    return file[:4] in _ORDERS or file[:4] in _BIG_ORDERS


def check(file: bytes, most_parts: int, most_pixels: int) -> None:
    """Raise MediaUnreadable where a TIFF's first picture is in too many parts, or in tiles of too many pixels."""
    layout = _layout(file)
    at = next(_directories(file, layout), 0)
    if not at:
        return
    number, entry, place, _ = layout
    (count,) = struct.unpack_from(number, file, at)
    if count > most_parts:
        raise MediaUnreadable(causes.picture_in_too_many_parts(most_parts))
    sizes = {_TILE_WIDTH: 0, _TILE_LENGTH: 0}
    for start in range(at + struct.calcsize(number), len(file) - struct.calcsize(entry) + 1, struct.calcsize(entry)):
        if count == 0:
            break
        count -= 1
        tag, kind, amount = struct.unpack_from(entry, file, start)[:3]
        if tag in {_STRIPS, _TILES} and amount > most_parts:
            raise MediaUnreadable(causes.picture_in_too_many_parts(most_parts))
        if tag in sizes and kind in _NUMBERS:
            where = start + struct.calcsize(entry) - struct.calcsize(place)
            (sizes[tag],) = struct.unpack_from(entry[0] + _NUMBERS[kind], file, where)
    if sizes[_TILE_WIDTH] * sizes[_TILE_LENGTH] > most_pixels:
        raise MediaUnreadable(causes.TOO_MANY_PIXELS)


def count(file: bytes) -> int:
    """Return how many pictures a TIFF holds, 10,000 at most."""
    return sum(1 for _ in _directories(file, _layout(file)))


def as_positive(file: bytes) -> bytes:
    """Return a grey TIFF of 16 bits in which the highest number is black under the common meaning; else ``file``.

    Its pixels are as they were: whoever decodes it turns them round.
    """
    places = {tag: (place, number) for tag, place, number in _single_numbers(file)}
    (_, bits), (meaning_at, meaning) = places.get(_BITS, (0, 0)), places.get(_MEANING, (0, _BLACK_IS_ZERO))
    if bits != _MANY_BITS or meaning != _BLACK_IS_HIGHEST:
        return file
    order = _layout(file)[0][0]
    return file[:meaning_at] + struct.pack(order + "H", _BLACK_IS_ZERO) + file[meaning_at + 2 :]


def _single_numbers(file: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield tag, place and value of each entry of the first directory that is one number of 16 bits."""
    number, entry, place, _ = layout = _layout(file)
    at = next(_directories(file, layout), 0)
    count = _number(file, number, at) if at else 0
    for start in range(at + struct.calcsize(number), len(file) - struct.calcsize(entry) + 1, struct.calcsize(entry)):
        if count == 0:
            return
        count -= 1
        tag, kind, amount = struct.unpack_from(entry, file, start)[:3]
        where = start + struct.calcsize(entry) - struct.calcsize(place)
        if _NUMBERS.get(kind) == "H" and amount == 1:
            yield tag, where, _number(file, entry[0] + "H", where)


def _layout(file: bytes) -> Layout:
    if order := _ORDERS.get(file[:4]):
        return order + "H", order + "HHI4s", order + "I", 4
    order = _BIG_ORDERS[file[:4]]
    return order + "Q", order + "HHQ8s", order + "Q", 8


def _directories(file: bytes, layout: Layout) -> Iterator[int]:
    """Yield the offset of each directory; a chain that loops ends where it would repeat."""
    number, entry, place, first = layout
    seen: set[int] = set()
    at = _number(file, place, first)
    while 0 < at <= len(file) - struct.calcsize(number) and at not in seen and len(seen) < _MOST_DIRECTORIES:
        yield at
        seen.add(at)
        (entries,) = struct.unpack_from(number, file, at)
        at = _number(file, place, at + struct.calcsize(number) + entries * struct.calcsize(entry))


def _number(file: bytes, kind: str, at: int) -> int:
    return int(struct.unpack_from(kind, file, at)[0]) if at <= len(file) - struct.calcsize(kind) else 0
