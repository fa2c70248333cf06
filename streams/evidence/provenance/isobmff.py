"""Metadata of a file made of boxes: the items of a HEIC or AVIF picture, the box of a C2PA manifest, and a movie's."""

import re
from collections.abc import Iterator

from streams.evidence.files.media_kinds import HEAD_BYTES, video_format
from streams.evidence.provenance import movie
from streams.evidence.provenance.blocks import END_OF_FILE, MOST_REST_BYTES, MOST_UNKNOWN_BYTES, Bytes, Walk
from streams.evidence.provenance.boxes import Box, boxes

_MOST_ITEMS = 4_096
_LARGEST_ITEM = 16 * 1024 * 1024
_NAME = re.compile(rb"[A-Za-z0-9 _-]{4}")
_FROM_IDAT = 1
_XMP_TYPE = b"application/rdf+xml"


def walk(file: Bytes, found: Walk) -> None:
    """Add the metadata of a HEIC or AVIF picture, or of an MP4 or QuickTime movie."""
    size, at, moving = len(file), 0, video_format(file[:HEAD_BYTES]) is not None
    for kind, start, end in boxes(file, 0, size, found):
        if end > size and not _NAME.fullmatch(kind):  # something else stands behind the last box
            break
        stop = min(end, size)
        if kind == b"uuid" and file[start : start + 16] == movie.C2PA:
            found.add("jumbf", "uuid", file[start + 16 : min(stop, start + _LARGEST_ITEM)], clipped=end > size)
        elif kind == b"meta":
            _meta(file, start + 4, stop, found)
        if not moving:
            _of_picture(file, (kind, start, end), found)
        if moving or kind in {b"moov", b"udta"}:  # a moving picture has its tags where a movie has them
            movie.walk(file, (kind, start, stop), found)
        found.broken |= end > size
        at = end
    if not moving:
        found.add_rest(file[:], at)
    elif tail := file[at : at + MOST_REST_BYTES]:
        found.add("bytes", END_OF_FILE, tail)


def _of_picture(file: Bytes, box: Box, found: Walk) -> None:
    """Add XMP in a box of its own, and what may be said in a box of another meaning than the picture's."""
    kind, start, end = box
    stop = min(end, len(file))
    if kind == b"uuid" and file[start : start + 16] == movie.XMP:
        found.add("xmp", "XMP", file[start + 16 : min(stop, start + _LARGEST_ITEM)], clipped=end > stop)
    elif kind == b"mdat":
        found.add_behind_pixels("mdat", file, start, stop)
    elif kind != b"moov" and stop - start <= MOST_UNKNOWN_BYTES:
        found.add_unknown(kind.decode("latin-1"), file[start:stop])


def _meta(file: Bytes, at: int, end: int, found: Walk) -> None:
    parts = {kind: (start, min(stop, end)) for kind, start, stop in boxes(file, at, end, found)}
    wanted = dict(_described(file, *parts.get(b"iinf", (0, 0)), found))
    stored = parts.get(b"idat", (0, 0))
    for item, place in _located(file, *parts.get(b"iloc", (0, 0)), found):
        kind = wanted.get(item)
        if kind is None:
            continue
        data, clipped = _content(file, place, stored)
        found.complete &= len(data) <= _LARGEST_ITEM
        if kind == "exif":
            data = data[4 + int.from_bytes(data[:4], "big") :]  # after the place of the TIFF header
            found.add("exif", "EXIF", data.removeprefix(b"Exif\x00\x00"), clipped=clipped)
        elif kind == "packed":
            found.add("text", "packed item", b"", clipped=True)
        elif kind == "xmp":
            found.add("xmp", "XMP", data, clipped=clipped)
        else:
            found.add("text", "item", data, clipped=clipped)


def _described(file: Bytes, at: int, end: int, found: Walk) -> Iterator[tuple[int, str]]:
    """Yield the number and the kind of each item that is metadata."""
    if at >= end:
        return
    first = at + (8 if file[at] else 6)
    for kind, start, stop in boxes(file, first, end, found):
        if kind != b"infe" or stop > end or file[start] < 2:  # noqa: PLR2004 - older versions name no kind
            continue
        wide = 4 if file[start] > 2 else 2  # noqa: PLR2004 - from version 3 on
        item = int.from_bytes(file[start + 4 : start + 4 + wide], "big")
        name = file[start + 6 + wide : start + 10 + wide]
        if name == b"Exif":
            yield item, "exif"
        elif name == b"mime":
            yield item, _mime(file[start + 10 + wide : stop])


def _mime(about: bytes) -> str:
    """Return the kind of an item by its name, content type and encoding, each ended by a zero."""
    _, content_type, encoding = (*about.split(b"\x00"), b"", b"", b"")[:3]
    if encoding:
        return "packed"
    return "xmp" if content_type == _XMP_TYPE or _XMP_TYPE in about else "text"


class _Numbers:
    """Reads numbers of given widths, one after the other; past the end they are 0."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, width: int) -> int:
        """Return the next number of so many bytes."""
        self._at += width
        return int.from_bytes(self._data[self._at - width : self._at], "big")

    def over(self) -> bool:
        """Return whether the end was reached."""
        return self._at >= len(self._data)


Place = tuple[int, list[tuple[int, int]]]
"""What offsets count from (0: the file, 1: ``idat``), and offset and length of each extent."""


def _located(file: Bytes, at: int, end: int, found: Walk) -> Iterator[tuple[int, Place]]:
    numbers = _Numbers(file[at:end])
    version = numbers.take(1)
    numbers.take(3)
    widths = numbers.take(2)
    offset, length, base, index = (widths >> 12) & 15, (widths >> 8) & 15, (widths >> 4) & 15, widths & 15
    count = numbers.take(4 if version > 1 else 2)
    found.complete &= count <= _MOST_ITEMS
    for _ in range(min(count, _MOST_ITEMS)):
        if not found.step() or numbers.over():
            return
        item = numbers.take(4 if version > 1 else 2)
        method = numbers.take(2) & 15 if version else 0
        numbers.take(2)
        start = numbers.take(base)
        extents = []
        most = _MOST_ITEMS if offset or length else 1  # numbers without width are all alike
        for _ in range(min(numbers.take(2), most)):
            if numbers.over():
                break
            if not found.step():
                return
            if version:
                numbers.take(index)
            extents.append((start + numbers.take(offset), numbers.take(length)))
        yield item, (method, extents)


def _content(file: Bytes, place: Place, stored: tuple[int, int]) -> tuple[bytes, bool]:
    method, extents = place
    if method not in {0, _FROM_IDAT}:
        return b"", True
    start, end = stored if method == _FROM_IDAT else (0, len(file))
    data = bytearray()
    for at, length in extents:
        data += file[start + at : min(start + at + length, end, start + at + _LARGEST_ITEM + 1)]
        if len(data) > _LARGEST_ITEM:
            break
    return bytes(data), len(data) < min(_LARGEST_ITEM, sum(length for _, length in extents))
