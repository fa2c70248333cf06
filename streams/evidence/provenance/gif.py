"""Metadata of a GIF: its comments and application extensions."""

from streams.evidence.provenance.blocks import Walk

_EXTENSION, _IMAGE, _APPLICATION, _COMMENT, _PLAIN = 0x21, 0x2C, 0xFF, 0xFE, 0x01
_XMP, _C2PA = b"XMP DataXMP", b"C2PA_GIF"
_HAS_COLOURS, _COLOURS = 0x80, 0x07


def walk(photo: bytes, found: Walk) -> None:
    """Add the metadata of a GIF, of all its frames."""
    at = 13 + _colour_table(photo, 10)
    while at < len(photo) and found.step():
        if photo[at] == _EXTENSION:
            at = _extension(photo, at, found)
        elif photo[at] == _IMAGE:
            start = at + 11 + _colour_table(photo, at + 9)
            at = _after(photo, start, found)
            pixels = _joined(photo, start, at)
            found.add_behind_pixels("picture", pixels, 0, len(pixels))
        else:
            at += 1
            break
    else:
        found.broken = True  # a comment may have stood behind the last frame
    found.add_rest(photo, at)


def _colour_table(photo: bytes, at: int) -> int:
    """Return how many bytes the colour table has that the flags at ``at`` announce."""
    flags = photo[at] if at < len(photo) else 0
    return 3 << ((flags & _COLOURS) + 1) if flags & _HAS_COLOURS else 0


def _extension(photo: bytes, at: int, found: Walk) -> int:
    kind, start = photo[at + 1 : at + 2], at + 2
    after = _after(photo, start, found)
    clipped = after > len(photo)
    if kind == bytes([_COMMENT]):
        found.add("text", "comment", _joined(photo, start, after), clipped=clipped)
    elif kind == bytes([_APPLICATION]):
        name, content = photo[start + 1 : start + 12], start + 12
        if name == _XMP:
            found.add("xmp", "XMP", _packet(photo, content, after), clipped=clipped)
        elif name.startswith(_C2PA):
            found.add("jumbf", "C2PA_GIF", _joined(photo, content, after), clipped=clipped)
        else:
            found.add_unknown(name.decode("latin-1"), _joined(photo, content, after))
    elif kind == bytes([_PLAIN]):
        found.add_unknown("plain text", _joined(photo, start, after))
    return after


def _packet(photo: bytes, start: int, end: int) -> bytes:
    """Return an XMP packet. It is stored without sub-block lengths; a trailer stops readers of sub-blocks."""
    if photo[start : start + 1] != b"<":
        return _joined(photo, start, end)
    return photo[start : photo.rfind(b">", start, end) + 1]


def _joined(photo: bytes, at: int, end: int) -> bytes:
    parts = []
    while at < min(end, len(photo)) and photo[at]:
        parts.append(photo[at + 1 : at + 1 + photo[at]])
        at += 1 + photo[at]
    return b"".join(parts)


def _after(photo: bytes, at: int, found: Walk) -> int:
    """Return the offset after a chain of sub-blocks; beyond the file's length where the file is cut."""
    while at < len(photo) and found.step():
        size = photo[at]
        at += 1 + size
        if not size:
            return at
    return len(photo) + 1
