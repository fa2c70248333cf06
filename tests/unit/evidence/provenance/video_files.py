"""Videos for tests that say something about their origin: boxes and elements are put into encoded ones by hand."""

import struct
from functools import cache

from streams.evidence.provenance.blocks import Walk
from streams.evidence.provenance.boxes import boxes
from tests.photos import a_picture
from tests.unit.evidence.provenance.files import box
from tests.videos import a_video

XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


@cache
def plain(suffix: str = ".mp4") -> bytes:
    """A second of video as FFmpeg writes it: no camera, no generator."""
    return a_video([a_picture(1, 64, 48)], 1, suffix)


def mp4_with(in_movie: bytes = b"", *, after: bytes = b"", suffix: str = ".mp4") -> bytes:
    """A movie with further boxes in its ``moov``, which stands last, and after it."""
    return with_movie_box(plain(suffix), in_movie) + after


def with_movie_box(file: bytes, in_movie: bytes) -> bytes:
    """A movie of which ``moov`` stands last, with further boxes in it."""
    start, end = next((start, end) for kind, start, end in boxes(file, 0, len(file), Walk()) if kind == b"moov")
    return file[: start - 8] + box(b"moov", file[start:end] + in_movie)


def full(kind: bytes, data: bytes) -> bytes:
    """A box that begins with a version and flags."""
    return box(kind, bytes(4) + data)


def data(value: bytes, kind: int = 1) -> bytes:
    return box(b"data", struct.pack(">II", kind, 0) + value)


def keyed(tags: dict[str, str], *, plain_box: bool = False) -> bytes:
    """A ``meta`` of QuickTime's manner: names in ``keys``, values in ``ilst`` by their number."""
    handler = full(b"hdlr", bytes(4) + b"mdta" + bytes(13))
    keys = full(b"keys", struct.pack(">I", len(tags)) + b"".join(box(b"mdta", name.encode()) for name in tags))
    values = (
        struct.pack(">I", len(data(value.encode())) + 8) + struct.pack(">I", number) + data(value.encode())
        for number, value in enumerate(tags.values(), 1)
    )
    inside = handler + keys + box(b"ilst", b"".join(values))
    return box(b"meta", inside) if plain_box else full(b"meta", inside)


def itunes(tags: dict[bytes, bytes], own: dict[str, str] | None = None) -> bytes:
    """A ``meta`` of iTunes' manner: values in ``ilst`` by four letters, ``own`` ones by a name of their own."""
    handler = full(b"hdlr", bytes(4) + b"mdirappl" + bytes(9))
    items = [box(name, data(value)) for name, value in tags.items()]
    items += [
        box(b"----", full(b"mean", b"com.apple.iTunes") + full(b"name", name.encode()) + data(value.encode()))
        for name, value in (own or {}).items()
    ]
    return full(b"meta", handler + box(b"ilst", b"".join(items)))


def international(name: bytes, text: str, language: int = 0x55C4) -> bytes:
    """A box of QuickTime's user data with one text."""
    written = text.encode()
    return box(name, struct.pack(">HH", len(written), language) + written)


def of_3gpp(name: bytes, text: str) -> bytes:
    return full(name, struct.pack(">H", 0x55C4) + text.encode() + b"\x00")


def element(kind: int, content: bytes, *, open_ended: bool = False) -> bytes:
    """An element of EBML, its length in eight bytes."""
    size = b"\xff" if open_ended else struct.pack(">Q", len(content) | 1 << 56)
    return kind.to_bytes((kind.bit_length() + 7) // 8, "big") + size + content


def simple(name: str, text: str, inside: bytes = b"") -> bytes:
    return element(0x67C8, element(0x45A3, name.encode()) + element(0x4487, text.encode()) + inside)


def tags(*simple_tags: bytes) -> bytes:
    return element(0x1254C367, element(0x7373, element(0x63C0, b"") + b"".join(simple_tags)))


def attached(name: str, media_type: str, content: bytes) -> bytes:
    parts = element(0x466E, name.encode()) + element(0x4660, media_type.encode()) + element(0x465C, content)
    return element(0x1941A469, element(0x61A7, parts))


def matroska_with(at_end: bytes = b"", *, suffix: str = ".mkv", live: bool = False, after: bytes = b"") -> bytes:
    """A Matroska video with further elements at the end of its segment; a ``live`` one says no lengths."""
    file = plain(suffix)
    at = file.index(b"\x18S\x80g") + 4
    content = file[at + 8 :]
    if live:
        cluster = content.index(b"\x1fC\xb6u") + 4
        wide = 9 - content[cluster].bit_length()
        content = content[:cluster] + b"\xff" * 1 + content[cluster + wide :]
    size = b"\x01" + b"\xff" * 7 if live else struct.pack(">Q", len(content + at_end) | 1 << 56)
    return file[:at] + size + content + at_end + after
