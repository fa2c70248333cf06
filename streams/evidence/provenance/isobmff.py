"""Items of a HEIC or AVIF file: EXIF, XMP, and the box of a C2PA manifest."""

from collections.abc import Iterator

from streams.evidence.provenance.blocks import Walk

_C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_WIDE = 16
"""Bytes of a box header whose length has 64 bits."""
_MOST_ITEMS = 4_096
_LARGEST_ITEM = 16 * 1024 * 1024
_FROM_IDAT = 1
_XMP_TYPE = b"application/rdf+xml"

Box = tuple[bytes, int, int]
"""Name, where the content begins, where it ends as the box says."""


def walk(photo: bytes, found: Walk) -> None:
    """Add the metadata of a HEIC or AVIF file."""
    for kind, start, end in _boxes(photo, 0, len(photo), found):
        if kind == b"uuid" and photo[start : start + 16] == _C2PA:
            found.add("jumbf", "uuid", photo[start + 16 : end], clipped=end > len(photo))
        elif kind == b"meta":
            _meta(photo, start + 4, min(end, len(photo)), found)


def _boxes(photo: bytes, at: int, end: int, found: Walk) -> Iterator[Box]:
    while at + 8 <= end and found.step():
        size, kind, head = int.from_bytes(photo[at : at + 4], "big"), photo[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(photo[at + 8 : at + 16], "big"), _WIDE
        elif size == 0:
            size = end - at
        if size < head:
            return
        yield kind, at + head, at + size
        at += size


def _meta(photo: bytes, at: int, end: int, found: Walk) -> None:
    parts = {kind: (start, min(stop, end)) for kind, start, stop in _boxes(photo, at, end, found)}
    wanted = dict(_described(photo, *parts.get(b"iinf", (0, 0)), found))
    stored = parts.get(b"idat", (0, 0))
    for item, place in _located(photo, *parts.get(b"iloc", (0, 0)), found):
        kind = wanted.get(item)
        if kind is None:
            continue
        data, clipped = _content(photo, place, stored)
        found.complete &= len(data) <= _LARGEST_ITEM
        if kind == "exif":
            data = data[4 + int.from_bytes(data[:4], "big") :]  # after the place of the TIFF header
            found.add("exif", "EXIF", data.removeprefix(b"Exif\x00\x00"), clipped=clipped)
        else:
            found.add("xmp", "XMP", data, clipped=clipped)


def _described(photo: bytes, at: int, end: int, found: Walk) -> Iterator[tuple[int, str]]:
    """Yield the numbers of the items that are metadata, and what they are."""
    if at >= end:
        return
    first = at + (8 if photo[at] else 6)
    for kind, start, stop in _boxes(photo, first, end, found):
        if kind != b"infe" or stop > end or photo[start] < 2:  # noqa: PLR2004 - older versions name no kind
            continue
        wide = 4 if photo[start] > 2 else 2  # noqa: PLR2004 - from version 3 on
        item = int.from_bytes(photo[start + 4 : start + 4 + wide], "big")
        name = photo[start + 6 + wide : start + 10 + wide]
        if name == b"Exif":
            yield item, "exif"
        elif name == b"mime" and _XMP_TYPE in photo[start + 10 + wide : stop]:
            yield item, "xmp"


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
"""How the extents are meant (0: in the file, 1: in ``idat``), and where each begins and how long it is."""


def _located(photo: bytes, at: int, end: int, found: Walk) -> Iterator[tuple[int, Place]]:
    numbers = _Numbers(photo[at:end])
    version = numbers.take(1)
    numbers.take(3)
    widths = numbers.take(2)
    offset, length, base, index = (widths >> 12) & 15, (widths >> 8) & 15, (widths >> 4) & 15, widths & 15
    for _ in range(min(numbers.take(4 if version > 1 else 2), _MOST_ITEMS)):
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


def _content(photo: bytes, place: Place, stored: tuple[int, int]) -> tuple[bytes, bool]:
    method, extents = place
    start, end = stored if method == _FROM_IDAT else (0, len(photo))
    data = bytearray()
    for at, length in extents:
        data += photo[start + at : min(start + at + length, end, start + at + _LARGEST_ITEM + 1)]
        if len(data) > _LARGEST_ITEM:
            break
    return bytes(data), len(data) < sum(length for _, length in extents)
