"""Which container a file is, by its first bytes, and its metadata, read by that container's module."""

from collections.abc import Callable

from streams.evidence.files.limits import boxed_picture
from streams.evidence.files.media_kinds import HEAD_BYTES, video_format
from streams.evidence.provenance import gif, isobmff, jpeg, matroska, png, riff
from streams.evidence.provenance.blocks import Bytes, Walk

_BMP_HEAD = 65_536
"""Bytes in front of a BMP's pixels that are read: header, colours, and what a writer put between them."""

_OLD_BMP_HEAD = 12
_BMP_PACKED = frozenset({1, 2, 4, 5})
"""How a BMP's pixels are packed, where that takes another length: in runs, or as JPEG or PNG."""


def _tiff(photo: Bytes, found: Walk) -> None:
    found.add("exif", "TIFF", photo[:])


def _bmp(photo: Bytes, found: Walk) -> None:
    """Add what stands beside a BMP's picture: it has no place for metadata of its own.

    Behind the picture a colour profile may be, and what a writer counted in the file's length.
    """
    size, pixels = (_little(photo, at, 4) for at in (2, 10))
    found.add_unknown("BMP", photo[14 : min(pixels, _BMP_HEAD)])
    end = pixels + _bmp_pixels(photo)
    found.add_rest(photo[:], end if pixels < end <= len(photo) else max(size, pixels))


def _bmp_pixels(photo: Bytes) -> int:
    """Return how many bytes a BMP's picture has: as its size and depth give it, or as a packed one says."""
    if _little(photo, 14, 4) == _OLD_BMP_HEAD:
        width, height, bits, packed = (*(_little(photo, at, 2) for at in (18, 20, 24)), False)
    else:
        width, height = (_little(photo, at, 4) for at in (18, 22))
        bits, packed = _little(photo, 28, 2), _little(photo, 30, 4) in _BMP_PACKED
    height = min(height, (1 << 32) - height)  # it is negative where the first row is the upper one
    return _little(photo, 34, 4) if packed else (width * bits + 31) // 32 * 4 * height


def _little(photo: Bytes, at: int, width: int) -> int:
    return int.from_bytes(photo[at : at + width], "little")


_WALKS: tuple[tuple[int, bytes, str, Callable[[bytes, Walk], None]], ...] = (
    (0, b"\xff\xd8", "image/jpeg", jpeg.walk),
    (0, b"\x89PNG\r\n\x1a\n", "image/png", png.walk),
    (8, b"WEBP", "image/webp", riff.walk),  # after RIFF and the length
    (0, b"GIF8", "image/gif", gif.walk),
    (0, b"II*\x00", "image/tiff", _tiff),
    (0, b"MM\x00*", "image/tiff", _tiff),
    (0, b"II+\x00", "image/tiff", _tiff),
    (0, b"MM\x00+", "image/tiff", _tiff),
    (4, b"ftyp", "image/heic", isobmff.walk),
    (0, b"BM", "image/bmp", _bmp),
)


def _film(photo: bytes, found: Walk) -> None:
    """Add the tags of the film that a telephone keeps behind a photo; whether the film is whole does not matter."""
    start = -1 if found.rest_at is None else photo.find(b"ftyp", found.rest_at) - 4
    if start < 0 or video_format(photo[start : start + HEAD_BYTES]) is None:
        return
    film = Walk()
    isobmff.walk(photo[start:], film)
    for block in film.blocks:
        found.add(block.kind, block.name, block.data)


def walk(file: Bytes) -> tuple[str | None, Walk]:
    """Return the file's media type and its blocks of metadata; the type is None where the container is unknown."""
    found = Walk()
    head = file[:HEAD_BYTES]
    video = video_format(head)
    if video is not None:
        (matroska if video.demuxer == "matroska,webm" else isobmff).walk(file, found)
        return video.media_type, found
    for offset, magic, media_type, over in _WALKS:
        if head.startswith(magic, offset):
            over(file[:], found)
            _film(file[:], found)
            return "image/avif" if boxed_picture(head) == "AVIF" else media_type, found
    found.complete = False
    return None, found
