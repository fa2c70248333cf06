"""Tags of a TIFF structure: an EXIF block, or a TIFF file."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from streams.evidence.provenance import gb45438, generators
from streams.evidence.provenance.text import comment, decoded, readings, wide, within

MAKE, MODEL, SOFTWARE, ORIENTATION, DESCRIPTION, ARTIST = 0x010F, 0x0110, 0x0131, 0x0112, 0x010E, 0x013B
XMP, IPTC, PHOTOSHOP, USER_COMMENT, C2PA = 0x02BC, 0x83BB, 0x8649, 0x9286, 0xCD41
_EXIF_DIRECTORY = 0x8769
_SUB_DIRECTORIES = frozenset({_EXIF_DIRECTORY, 0x014A, 0x8825, 0xA005})
"""EXIF's own directory, pictures below a picture, GPS, interoperability."""
TEXTS: Mapping[int, str] = {
    0x010D: "DocumentName",
    DESCRIPTION: "ImageDescription",
    MAKE: "Make",
    MODEL: "Model",
    0x011D: "PageName",
    SOFTWARE: "Software",
    ARTIST: "Artist",
    0x013C: "HostComputer",
    0x8298: "Copyright",
    USER_COMMENT: "UserComment",
    0x9213: "ImageHistory",
    0x927C: "MakerNote",
    0x9C9B: "XPTitle",
    0x9C9C: "XPComment",
    0x9C9D: "XPAuthor",
    0x9C9E: "XPKeywords",
    0x9C9F: "XPSubject",
    0xA430: "CameraOwnerName",
    0xA436: "ImageTitle",
    0xA437: "Photographer",
    0xA438: "ImageEditor",
    0xA43A: "Software",
    0xA43B: "ImageEditingSoftware",
    0xA43C: "MetadataEditingSoftware",
}
"""Tags that hold text, whatever type they are said to have; tags of a text type are read under any number."""
_MAKER_NOTE, _LONGEST_NAME = 0x927C, 256
"""A camera's own bytes. Some generators write their name or settings there; in a long one only settings count."""
_WIDE = range(0x9C9B, 0x9CA0)
"""Windows' own texts, in UTF-16."""
_TEXT_TYPES, _BYTE_TYPES = frozenset({2, 129}), frozenset({1, 3, 6, 7})
"""Types that hold texts, and those that may: bytes, and the SHORT in which some write UTF-16."""
_LEAST_SAID, _MOST_SAID = 16, 1024 * 1024
"""Bytes of a value that nothing says to be a text, from and up to which it may be one."""
_PIXELS = frozenset({0x0111, 0x0144, 0x0201, 0x015B, 0x8773})
"""Tags of pictures' own data and of colour profiles: no texts."""
_WANTED = frozenset({ORIENTATION, XMP, IPTC, PHOTOSHOP, C2PA, *TEXTS})
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_MOST_DIRECTORIES = 64
_MOST_ENTRIES = 1_024
_MOST_BYTES = 16 * 1024 * 1024


@dataclass(slots=True)
class Tags:
    """The wanted tags with their raw values, in the order of the file; ``byte_order`` is struct's sign for it.

    ``clipped`` holds the tags whose value ends outside the block; ``cut`` says that a directory does. ``complete`` is
    False when there were too many. ``types`` has the type of each value.
    """

    byte_order: str = "<"
    values: list[tuple[int, bytes]] = field(default_factory=list)
    types: list[int] = field(default_factory=list)
    clipped: set[int] = field(default_factory=set)
    cut: bool = False
    complete: bool = True
    readable: bool = True

    def of(self, tag: int) -> list[bytes]:
        """Return all values of a tag."""
        return [value for name, value in self.values if name == tag]

    def text(self, tag: int) -> str:
        """Return the first value of a tag as text, "" where there is none."""
        return next((text for value in self.of(tag) if (text := decoded(value).partition("\x00")[0].strip())), "")

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield name and text of every tag that holds text, in each way that it may have been meant."""
        for (tag, value), kind in zip(self.values, self.types, strict=True):
            if tag in _WANTED and tag not in TEXTS:
                continue
            name = TEXTS.get(tag, f"tag {tag:#06x}")
            if tag == USER_COMMENT:
                yield from ((name, text) for text in comment(value, self.byte_order))
            elif (tag == _MAKER_NOTE and len(value) > _LONGEST_NAME) or (tag not in TEXTS and kind in _BYTE_TYPES):
                yield from ((f"{name}, among others", text) for text in within(value))
            else:
                yield from ((name, text) for text in (wide if tag in _WIDE else readings)(value))


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
    waiting, seen, size = [(_number(layout.offset, block, layout.first), True)], {0}, 0
    while waiting:
        at, needed = waiting.pop(0)
        found.cut |= needed and not 0 < at <= len(block) - layout.count.size
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


def _directory(block: bytes, at: int, layout: _Layout, found: Tags, waiting: list[tuple[int, bool]]) -> int:
    """Read one directory; add further ones to ``waiting``, and whether the file is cut without them.

    Returns how many bytes of values were kept. The place of the next directory is often left over from a thumbnail that
    is gone, so nothing is cut when it points outside.
    """
    count, at, size = _number(layout.count, block, at), at + layout.count.size, 0
    if count > _MOST_ENTRIES:
        found.complete = False
        count = _MOST_ENTRIES
    for _ in range(count):
        if at + layout.entry.size > len(block) or size > _MOST_BYTES:
            found.cut |= size <= _MOST_BYTES
            return size
        tag, kind, amount, inline = layout.entry.unpack_from(block, at)
        at += layout.entry.size
        if tag in _SUB_DIRECTORIES:
            found.complete &= amount <= _MOST_DIRECTORIES
            waiting += [(place, tag == _EXIF_DIRECTORY) for place in _places(block, layout, amount, inline)]
        elif tag in _WANTED or kind in _TEXT_TYPES or (kind in _BYTE_TYPES and tag not in _PIXELS):
            size += _keep(block, layout, found, (tag, kind, amount, inline))
    waiting.append((_number(layout.offset, block, at), False))
    return size


def _places(block: bytes, layout: _Layout, amount: int, inline: bytes) -> list[int]:
    place = _number(layout.offset, inline, 0)
    if amount <= 1:
        return [place]
    width = layout.offset.size
    return [_number(layout.offset, block, place + width * number) for number in range(min(amount, _MOST_DIRECTORIES))]


def _keep(block: bytes, layout: _Layout, found: Tags, entry: tuple[int, int, int, bytes]) -> int:
    """Keep a value, unless it is bytes that nothing says to be a text and that hold no word of one.

    Returns how many bytes were looked at.
    """
    tag, kind, amount, inline = entry
    length = amount * _SIZES.get(kind, 1)
    mute = tag not in _WANTED and kind in _BYTE_TYPES
    if mute and not _LEAST_SAID < length < _MOST_SAID:
        return 0
    if length <= layout.inline:
        value = inline[:length]
    else:
        place = _number(layout.offset, inline, 0)
        value = block[place : place + length]
    mute |= tag == _MAKER_NOTE and length > _LONGEST_NAME
    if mute and not (generators.mentioned(value) or gb45438.mentioned(value)):
        return len(value)
    if len(value) < length:
        found.clipped.add(tag)
    found.values.append((tag, value))
    found.types.append(kind)
    return len(value)
