"""Which container a file is, by its first bytes, and which module reads its metadata."""

from collections.abc import Callable

from streams.evidence.limits import boxed_picture
from streams.evidence.media_kinds import HEAD_BYTES, video_format
from streams.evidence.provenance import gif, isobmff, jpeg, matroska, png, riff
from streams.evidence.provenance.blocks import Bytes, Walk


def _tiff(photo: Bytes, found: Walk) -> None:
    found.add("exif", "TIFF", photo[:])


def _nothing(photo: Bytes, found: Walk) -> None:
    """A BMP has no place for metadata."""


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
    (0, b"BM", "image/bmp", _nothing),
)


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
            return "image/avif" if boxed_picture(head) == "AVIF" else media_type, found
    found.complete = False
    return None, found
