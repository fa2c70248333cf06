"""Decoding of texts whose encoding a file does not state."""

from collections.abc import Iterator

_PREFIX = 8
"""Bytes before a comment's text that name its character code."""
_CODES = (b"ASCII\x00\x00\x00", b"UNICODE\x00", b"JIS\x00\x00\x00\x00\x00", bytes(_PREFIX))
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SAMPLE = 512
_LEAST_SIGNS = 4
_EVERY_OTHER = 0.25
"""Share of zeros among every second byte from which a text is UTF-16; Chinese mixed with ASCII has more."""


def decoded(data: bytes) -> str:
    """Return text that is most likely UTF-8, UTF-16 where every other byte says so, else Latin-1. Never raises."""
    return next(readings(data))


def readings(data: bytes) -> Iterator[str]:
    """Yield the text in its likeliest encoding; where that is a guess, in other common ones too."""
    for code in _CODES[:3]:
        data = data.removeprefix(code)  # of EXIF comments; some writers put it before other texts too
    if order := _wide_order(data):
        yield data.decode(order, "replace")
        return
    try:
        yield data.decode("utf-8")
    except UnicodeDecodeError:
        yield data.decode("latin-1")
        yield data.decode("gb18030", "replace")
        yield data.decode("utf-16-le", "replace")
        yield data.decode("utf-16-be", "replace")


def comment(value: bytes, byte_order: str) -> Iterator[str]:
    """Yield an EXIF UserComment: 8 bytes that name the character code, and the text; without them, the text alone.

    ``byte_order`` is that of the block, as struct's sign. Where the code may be wrong, other readings follow.
    """
    code, text = value[:_PREFIX].upper(), value[_PREFIX:]
    if code not in _CODES:
        yield from readings(value)
    elif code == b"UNICODE\x00" or b"\x00" in text[:2]:
        yield _wide(text, byte_order)
        if b"\x00" not in text.rstrip(b"\x00"):
            yield from readings(text)
    else:
        if code.startswith(b"JIS"):
            yield _japanese(text)
        yield from readings(text)


def wide(value: bytes) -> Iterator[str]:
    """Yield the text of a Windows comment: UTF-16 in little-endian order, and what others may have put there."""
    yield value.decode(_wide_order(value) or "utf-16-le", "replace")
    if b"\x00" not in value.rstrip(b"\x00"):
        yield decoded(value)


def within(data: bytes) -> Iterator[str]:
    """Yield the text among other bytes: once with zeros as ends of texts, once without them, for UTF-16."""
    yield data.replace(b"\x00", b"\n").decode("utf-8", "replace")
    if data.count(0) > _EVERY_OTHER * len(data):
        yield data.replace(b"\x00", b"").decode("utf-8", "replace")


def printable(value: bytes) -> bool:
    """Return whether bytes are ASCII without zeros between them, and so hardly UTF-16."""
    start = value.rstrip(b"\x00")
    return start.isascii() and b"\x00" not in start


def _wide_order(data: bytes) -> str:
    """Return Python's name of the UTF-16 or UTF-32 that a text is in, "" where it is in another encoding."""
    if order := _widest_order(data):
        return order
    if data[:2] in _MARKS:
        return "utf-16"
    sample = data[:_SAMPLE].rstrip(b"\x00")
    first, second = sample[::2].count(0), sample[1::2].count(0)
    if max(first, second) <= _EVERY_OTHER * len(sample) / 2 or min(first, second) > max(first, second) / 4:
        return ""
    return "utf-16-le" if second > first else "utf-16-be"


def _widest_order(data: bytes) -> str:
    """Return Python's name of the UTF-32 that a text is in, "" for another: two of each four bytes are zero."""
    start = data[: _SAMPLE - _SAMPLE % 4]
    signs = [start[at : at + 4] for at in range(0, len(start) - 3, 4)]
    if len(signs) < _LEAST_SIGNS:
        return ""
    for order, zeros, said in (("utf-32-le", slice(2, 4), 0), ("utf-32-be", slice(0, 2), 3)):
        if all(sign[zeros] == b"\x00\x00" for sign in signs[1:]) and any(sign[said] for sign in signs):
            return order
    return ""


def _wide(text: bytes, byte_order: str) -> str:
    """Return UTF-16 in the order of its mark, else in the likelier order; or UTF-8, which some writers put there."""
    if order := _widest_order(text):
        return text.decode(order, "replace")
    if text[:2] in _MARKS:
        return text.decode("utf-16", "replace")
    if b"\x00" not in text[:2]:
        as_bytes = decoded(text)
        if as_bytes[:1] in {"{", "A"} or printable(text):
            return as_bytes
    orders = ("utf-16-le", "utf-16-be") if byte_order == "<" else ("utf-16-be", "utf-16-le")
    return max((text.decode(order, "replace") for order in orders), key=_likely)


def _likely(text: str) -> int:
    """Return how many letters at a text's beginning are ASCII or common Chinese."""
    return sum(" " <= sign <= "~" or "\u4e00" <= sign <= "\u9fff" for sign in text[:_SAMPLE])


def _japanese(text: bytes) -> str:
    for encoding in ("iso2022_jp", "shift_jis"):
        try:
            return text.decode(encoding)
        except UnicodeDecodeError:
            continue
    return decoded(text)
