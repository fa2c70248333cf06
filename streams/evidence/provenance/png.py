"""Metadata of a PNG: its chunks, also behind the picture data, and what stands behind its end."""

import binascii
import zlib
from contextlib import suppress

from streams.evidence.provenance.blocks import MOST_UNKNOWN_BYTES, Walk
from streams.evidence.provenance.packing import unpack

_XMP_KEYWORD = "XML:com.adobe.xmp"
_PROFILE = "raw profile type "
"""ImageMagick keeps EXIF and XMP of other formats in texts of this name, as hex digits."""
_LONGEST_TEXT = 4 * 1024 * 1024
_LONGEST_KEYWORD, _LONGEST_NAME = 79, 32
"""A longer keyword is no name: it may hold what its text should."""
_EXIF, _TIFF = b"Exif\x00\x00", (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_BOX = b"jumb"
_ZLIB, _BEFORE_PACKED = b"\x78", 8


def walk(photo: bytes, found: Walk) -> None:
    """Add the metadata of a PNG. Checksums are not asked for: a label with a wrong one is still read by others."""
    at, pixels = 8, (0, 0)
    while at + 8 <= len(photo) and found.step():
        length, kind = int.from_bytes(photo[at : at + 4], "big"), photo[at + 4 : at + 8]
        end = at + 8 + length
        if kind in _READERS:
            _READERS[kind](photo[at + 8 : end], found, end > len(photo))
        elif kind in _PIXELS:
            pixels = at + 8, end
        else:
            found.add_unknown(kind.decode("latin-1"), photo[at + 8 : end])
        at = end + 4
        if kind == b"IEND":
            break
    else:
        found.broken = True  # behind the picture there may have been texts
    found.add_behind_pixels("IDAT", photo, *pixels)
    found.add_rest(photo, at)


def _exif(data: bytes, found: Walk, clipped: bool) -> None:  # noqa: FBT001 - one signature for all readers
    found.add("exif", "EXIF", data, clipped=clipped)


def _packed_exif(data: bytes, found: Walk, clipped: bool) -> None:  # noqa: FBT001 - as above
    """Add EXIF that was packed, as a draft has it: a method and a length of four bytes first, which some leave out."""
    begins = data.find(_ZLIB, 0, _BEFORE_PACKED)
    room = min(found.room(), _LONGEST_TEXT)
    block, ended, _ = unpack(data[max(begins, 0) :], max(room, 1))
    found.unpacked(len(block))
    found.add("exif", "EXIF", block.removeprefix(_EXIF), clipped=clipped or not ended)


def _jumbf(data: bytes, found: Walk, clipped: bool) -> None:  # noqa: FBT001 - as above
    found.add("jumbf", "caBX", data, clipped=clipped)
    if data[4:8] != _BOX:
        found.add_unknown("caBX", data)


def _plain(data: bytes, found: Walk, clipped: bool) -> None:  # noqa: FBT001 - as above
    keyword, named, text = data.partition(b"\x00")
    _text(keyword if named else b"", text if named else data, found, clipped=clipped)


def _packed(data: bytes, found: Walk, clipped: bool) -> None:  # noqa: FBT001 - as above
    keyword, _, rest = data.partition(b"\x00")
    _unpack(keyword, rest[1:], found, clipped=clipped)


def _international(data: bytes, found: Walk, clipped: bool) -> None:  # noqa: FBT001 - as above
    keyword, _, rest = data.partition(b"\x00")
    packed, rest = rest[:1] == b"\x01", rest[2:]
    language, _, rest = rest.partition(b"\x00")
    translated, _, text = rest.partition(b"\x00")
    if len(language + translated) > _LONGEST_NAME:
        found.add_unknown("keyword", language + b"\n" + translated)
    if packed:
        _unpack(keyword, text, found, clipped=clipped)
    else:
        _text(keyword, text, found, clipped=clipped)


def _colours(data: bytes, found: Walk, _clipped: bool) -> None:  # noqa: FBT001 - as above
    """Add the texts of a colour profile. One that is broken or long says nothing more: it is no metadata."""
    keyword, _, rest = data.partition(b"\x00")
    profile = b""
    if (room := min(found.room(), MOST_UNKNOWN_BYTES)) > 0:
        with suppress(zlib.error):
            profile = zlib.decompressobj().decompress(rest[1:], room)
    found.unpacked(len(profile))
    found.add_unknown("iCCP", keyword + b"\n" + profile[:MOST_UNKNOWN_BYTES])


_PIXELS = frozenset({b"IDAT", b"fdAT"})
_READERS = {
    b"eXIf": _exif,
    b"zxIf": _packed_exif,
    b"caBX": _jumbf,
    b"tEXt": _plain,
    b"zTXt": _packed,
    b"iTXt": _international,
    b"iCCP": _colours,
}


def _unpack(keyword: bytes, packed: bytes, found: Walk, *, clipped: bool) -> None:
    room = min(found.room(), _LONGEST_TEXT)
    if room <= 0:
        found.complete = False
        return
    text, ended, more = unpack(packed, room)
    found.complete &= not more
    found.unpacked(len(text))
    _text(keyword, text, found, clipped=clipped or not (ended or more))


def _text(keyword: bytes, text: bytes, found: Walk, *, clipped: bool) -> None:
    name = keyword[:_LONGEST_KEYWORD].decode("latin-1").strip()
    if len(keyword) > _LONGEST_NAME:
        found.add_unknown("keyword", keyword)
    if name.lower().startswith(_PROFILE):
        _profile(name[len(_PROFILE) :].lower(), text, found, clipped=clipped)
    elif name == _XMP_KEYWORD:
        found.add("xmp", "XMP", text, clipped=clipped)
    else:
        found.add("text", name, text, clipped=clipped)


def _profile(name: str, text: bytes, found: Walk, *, clipped: bool) -> None:
    digits = b"".join(text.split()[2:])  # after the name and the length
    try:
        data = binascii.unhexlify(digits)
    except ValueError:
        data, clipped = b"", True
    if data.startswith(_TIFF, 6 if data.startswith(_EXIF) else 0):
        found.add("exif", "EXIF", data.removeprefix(_EXIF), clipped=clipped)
    elif name in {"iptc", "8bim"}:
        found.add("iptc", "IPTC", data, clipped=clipped)
    elif name in {"xmp", "app1"}:
        packet = data.find(b"<")
        found.add("xmp", "XMP", data[max(packet, 0) :], clipped=clipped)
    else:
        found.add_unknown(f"{_PROFILE}{name}", data or text)
