"""Whole frames of AV1 videos, which FFmpeg hands over as they are stored: each becomes an AVIF picture, and is decoded.

An AVIF picture is a whole frame of AV1 in boxes, so the decoder of photos reads what OpenCV's FFmpeg has none for.
"""

import io
import struct

import numpy as np
from PIL import Image

from streams.evidence.files.colours import Colour

_SEQUENCE_HEADER = 1
_CONFIGURATION = 4
"""Bytes of a configuration before the units that it carries."""
_DEEP, _TWELVE = 0x40, 0x20


def decoded(packet: bytes, configuration: bytes, size: tuple[int, int]) -> Colour:
    """Return a whole frame as RGB. Raises whatever Pillow raises where it is none."""
    with Image.open(io.BytesIO(_avif(packet, configuration, size)), formats=("AVIF",)) as picture:
        return np.asarray(picture.convert("RGB"))


def _avif(packet: bytes, configuration: bytes, size: tuple[int, int]) -> bytes:
    """Return the AVIF file of one frame."""
    if packet[:1] and (packet[0] >> 3) & 15 != _SEQUENCE_HEADER:
        packet = configuration[_CONFIGURATION:] + packet
    high = configuration[2] if len(configuration) > 2 else 0  # noqa: PLR2004 - the byte that has the depth
    depth = 8 if not high & _DEEP else 12 if high & _TWELVE else 10
    properties = (
        _full(b"ispe", struct.pack(">II", *size))
        + _full(b"pixi", bytes((3, depth, depth, depth)))
        + _box(b"av1C", configuration)
    )
    ipma = _full(b"ipma", struct.pack(">IHB", 1, 1, 3) + bytes((1, 2, 0x83)))

    def meta(at: int) -> bytes:
        return _full(
            b"meta",
            _full(b"hdlr", bytes(4) + b"pict" + bytes(13))
            + _full(b"pitm", struct.pack(">H", 1))
            + _full(b"iloc", struct.pack(">HHHHHII", 0x4400, 1, 1, 0, 1, at, len(packet)))
            + _full(b"iinf", struct.pack(">H", 1) + _full(b"infe", struct.pack(">HH", 1, 0) + b"av01\x00", version=2))
            + _box(b"iprp", _box(b"ipco", properties) + ipma),
        )

    head = _box(b"ftyp", b"avif" + bytes(4) + b"avifmif1miaf")
    at = len(head) + len(meta(0)) + 8
    return head + meta(at) + _box(b"mdat", packet)


def _box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data) + 8) + kind + data


def _full(kind: bytes, data: bytes, version: int = 0) -> bytes:
    return _box(kind, bytes((version, 0, 0, 0)) + data)
