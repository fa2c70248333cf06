"""How large a photo may be, and which formats are decoded: what is asked of a file before any pixel of it."""

from dataclasses import dataclass

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
"""Pillow's names of the formats that are looked at (a camera's MPO opens as JPEG); no other decoder is ever reached."""

_FOREIGN = (
    (0, b"%PDF", "PDF"),
    (0, b"8BPS", "PSD"),
    (0, b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (0, b"<?xml", "XML or SVG"),
    (0, b"<svg", "SVG"),
    (0, b"\x00\x00\x01\x00", "ICO"),
    (4, b"ftyphei", "HEIC"),
    (4, b"ftyphev", "HEIC"),
    (4, b"ftypmif1", "HEIF"),
    (4, b"ftypmsf1", "HEIF"),
    (4, b"ftypisom", "MP4 video"),
    (4, b"ftypmp4", "MP4 video"),
    (4, b"ftypqt", "QuickTime video"),
    (0, b"\x1aE\xdf\xa3", "Matroska or WebM video"),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one photo may cost: bytes of the file, and pixels of the whole picture as its header gives them."""

    size_bytes: int
    pixels: int


def foreign_format(photo: bytes) -> str | None:
    """Return the name of a known format that is not looked at, from its first bytes, or None."""
    for offset, magic, name in _FOREIGN:
        if photo.startswith(magic, offset):
            return name
    return None
