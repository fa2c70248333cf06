"""Boxes of the ISO base media file format: pictures (HEIF, AVIF) and movies (MP4, QuickTime) are made of them."""

from collections.abc import Iterator

from streams.evidence.provenance.blocks import Bytes, Walk

Box = tuple[bytes, int, int]
"""Name, where the content begins, where it ends as the box says."""

_HEAD, _WIDE_HEAD = 8, 16
"""Bytes of a box's header, and of one whose length has 64 bits."""


def boxes(file: Bytes, at: int, end: int, found: Walk) -> Iterator[Box]:
    """Yield the boxes between two offsets, and stop at what is no box. A length of 0 means the rest."""
    while at + _HEAD <= end and found.step():
        size, kind, head = int.from_bytes(file[at : at + 4], "big"), file[at + 4 : at + 8], _HEAD
        if size == 1:
            size, head = int.from_bytes(file[at + 8 : at + 16], "big"), _WIDE_HEAD
        elif size == 0:
            size = end - at
        if size < head:
            return
        yield kind, at + head, at + size
        at += size


def inner_boxes(file: Bytes, at: int, end: int, found: Walk) -> Iterator[Box]:
    """Yield the boxes inside another one; a damaged list, or a box that ends after the outer one, is noted.

    What a damaged box holds inside the outer one is still yielded. QuickTime may end a list with a zero.
    """
    for kind, start, stop in boxes(file, at, end, found):
        if not kind.strip(b"\x00"):
            return
        found.broken |= stop > end
        yield kind, start, min(stop, end)
        at = stop
    left = file[at : min(end, at + 4)]
    found.broken |= bool(left.strip(b"\x00"))
