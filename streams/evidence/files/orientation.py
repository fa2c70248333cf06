"""How a picture has to be turned to stand upright, as browsers do it: by EXIF before the pixels, never by XMP.

HEIC and AVIF have boxes of their own for this, which override EXIF; their decoders read them.
"""

import struct

from PIL import Image

from streams.evidence.files.picture_data import PictureData

_ORIENTATION = 0x0112
_WIDTHS = {1: "B", 3: "H", 4: "I"}
"""TIFF types in which the number occurs: SHORT as EXIF demands, BYTE and LONG as some programs write."""
_MOST_ENTRIES = 1_024
_EXIF = b"Exif\x00\x00"
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ON_ITS_SIDE = frozenset({5, 6, 7, 8})


def orientation(data: PictureData, image: Image.Image) -> int:
    """Return EXIF's orientation, 1 to 8; 1 (upright) where there is none, or where it is out of range."""
    if image.format == "TIFF":
        return _number(data.data, {1: "B"})  # Pillow turns by the other types itself
    exif: bytes = image.info.get("exif", b"") if image.format in {"WEBP", "AVIF"} else data.exif
    return _number(exif.removeprefix(_EXIF), _WIDTHS)


def on_its_side(orientation: int) -> bool:
    """Return whether this orientation swaps width and height."""
    return orientation in _ON_ITS_SIDE


def turned(pixels: Image.Image, orientation: int) -> Image.Image:
    """Return pixels turned and mirrored to stand upright."""
    turn = _TURNS.get(orientation)
    return pixels if turn is None else pixels.transpose(turn)


def _number(block: bytes, widths: dict[int, str]) -> int:
    """Return the orientation in a TIFF block's first directory; 1 where it has none of a type in ``widths``."""
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(block[:4])
    if order is None or len(block) < 10:  # noqa: PLR2004 - a header and a count
        return 1
    (at,) = struct.unpack_from(order + "I", block, 4)
    if at + 2 > len(block):
        return 1
    (count,) = struct.unpack_from(order + "H", block, at)
    for place in range(at + 2, min(at + 2 + 12 * min(count, _MOST_ENTRIES), len(block) - 11), 12):
        tag, kind, amount = struct.unpack_from(order + "HHI", block, place)
        if tag == _ORIENTATION:
            width = widths.get(kind)
            number = 1 if width is None or amount != 1 else struct.unpack_from(order + width, block, place + 8)[0]
            return int(number) if number in _TURNS else 1
    return 1
