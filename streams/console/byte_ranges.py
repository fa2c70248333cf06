"""Ranges of bytes as RFC 9110 has them: what a player asks for when somebody jumps to a moment of a video."""

import re

_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")


def asked_range(header: str | None, size: int) -> range | None:
    """Return which of ``size`` bytes are asked for; an empty range where they lie behind the end.

    None: all of them. Several ranges, or what is no range, count as nothing asked for.
    """
    found = _RANGE.fullmatch((header or "").replace(" ", ""))
    if found is None:
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        return range(max(0, size - int(suffix)), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(size, int(last) + 1) if last else size)
