"""Tags of a TIFF header: those of EXIF blocks, and of TIFF files themselves."""

import struct
from dataclasses import dataclass, field

IMAGE_DESCRIPTION, MAKE, MODEL, SOFTWARE, ARTIST = 0x010E, 0x010F, 0x0110, 0x0131, 0x013B
XMP, XP_COMMENT, USER_COMMENT, EXPOSURE_TIME, C2PA = 0x02BC, 0x9C9C, 0x9286, 0x829A, 0xCD41
_SUB_DIRECTORIES = frozenset({0x8769, 0x014A})
"""EXIF's own directory, and pictures below a picture."""
_WANTED = frozenset(
    {IMAGE_DESCRIPTION, MAKE, MODEL, SOFTWARE, ARTIST, XMP, XP_COMMENT, USER_COMMENT, EXPOSURE_TIME, C2PA}
)
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_MOST_DIRECTORIES = 64
_MOST_ENTRIES = 1_024
_MOST_BYTES = 16 * 1024 * 1024


@dataclass(slots=True)
class Tags:
    """The wanted tags with their raw values, in the order of the file; ``byte_order`` is struct's sign for it.

    ``clipped`` holds the tags whose value lies outside the block. ``complete`` is False when there were too many.
    """

    byte_order: str = "<"
    values: list[tuple[int, bytes]] = field(default_factory=list)
    clipped: set[int] = field(default_factory=set)
    complete: bool = True
    readable: bool = True

    def of(self, tag: int) -> list[bytes]:
        """Return all values of a tag."""
        return [value for name, value in self.values if name == tag]

    def text(self, tag: int) -> str:
        """Return the first value of a tag as text, "" where there is none."""
        return next((text for value in self.of(tag) if (text := _text(value))), "")


def _text(value: bytes) -> str:
    return value.partition(b"\x00")[0].decode("utf-8", "replace").strip()


@dataclass(frozen=True, slots=True)
class _Layout:
    """How wide numbers are: the classic TIFF, or the one with 64-bit places."""

    count: struct.Struct
    entry: struct.Struct
    offset: struct.Struct
    inline: int
    first: int


def _layout(order: str, *, big: bool) -> _Layout:
    if big:
        return _Layout(struct.Struct(order + "Q"), struct.Struct(order + "HHQ8s"), struct.Struct(order + "Q"), 8, 8)
    return _Layout(struct.Struct(order + "H"), struct.Struct(order + "HHI4s"), struct.Struct(order + "I"), 4, 4)


def tags(block: bytes) -> Tags:
    """Return the wanted tags of a block. Whatever points outside it is passed over."""
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    version = b"" if order is None else block[2:4][:: 1 if order == ">" else -1]
    if order is None or version not in {b"\x00*", b"\x00+"}:
        return Tags(readable=False)
    found, layout = Tags(order), _layout(order, big=version == b"\x00+")
    waiting, seen, size = [_number(layout.offset, block, layout.first)], {0}, 0
    while waiting:
        at = waiting.pop(0)
        if at in seen:
            continue
        seen.add(at)
        if len(seen) > _MOST_DIRECTORIES:
            found.complete = False
            break
        size += _directory(block, at, layout, found, waiting)
        if size > _MOST_BYTES:
            found.complete = False
            break
    return found


def _number(kind: struct.Struct, block: bytes, at: int) -> int:
    """Return the number that stands there, 0 where the block ends before."""
    return int(kind.unpack_from(block, at)[0]) if 0 <= at <= len(block) - kind.size else 0


def _directory(block: bytes, at: int, layout: _Layout, found: Tags, waiting: list[int]) -> int:
    """Read one directory; add further ones to ``waiting``; return how many bytes of values were kept."""
    count, at, size = _number(layout.count, block, at), at + layout.count.size, 0
    if count > _MOST_ENTRIES:
        found.complete = False
        count = _MOST_ENTRIES
    for _ in range(count):
        if at + layout.entry.size > len(block) or size > _MOST_BYTES:
            return size
        tag, kind, amount, inline = layout.entry.unpack_from(block, at)
        at += layout.entry.size
        if tag in _SUB_DIRECTORIES:
            waiting += _places(block, layout, amount, inline)
        elif tag in _WANTED:
            size += _keep(block, layout, found, (tag, kind, amount, inline))
    waiting.append(_number(layout.offset, block, at))
    return size


def _places(block: bytes, layout: _Layout, amount: int, inline: bytes) -> list[int]:
    place = _number(layout.offset, inline, 0)
    if amount <= 1:
        return [place]
    width = layout.offset.size
    return [_number(layout.offset, block, place + width * number) for number in range(min(amount, _MOST_DIRECTORIES))]


def _keep(block: bytes, layout: _Layout, found: Tags, entry: tuple[int, int, int, bytes]) -> int:
    tag, kind, amount, inline = entry
    length = amount * _SIZES.get(kind, 1)
    if length <= layout.inline:
        value = inline[:length]
    else:
        place = _number(layout.offset, inline, 0)
        value = block[place : place + length]
    if len(value) < length:
        found.clipped.add(tag)
    found.values.append((tag, value))
    return len(value)
