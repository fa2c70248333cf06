"""Metadata of a JPEG: its segments, those of further pictures in the file, and what stands behind its end."""

import re

import numpy as np

from streams.evidence.provenance.blocks import Kind, Walk

_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])", re.DOTALL)
"""The next marker outside compressed data, where 0xff is followed by 0 or by a restart number."""
_NEAR, _PIECE = 4_096, 131_072
"""Bytes in which the next segment is looked for one by one; bytes that are then passed at once."""
_SOI, _EOI, _SOS, _TEM, _APP0, _APP1, _APP11, _APP13, _APP15, _COM = (
    0xD8,
    0xD9,
    0xDA,
    0x01,
    0xE0,
    0xE1,
    0xEB,
    0xED,
    0xEF,
    0xFE,
)
_XMP = b"http://ns.adobe.com/xap/1.0/\x00"
_XMP_PART = b"http://ns.adobe.com/xmp/extension/\x00"
_EXIF = b"Exif\x00"
_TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_PHOTOSHOP, _RESOURCE = b"Photoshop 3.0\x00", b"8BIM"
_JUMBF = b"JP"
_JUMBF_HEADER = 16
"""Two letters, box number (2 bytes), order (4), and the header of the box (8), which every part repeats."""
_NEARLY_FULL = 60_000
"""Bytes of a segment from which the next one of its kind may go on with the same text: one holds 65,533 at most."""
_MOST_PICTURES = 16
_GAP = 4_096
"""How far from the end of one picture the next of a multi-picture file may begin."""


def walk(photo: bytes, found: Walk) -> None:
    """Add the metadata of a JPEG; segments between the scans and after them too."""
    at, pictures, first_end, code, shared = 0, 0, 0, _SOI, _Shared(found)
    while found.step() and (marker := _next(photo, at)):
        if code != _SOS:
            found.add_unknown("between segments", photo[at : marker.start()])
        code, scan, at = marker.group(1)[0], at, marker.end()
        if code == _SOI:
            pictures += 1
            shared.end()
        elif code == _EOI and not _segment_follows(photo, at):
            found.add_behind_pixels("before its end", photo, scan, at - 2)
            first_end = first_end or at
            following = photo.find(b"\xff\xd8\xff", at, at + _GAP)
            if following < 0 or pictures >= _MOST_PICTURES:
                found.complete &= following < 0
                break
            found.add_unknown("between pictures", photo[at:following])
            at = following
        elif code not in {_EOI, _TEM}:
            length = int.from_bytes(photo[at : at + 2], "big")
            _segment(code, photo[at + 2 : at + length], found, shared, clipped=at + length > len(photo))
            at += max(length, 2)
    found.add_rest(photo, at, first_end or at)
    shared.hand_over()


def _segment_follows(photo: bytes, at: int) -> bool:
    """Return whether a segment of metadata follows the end of a picture, moved there as it was."""
    return photo[at : at + 1] == b"\xff" and _APP0 <= int.from_bytes(photo[at + 1 : at + 2], "big") <= _APP15


def _next(photo: bytes, at: int) -> re.Match[bytes] | None:
    """Return where the next segment begins. Searching in pieces takes a third of the time of searching byte by byte."""
    if near := _MARKER.search(photo, at, at + _NEAR):
        return near
    data = np.frombuffer(photo, np.uint8)
    for start in range(at + _NEAR - 1, len(photo), _PIECE):
        piece = data[start : start + _PIECE + 1]
        perhaps = ((piece[:-1] == 0xFF) & (piece[1:] != 0)).any()  # noqa: PLR2004 - what begins a marker
        if perhaps and (found := _MARKER.search(photo, start, start + _PIECE + 1)):
            return found
    return None


def _segment(code: int, data: bytes, found: Walk, shared: "_Shared", *, clipped: bool) -> None:
    if code == _COM:
        shared.comments.take(data, clipped=clipped)
    elif code == _APP1 and data.startswith(_EXIF):
        shared.exif.take(data[6:], clipped=clipped)
    elif code == _APP1 and data.startswith(_XMP):
        shared.packets.take(data[len(_XMP) :], clipped=clipped)
    elif code == _APP1 and data.startswith(_XMP_PART):
        shared.extended(data[len(_XMP_PART) :])
    elif code == _APP11 and data.startswith(_JUMBF):
        shared.jumbf(data, clipped=clipped)
    elif code == _APP13 and data.startswith(_PHOTOSHOP):
        shared.resources.take(data[len(_PHOTOSHOP) :], clipped=clipped)
    elif _APP0 <= code <= _APP15:
        found.add_unknown(f"APP{code - _APP0}", data)


