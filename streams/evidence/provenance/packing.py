"""Unpacking of texts that a file holds packed: by zlib, by gzip, or without a head, whatever the file says of them."""

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

_HEADS = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08", re.DOTALL)
"""How what zlib or gzip packed begins."""
_BEFORE, _MOST_HEADS = 96, 8
"""Bytes in which such a head may stand, behind a keyword or a length, and how many of them are tried."""
_ZLIB_OR_GZIP, _BARE = 47, -15


def unpack(data: bytes, room: int) -> tuple[bytes, bool, bool]:
    """Return at most ``room`` bytes (1 or more) of what was packed, whether it ended, and whether there is more of it.

    What is packed in no way that is known gives ``b""``, without an end and without more.
    """
    for way in (_ZLIB_OR_GZIP, _BARE):
        stream = zlib.decompressobj(way)
        try:
            unpacked = stream.decompress(data, room)
        except zlib.error:
            continue
        return unpacked, stream.eof, bool(stream.unconsumed_tail)
    return b"", False, False


def packed_within(data: bytes, room: int, within: int = _BEFORE) -> Iterator[bytes]:
    """Yield what is packed in bytes of any meaning, begun in the first ``within`` of them: ``room`` bytes of it."""
    for head in islice(_HEADS.finditer(data, 0, within), _MOST_HEADS):
        stream = zlib.decompressobj(_ZLIB_OR_GZIP)
        with suppress(zlib.error):
            if unpacked := stream.decompress(data[head.start() :], room):
                yield unpacked
