"""Frames of AV1 videos, which FFmpeg hands over as they are stored: a run of them becomes an AVIF picture that moves.

OpenCV's FFmpeg has no decoder for AV1. A moving AVIF picture is a track of AV1 in boxes, so the decoder of photos reads
what a video stores from one whole frame to the next.
"""

import io
import struct
from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image

from streams.evidence.files.colours import Colour

_SEQUENCE_HEADER = 1
_CONFIGURATION = 4
"""Bytes of a configuration before the units that it carries."""
_UPRIGHT = struct.pack(">9I", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)


def decoded(
    packets: Sequence[bytes], configuration: bytes, size: tuple[int, int], wanted: Sequence[int]
) -> Iterator[Colour]:
    """Yield frames of a run as RGB, by their numbers, which ascend; the first of the ``packets`` is a whole frame.

    Raises whatever Pillow raises where a frame is none.
    """
    with Image.open(io.BytesIO(_avif(packets, configuration, size)), formats=("AVIF",)) as picture:
        for number in wanted:
            picture.seek(number)
            yield np.asarray(picture.convert("RGB"))


def _avif(packets: Sequence[bytes], configuration: bytes, size: tuple[int, int]) -> bytes:
    """Return the AVIF file of a run of frames."""
    first, *others = packets
    if first[:1] and (first[0] >> 3) & 15 != _SEQUENCE_HEADER:
        first = configuration[_CONFIGURATION:] + first
    run = [first, *others]
    head = _box(b"ftyp", b"avis" + bytes(4) + b"avismsf1iso8")
    at = len(head) + len(_movie(run, configuration, size, 0)) + 8
    return head + _movie(run, configuration, size, at) + _box(b"mdat", b"".join(run))


def _movie(run: Sequence[bytes], configuration: bytes, size: tuple[int, int], at: int) -> bytes:
    """Return the box that says where frames are that follow each other from the byte ``at`` on, one a second."""
    count, (width, height) = len(run), size
    movie = struct.pack(">IIII", 0, 0, 1, count) + struct.pack(">IH", 1 << 16, 1 << 8) + bytes(10) + _UPRIGHT
    track = struct.pack(">IIIII", 0, 0, 1, 0, count) + bytes(16) + _UPRIGHT
    media = (
        _full(b"mdhd", struct.pack(">IIIIHH", 0, 0, 1, count, 0, 0))
        + _full(b"hdlr", bytes(4) + b"pict" + bytes(13))
        + _box(b"minf", _full(b"vmhd", bytes(8)) + _inside() + _box(b"stbl", _table(run, configuration, size, at)))
    )
    return _box(
        b"moov",
        _full(b"mvhd", movie + bytes(24) + struct.pack(">I", 2))
        + _box(b"trak", _full(b"tkhd", track + struct.pack(">II", width << 16, height << 16)) + _box(b"mdia", media)),
    )


def _inside() -> bytes:
    """Return the box that says that the frames are in this very file."""
    return _box(b"dinf", _full(b"dref", struct.pack(">I", 1) + _box(b"url ", bytes((0, 0, 0, 1)))))


def _table(run: Sequence[bytes], configuration: bytes, size: tuple[int, int], at: int) -> bytes:
    count = len(run)
    shape = struct.pack(">HHIIIH", *size, 72 << 16, 72 << 16, 0, 1)
    entry = bytes(6) + struct.pack(">H", 1) + bytes(16) + shape + bytes(32) + struct.pack(">Hh", 24, -1)
    return (
        _full(b"stsd", struct.pack(">I", 1) + _box(b"av01", entry + _box(b"av1C", configuration)))
        + _full(b"stts", struct.pack(">III", 1, count, 1))
        + _full(b"stsc", struct.pack(">IIII", 1, 1, count, 1))
        + _full(b"stsz", struct.pack(f">II{count}I", 0, count, *map(len, run)))
        + _full(b"stco", struct.pack(">II", 1, at))
        + _full(b"stss", struct.pack(">II", 1, 1))
    )


def _box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data) + 8) + kind + data


def _full(kind: bytes, data: bytes) -> bytes:
    return _box(kind, bytes(4) + data)