class _Continued:
    """A block that goes on over several segments: one that does not begin with ``begins`` continues the one before."""

    def __init__(self, found: Walk, kind: Kind, where: str, begins: bytes | tuple[bytes, ...]) -> None:
        self._found, self._kind, self._where, self._begins = found, kind, where, begins
        self._parts: list[bytes] = []
        self._clipped = False

    def take(self, data: bytes, *, clipped: bool) -> None:
        """Take one part of the block."""
        if data.startswith(self._begins):
            self.end()
        self._parts.append(data)
        self._clipped |= clipped

    def end(self) -> None:
        """Add the block that is put together so far."""
        if self._parts:
            self._found.add(self._kind, self._where, b"".join(self._parts), clipped=self._clipped)
        self._parts, self._clipped = [], False


class _Long:
    """A text that programs spread over segments, though its kind has no way to say so: each but the last is full."""

    def __init__(self, found: Walk, kind: Kind, where: str) -> None:
        self._found, self._kind, self._where = found, kind, where
        self._parts: list[bytes] = []

    def take(self, data: bytes, *, clipped: bool) -> None:
        """Take one segment: a part of a text, or a whole one."""
        self._parts.append(data)
        if len(data) < _NEARLY_FULL:
            self.end(clipped=clipped)

    def end(self, *, clipped: bool = False) -> None:
        """Add the text that is put together so far."""
        if self._parts:
            self._found.add(self._kind, self._where, b"".join(self._parts), clipped=clipped)
        self._parts = []


class _Shared:
    """Blocks that several segments share: EXIF and Photoshop's in order, extended XMP by its id, JUMBF by number.

    Comments and XMP that are too long for one segment, too.
    """

    def __init__(self, found: Walk) -> None:
        self._found = found
        self.exif = _Continued(found, "exif", "EXIF", _TIFF)
        self.resources = _Continued(found, "iptc", "IPTC", _RESOURCE)
        self.comments, self.packets = _Long(found, "text", "COM"), _Long(found, "xmp", "XMP")
        self._extended: dict[bytes, list[tuple[int, bytes]]] = {}
        self._lengths: dict[bytes, int] = {}
        self._boxes: dict[int, list[bytes]] = {}
        self._clipped = False

    def extended(self, data: bytes) -> None:
        """Take one part of extended XMP: 32 bytes of id, the whole length, this part's place, content."""
        place = int.from_bytes(data[36:40], "big")
        self._lengths[data[:32]] = int.from_bytes(data[32:36], "big")
        self._extended.setdefault(data[:32], []).append((place, data[40:]))

    def jumbf(self, data: bytes, *, clipped: bool) -> None:
        """Take one part of a JUMBF box; they stand in order."""
        self._clipped |= clipped
        if len(data) < _JUMBF_HEADER:
            self._found.add("jumbf", "APP11", b"", clipped=True)
            return
        number = int.from_bytes(data[2:4], "big")
        self._boxes.setdefault(number, [data[8:16]]).append(data[16:])

    def end(self) -> None:
        """Add what goes on from segment to segment: the picture ends."""
        for each in (self.exif, self.resources, self.comments, self.packets):
            each.end()

    def hand_over(self) -> None:
        """Add the blocks that were put together. One with a missing part is shorter than it says, and so clipped."""
        self.end()
        for name, parts in self._extended.items():
            whole = b"".join(content for _, content in sorted(parts, key=lambda part: part[0]))
            self._found.add("xmp_part", "extended XMP", whole, clipped=len(whole) < self._lengths[name])
        for pieces in self._boxes.values():
            box = b"".join(pieces)
            self._found.add("jumbf", "APP11", box, clipped=self._clipped or not _whole(box))


def _whole(box: bytes) -> bool:
    """Return whether a box is as long as it says; lengths of 0 and 1 say it elsewhere, and pass."""
    return int.from_bytes(box[:4], "big") in {0, 1, len(box)}
