"""Frames of a GIF: the first alone as a file of its own, and how many there are."""

from collections.abc import Iterator

from streams.errors import MediaUnreadable
from streams.wording import causes

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_CONTROL = 0xF9
_HAS_COLOURS, _COLOURS = 0x80, 0x07
_HEADER, _DESCRIPTOR = 13, 10
_MOST_STEPS = 1_000_000
"""Sub-blocks that are passed: 255 MB of a file that is not made to be slow."""


def first_frame(file: bytes) -> bytes:
    """Return a GIF of the first frame alone, without comments; a file without a frame as it is.

    Raises :class:`MediaUnreadable` where more stands before the first frame than is read past.
    """
    control, end = b"", 0
    for kind, start, end in _blocks(file):
        if kind == _CONTROL:
            control = file[start:end]
        elif kind == _IMAGE:
            return file[: _HEADER + _colours(file, _HEADER - 3)] + control + file[start:end] + bytes([_TRAILER])
    if end < len(file) and file[end : end + 1] in {bytes([_EXTENSION]), bytes([_IMAGE])}:
        raise MediaUnreadable(causes.picture_in_too_many_parts(_MOST_STEPS))
    return file


def count(file: bytes) -> int:
    """Return how many frames a GIF has, or had up to where counting them took too long."""
    return sum(kind == _IMAGE for kind, _, _ in _blocks(file))


def _blocks(file: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield what stands in a GIF: an image, or an extension by its label; where it begins and where it ends."""
    at, steps = _HEADER + _colours(file, _HEADER - 3), 0
    while at + 1 < len(file) and file[at] in {_EXTENSION, _IMAGE} and steps < _MOST_STEPS:
        start, image = at, file[at] == _IMAGE
        at += _DESCRIPTOR + _colours(file, at + _DESCRIPTOR - 1) + 1 if image else 2
        while at < len(file) and file[at] and steps < _MOST_STEPS:
            at, steps = at + 1 + file[at], steps + 1
        at, steps = at + 1, steps + 1
        yield _IMAGE if image else file[start + 1], start, at


def _colours(file: bytes, at: int) -> int:
    """Return the bytes of the colour table that the flags at this place announce."""
    flags = file[at] if at < len(file) else 0
    return 3 << ((flags & _COLOURS) + 1) if flags & _HAS_COLOURS else 0
