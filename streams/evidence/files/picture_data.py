"""A file as its decoder gets it: the picture without metadata, and only where decoding takes bounded time.

Metadata never reaches a decoder. Where it is too long, broken or made to be slow, :mod:`streams.evidence.provenance`
says so, and the pixels are looked at all the same. What decoding would cost is counted on headers alone.
"""

import re
import struct
from dataclasses import dataclass

from streams.errors import MediaUnreadable
from streams.evidence.files import big_tiff, deep_pictures, gif_frames, tiff_directories
from streams.wording import causes

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_PARTS = frozenset({b"IHDR", b"PLTE", b"acTL", b"fcTL", b"fdAT", b"IDAT", b"IEND"})
_JPEG = b"\xff\xd8"
_MARKER = re.compile(rb"\xff([^\x00\xff])", re.DOTALL)
_SCAN_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])", re.DOTALL)
"""The next marker outside compressed data, where 0xff is followed by 0 or by a restart number."""
_SOS, _EOI, _DHT, _JPG, _DAC, _COM = 0xDA, 0xD9, 0xC4, 0xC8, 0xCC, 0xFE
_FRAMES = frozenset(range(0xC0, 0xD0)) - {_DHT, _JPG, _DAC}
_SEQUENTIAL = frozenset({0xC0, 0xC1})
"""Kinds of frames that one scan holds whole, if it has all components."""
_APPS, _MPF, _ADOBE = range(0xE0, 0xF0), 0xE2, 0xEE
_EXIF_SEGMENT, _EXIF = 0xE1, b"Exif\x00"
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers that no length follows."""

MOST_PARTS = 65_536
"""Chunks or segments of one picture: 100 MB in chunks of 2 KB, or in strips of one row."""
MOST_SCANS = 100
"""Passes over one JPEG. Cameras and programs write 1 to 15."""
_ALWAYS, _MOST_WORK = 16, 2_000_000_000
"""Up to 16 passes are always made; more of them only up to so many pixels in all, about two seconds."""


@dataclass(frozen=True, slots=True)
class PictureData:
    """``data`` is what the decoder gets; ``exif`` the first EXIF block, empty unless it stands before the pixels.

    ``frames`` is how many there are; None where asking the decoder costs nothing. ``negative`` says that the highest
    number is black, which no decoder of deep pictures minds.
    """

    data: bytes
    exif: bytes = b""
    frames: int | None = None
    negative: bool = False


def picture_data(file: bytes, most_pixels: int) -> PictureData:
    """Return a file without what a decoder does not need; formats that have little of that come back as they are.

    Raises :class:`MediaUnreadable` where the picture is in more parts, or takes more passes, than any honest one.
    What is damaged stays damaged: the decoder says so.
    """
    if file.startswith(_PNG):
        return _png(file)
    if file.startswith(_JPEG):
        return _jpeg(file)
    if file.startswith(b"GIF8"):
        return PictureData(gif_frames.first_frame(file), frames=gif_frames.count(file))
    if tiff_directories.is_tiff(file):
        tiff_directories.check(file, MOST_PARTS, most_pixels)
        positive = tiff_directories.as_positive(file)
        negative = positive is not file
        return PictureData(big_tiff.as_classic(positive), frames=tiff_directories.count(file), negative=negative)
    return PictureData(file)


def _png(file: bytes) -> PictureData:
    kept, at, exif = [_PNG], len(_PNG), b""
    for _ in range(MOST_PARTS):
        if at + 8 > len(file):
            return PictureData(b"".join(kept), exif)
        length, kind = struct.unpack_from(">I4s", file, at)
        if kind == b"tRNS":
            colour = deep_pictures.clear_colour(file, data := file[at + 8 : at + 8 + length])
            kept.append(file[at : at + 12 + length] if colour == data else deep_pictures.chunk(kind, colour))
        elif kind in _PNG_PARTS:
            kept.append(file[at : at + 12 + length])
        elif kind == b"eXIf" and not exif and kept[-1][4:8] != b"IDAT":
            exif = file[at + 8 : at + 8 + length]
        at += 12 + length
        if kind == b"IEND":
            return PictureData(b"".join(kept), exif)
    raise MediaUnreadable(causes.picture_in_too_many_parts(MOST_PARTS))


def _jpeg(file: bytes) -> PictureData:
    kept, at, exif = [_JPEG], 2, b""
    pixels = components = 0
    for _ in range(MOST_PARTS):
        marker = _MARKER.search(file, at)
        if marker is None:
            return PictureData(b"".join(kept), exif)
        code, at = marker[1][0], marker.end()
        if code == _SOS:
            if file[at + 2 : at + 3] != bytes([components]):  # else one pass, and a decoder makes no other
                _check_scans(file, marker.start(), pixels)
            return PictureData(b"".join([*kept, b"\xff", memoryview(file)[marker.end() - 1 :]]), exif)
        length = 0 if code in _ALONE or code == _EOI else max(2, int.from_bytes(file[at : at + 2], "big"))
        if code in _FRAMES and not pixels:
            pixels = int.from_bytes(file[at + 3 : at + 5], "big") * int.from_bytes(file[at + 5 : at + 7], "big")
            components = int.from_bytes(file[at + 7 : at + 8]) if code in _SEQUENTIAL else 0
        if code == _EXIF_SEGMENT and not exif and file.startswith(_EXIF, at + 2):
            exif = file[at + 8 : at + length]
        if not _is_metadata(code, file[at + 2 : at + 7]):
            kept.append(b"\xff" + file[at - 1 : at + length])
        at += length
    raise MediaUnreadable(causes.picture_in_too_many_parts(MOST_PARTS))


def _is_metadata(code: int, beginning: bytes) -> bool:
    """Return whether a segment has no bearing on the pixels; JFIF, Adobe's colours and the index of pictures have."""
    if code == _COM:
        return True
    kept = {_APPS[0]: b"JFIF\x00", _MPF: b"MPF\x00", _ADOBE: b"Adobe"}
    return code in _APPS and not (code in kept and beginning.startswith(kept[code]))


def _check_scans(file: bytes, at: int, pixels: int) -> None:
    """Raise MediaUnreadable where a JPEG passes over its pixels too often."""
    most = min(MOST_SCANS, max(_ALWAYS, _MOST_WORK // max(pixels, 1)))
    if file.count(b"\xff\xda", at) <= most:  # further pictures behind the first have scans too
        return
    scans = parts = 0
    while (marker := _SCAN_MARKER.search(file, at)) and marker[1][0] != _EOI:
        parts, at = parts + 1, marker.end()
        scans += marker[1][0] == _SOS
        if scans > most:
            raise MediaUnreadable(causes.too_many_scans(most))
        if parts > MOST_PARTS:
            raise MediaUnreadable(causes.picture_in_too_many_parts(MOST_PARTS))
        at += max(2, int.from_bytes(file[at : at + 2], "big"))
