"""Pictures of 16 bits a channel, and clear colours of any depth: what Pillow leaves of them to whoever asks.

It gives 16-bit grey as it is stored, compares a PNG's clear colour in numbers that the pixels no longer have, and reads
uncompressed TIFFs whose colours lie in planes of their own as if they had 8 bits.
"""

import io
import struct
import zlib

import numpy as np
from PIL import Image, TiffImagePlugin

NEGATIVE = "negative"
"""The key of ``Image.info`` that says that the highest number is black."""
_CLEAR = "transparency"
_GREY, _COLOUR = 0, 2
"""PNG's kinds of pictures that may name one clear colour."""
_BITS, _FULL = 8, 65_535
_MANY_BITS = 16
_LENGTHS = {_GREY: 2, _COLOUR: 6}
_IN_PLANES, _PLANES, _BITS_OF_SAMPLES = 2, 284, 258


def is_deep(image: Image.Image) -> bool:
    """Return whether a picture is grey with 16 bits."""
    return image.mode.startswith("I;16")


def grey(image: Image.Image) -> Image.Image:
    """Return a deep grey picture in 8 bits, its clear colour white.

    Scanners and sensors fill 10, 12 or 14 bits of 16: the bits that are used count.
    """
    deep = np.asarray(image).astype(np.uint16)
    tones = _FULL - deep if image.info.get(NEGATIVE) else deep
    unused = max(0, int(tones.max(initial=0)).bit_length() - _BITS)
    return Image.fromarray(np.where(_is_clear(image, deep), 255, tones >> unused).astype(np.uint8))


def opacity(image: Image.Image) -> Image.Image:
    """Return where a picture is opaque (255) or clear (0)."""
    if not is_deep(image):
        return image.convert("RGBA").getchannel("A")
    return Image.fromarray(np.where(_is_clear(image, np.asarray(image)), 0, 255).astype(np.uint8))


def _is_clear(image: Image.Image, deep: np.ndarray) -> np.ndarray:
    return np.asarray(deep == image.info.get(_CLEAR, -1))


def clear_colour(head: bytes, data: bytes) -> bytes:
    """Return a PNG's clear colour (its chunk's content) in the numbers that Pillow's pixels have.

    ``head`` is the beginning of the file. Pillow gives grey of 2 and 4 bits and colours of 16 bits in 8.
    """
    bits, kind = head[24:26].ljust(2, b"\x00")
    if len(data) < _LENGTHS.get(kind, len(data) + 1):
        return data
    if kind == _GREY and 1 < bits < _BITS:
        return struct.pack(">H", int.from_bytes(data[:2]) * 255 // ((1 << bits) - 1) & 255)
    if kind == _COLOUR and bits == _MANY_BITS:
        return struct.pack(">3H", *(number >> _BITS for number in struct.unpack(">3H", data[:6])))
    return data


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a PNG's chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def in_planes(image: Image.Image, photo: bytes) -> Image.Image:
    """Return a TIFF opened anew by libtiff where its colours have 16 bits and lie in planes; any other as it is."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile) or image.use_load_libtiff:
        return image
    if image.tag_v2.get(_PLANES) != _IN_PLANES or max(image.tag_v2.get(_BITS_OF_SAMPLES, (_BITS,))) <= _BITS:
        return image
    TiffImagePlugin.READ_LIBTIFF = True
    try:
        return Image.open(io.BytesIO(photo), formats=("TIFF",))
    finally:
        TiffImagePlugin.READ_LIBTIFF = False
