"""Metadata of a WebP: its chunks of EXIF, XMP and C2PA."""

from streams.evidence.provenance.blocks import Walk

_METADATA = frozenset({b"XMP ", b"EXIF", b"C2PA"})
_PICTURE = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_SPEAKS = b"ICCP"
"""A colour profile belongs to the picture, and has texts."""
_PIXELS = frozenset({b"VP8 ", b"VP8L", b"ALPH"})
_FRAME_HEAD = 16
"""Bytes of a frame before its own chunks: place, size, duration, flags."""


def walk(photo: bytes, found: Walk) -> None:
    """Add the metadata of a WebP."""
    at, last = 12, 8 + int.from_bytes(photo[4:8], "little")
    while at + 8 <= len(photo) and found.step():
        kind, length = photo[at : at + 4], int.from_bytes(photo[at + 4 : at + 8], "little")
        if at >= last and kind not in _PICTURE | _METADATA:
            break  # something else stands behind the last chunk
        end = at + 8 + length
        if kind in _METADATA:
            _chunk(kind, photo[at + 8 : end], found, clipped=end > len(photo))
        elif kind == b"ANMF":
            _frame(photo, at + 8 + _FRAME_HEAD, min(end, len(photo)), found)
        elif kind not in _PICTURE or kind == _SPEAKS:
            found.add_unknown(kind.decode("latin-1"), photo[at + 8 : end])
        elif kind in _PIXELS:
            found.add_behind_pixels(kind.decode(), photo, at + 8, end)
        at = end + (length & 1)
    found.add_rest(photo, at)


def _frame(photo: bytes, at: int, end: int, found: Walk) -> None:
    """Add what stands in a frame of an animation beside its picture."""
    while at + 8 <= end and found.step():
        kind, length = photo[at : at + 4], int.from_bytes(photo[at + 4 : at + 8], "little")
        if kind not in _PICTURE:
            found.add_unknown(kind.decode("latin-1"), photo[at + 8 : min(at + 8 + length, end)])
        elif kind in _PIXELS:
            found.add_behind_pixels(kind.decode(), photo, at + 8, min(at + 8 + length, end))
        at += 8 + length + (length & 1)


def _chunk(kind: bytes, data: bytes, found: Walk, *, clipped: bool) -> None:
    if kind == b"XMP ":
        found.add("xmp", "XMP", data, clipped=clipped)
    elif kind == b"EXIF":
        found.add("exif", "EXIF", data.removeprefix(b"Exif\x00\x00"), clipped=clipped)
    else:
        found.add("jumbf", "C2PA", data, clipped=clipped)
