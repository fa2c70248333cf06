"""How large a photo may be, and which formats are decoded: what is asked of a file before any pixel of it."""

from dataclasses import dataclass

from streams.evidence.files.media_kinds import AVIF_BRANDS, HEVC_BRANDS, PICTURE_BRANDS

PILLOW_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
"""Pillow's own decoders that are ever reached (a camera's MPO opens as JPEG)."""
FORMATS = (*PILLOW_FORMATS, "HEIF")
"""Names of the formats of photos that are looked at; a telephone's HEIC is HEIF, read by pillow-heif."""
LOOKED_AT = ", ".join((*FORMATS, "MP4", "QuickTime", "Matroska", "WebM"))
"""The same with those of videos, as whoever sent another one is told."""

_FOREIGN = (
    (0, b"%PDF", "PDF"),
    (0, b"%!PS", "PostScript"),
    (0, b"8BPS", "PSD"),
    (0, b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000"),
    (0, b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"<?xml", "XML or SVG"),
    (0, b"<svg", "SVG"),
    (0, b"<!DOCTYPE html", "HTML"),
    (0, b"<html", "HTML"),
    (0, b"\x00\x00\x01\x00", "ICO"),
    *((0, b"P%d" % kind, "PNM") for kind in range(1, 8)),
    (0, b"PK\x03\x04", "ZIP"),
    (8, b"CR\x02", "camera raw"),
    (4, b"ftypcrx ", "camera raw"),
    (0, b"FUJIFILMCCD-RAW", "camera raw"),
    (4, b"ftypisom", "MP4 video"),
    (4, b"ftypiso2", "MP4 video"),
    (4, b"ftypmp4", "MP4 video"),
    (4, b"ftypavc1", "MP4 video"),
    (4, b"ftypM4V", "MP4 video"),
    (4, b"ftyp3g", "MP4 video"),
    (4, b"ftypqt", "QuickTime video"),
    (8, b"AVI ", "AVI video"),
    (0, b"FLV\x01", "FLV video"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media video"),
    (0, b"\x00\x00\x01\xba", "MPEG video"),
    (0, b"\x47\x40\x00", "MPEG video"),
    (0, b"\x47\x40\x11", "MPEG video"),
    (0, b"\x1aE\xdf\xa3", "Matroska or WebM video"),
)
_BEFORE_BRANDS = 16
_KNOWN_HEIF = HEVC_BRANDS | {b"mif1", b"msf1"}
_LONGEST_BRANDS = 4_096
"""Bytes of a file's list of brands that are read: more than any camera writes."""
_HEAD = 65_536
"""Bytes in which it stands how the pictures are coded."""
_SIZE, _BEFORE_SIZE, _SIZE_BYTES = b"ispe", 8, 8
"""The property of a picture's size: its name and four bytes, then width and height."""
LONGEST_AVIF_SIDE = 32_768
"""Pixels of a side from which on libavif refuses a picture without a word."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one photo or video may cost: bytes of the file, and pixels of the whole picture as its header gives them."""

    size_bytes: int
    pixels: int
    video_bytes: int = 300_000_000


def foreign_format(photo: bytes) -> str | None:
    """Return the name of a known format that is not looked at, from its first bytes, or None."""
    for offset, magic, name in _FOREIGN:
        if photo.startswith(magic, offset):
            return name
    return None


def boxed_picture(photo: bytes) -> str | None:
    """Return ``AVIF`` or ``HEIF`` for a file of boxes that names itself a picture by any of its brands, else None."""
    brands = _brands(photo)
    if not brands & PICTURE_BRANDS:
        return None
    as_avif, as_hevc = bool(brands & AVIF_BRANDS), bool(brands & HEVC_BRANDS)
    if as_avif != as_hevc:
        return "AVIF" if as_avif else "HEIF"
    head = photo[:_HEAD]
    return "AVIF" if b"av01" in head and b"hvc1" not in head else "HEIF"


def boxed_size(photo: bytes) -> tuple[int, int]:
    """Return width and height of the largest picture that a file of boxes names, in pixels; 0, 0 without one."""
    sizes, at = [(0, 0)], photo.find(_SIZE, 0, _HEAD)
    while at >= 0:
        start = at + _BEFORE_SIZE
        width, height = photo[start : start + _SIZE_BYTES // 2], photo[start + _SIZE_BYTES // 2 : start + _SIZE_BYTES]
        sizes.append((int.from_bytes(width), int.from_bytes(height)))
        at = photo.find(_SIZE, start, _HEAD)
    return max(sizes, key=lambda size: size[0] * size[1])


def branded(photo: bytes, boxed: str) -> bytes:
    """Return an AVIF or HEIF under a brand that its decoder knows: files of other brands are the same otherwise.

    One asks for the first brand, the other for those that follow.
    """
    brands = _brands(photo)
    if boxed == "AVIF":
        return photo if brands & {b"avif", b"avis"} else photo[:8] + b"avif" + photo[12:]
    follow = int.from_bytes(photo[:4], "big") > _BEFORE_BRANDS
    return photo if brands & _KNOWN_HEIF or not follow else photo[:_BEFORE_BRANDS] + b"mif1" + photo[20:]


def _brands(photo: bytes) -> set[bytes]:
    if photo[4:8] != b"ftyp":
        return set()
    listed = photo[8:12] + photo[_BEFORE_BRANDS : min(int.from_bytes(photo[:4], "big"), _LONGEST_BRANDS)]
    return {listed[place : place + 4] for place in range(0, len(listed), 4)}
