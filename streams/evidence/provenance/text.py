"""Texts in whatever encoding a file's writer chose."""

from streams.evidence.provenance.tiff import Tags

LONGEST = 262_144
_PREFIX = 8
"""Bytes before a comment's text that name its character code."""
_CODES = (b"ASCII\x00\x00\x00", b"UNICODE\x00", b"JIS\x00\x00\x00\x00\x00", bytes(_PREFIX))


def decoded(data: bytes) -> str:
    """Return text that is most likely UTF-8, UTF-16 where every other byte says so, else Latin-1. Never raises."""
    data = data[:LONGEST]
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as exc:
        cut = exc.start >= len(data) - 3 and len(data) == LONGEST
        return data.decode("utf-8", "ignore") if cut else data.decode("latin-1")


def comment(value: bytes, tags: Tags) -> str:
    """Return an EXIF UserComment: 8 bytes that name the character code, and the text; without them, the text alone."""
    code, text = value[:_PREFIX], value[_PREFIX : _PREFIX + LONGEST]
    if code not in _CODES:
        return decoded(value)
    if code == b"UNICODE\x00":
        return _wide(text, tags.byte_order)
    if code.startswith(b"JIS"):
        return _japanese(text)
    return _wide(text, tags.byte_order) if b"\x00" in text[:2] else decoded(text)


def wide(value: bytes) -> str:
    """Return the text of a Windows comment, UTF-16 in little-endian order."""
    return value[:LONGEST].decode("utf-16-le", "replace")


def _wide(text: bytes, byte_order: str) -> str:
    """Return UTF-16 in the order of its mark, else as its first sign says; some writers put UTF-8 there."""
    if text[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return text.decode("utf-16", "replace")
    if b"\x00" not in text[:2]:
        as_bytes = decoded(text)
        if as_bytes[:1] in {"{", "A"}:
            return as_bytes
    little = text[1:2] == b"\x00" or (text[:1] != b"\x00" and byte_order == "<")
    return text.decode("utf-16-le" if little else "utf-16-be", "replace")


def _japanese(text: bytes) -> str:
    for encoding in ("iso2022_jp", "shift_jis"):
        try:
            return text.decode(encoding)
        except UnicodeDecodeError:
            continue
    return decoded(text)
