"""Unpacking of texts that a file holds packed or in letters, whatever the file says of them.

Packed is what zlib or gzip packed, with their heads or without, or a zip; in letters is what stands in base64 or in hex
digits.
"""

import base64
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

_HEADS = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08", re.DOTALL)
"""How what zlib or gzip packed begins."""
PACKED_WITHIN, _MOST_HEADS = 96, 8
"""Bytes in which such a head may stand, behind a keyword or a length, and how many of them are tried."""
_ZLIB_OR_GZIP, _BARE = 47, -15
_ZIPPED = re.compile(rb"PK\x03\x04.{4}\x08\x00.{16}(..)(..)", re.DOTALL)
"""Where a file of a zip begins that is packed: the lengths of its name, and of what else stands before its bytes."""
_LETTERS = re.compile(rb"[A-Za-z0-9+/_-]{32,}(?:\r?\n[A-Za-z0-9+/_-]+)*", re.DOTALL)
"""A run of base64, of the kind for addresses too, or of hex digits; in lines, as mail has it."""
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2})+")
_FOR_ADDRESSES = bytes.maketrans(b"-_", b"+/")
_ZEROS = re.compile(rb"\x00+")
_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LEAST_BARE, _LETTERS_WITHIN = 16, 4_096
MOST_BYTES, MOST_IN_ALL_BYTES = 1024 * 1024, 4 * 1024 * 1024
"""Of what is packed where no format has it packed: of one part, and of one file."""


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


class Packed:
    """What is packed, or in letters, in the parts of one file: so much of it in all as is looked at."""

    def __init__(self) -> None:
        self._left = MOST_IN_ALL_BYTES

    def within(self, data: bytes, within: int = PACKED_WITHIN) -> Iterator[bytes]:
        """Yield what is packed, or in letters, in bytes of any meaning, and once more in what comes out.

        It begins in the first ``within`` of them, letters in the first 4,096. Much that only looks like it comes along:
        who asks looks for words in it.
        """
        for said in self._counted(_within(data, within)):
            yield said
            yield from self._counted(_within(said, PACKED_WITHIN))

    def _counted(self, found: Iterator[bytes]) -> Iterator[bytes]:
        while self._left > 0 and (said := next(found, None)) is not None:
            self._left -= len(said)
            yield said


def _within(data: bytes, within: int) -> Iterator[bytes]:
    yield from _with_heads(data, MOST_BYTES, within)
    yield from _zipped(data, MOST_BYTES)
    if bare := _bare(data, MOST_BYTES, within):
        yield bare
    for run in _runs(data, max(within, _LETTERS_WITHIN)):
        yield _in_letters(run[0][: 2 * MOST_BYTES])[:MOST_BYTES]


def _with_heads(data: bytes, room: int, within: int) -> Iterator[bytes]:
    for head in islice(_HEADS.finditer(data, 0, within), _MOST_HEADS):
        stream = zlib.decompressobj(_ZLIB_OR_GZIP)
        with suppress(zlib.error):
            if unpacked := stream.decompress(data[head.start() :], room):
                yield unpacked


def _zipped(data: bytes, room: int) -> Iterator[bytes]:
    """Yield the files of a zip, the first few of them, wherever it begins."""
    for head in islice(_ZIPPED.finditer(data), _MOST_HEADS):
        begins = head.end() + sum(int.from_bytes(length, "little") for length in head.groups())
        with suppress(zlib.error):
            if unpacked := zlib.decompressobj(_BARE).decompress(data[begins:], room):
                yield unpacked


def _bare(data: bytes, room: int, within: int) -> bytes:
    """Return the text that was packed without a head, begun at the beginning or behind zeros; ``b""`` without one.

    Such packing has no mark, so it counts only where it ends, and what comes out is a text.
    """
    for at in (0, *(zeros.end() for zeros in islice(_ZEROS.finditer(data, 0, within), _MOST_HEADS))):
        stream = zlib.decompressobj(_BARE)
        with suppress(zlib.error, UnicodeDecodeError):
            text = stream.decompress(data[at:], room)
            if stream.eof and len(text) >= _LEAST_BARE and not _NO_TEXT.search(text) and text.decode():
                return text
    return b""


def _runs(data: bytes, within: int) -> Iterator[re.Match[bytes]]:
    """Yield the runs of letters that begin in the first ``within`` bytes, a few of them."""
    at = 0
    for _ in range(_MOST_HEADS):
        run = _LETTERS.search(data, at)
        if run is None or run.start() >= within:
            return
        yield run
        at = run.end()


def _in_letters(run: bytes) -> bytes:
    letters = b"".join(run.split())
    if _HEX.fullmatch(letters):
        return bytes.fromhex(letters.decode())
    letters = letters.translate(_FOR_ADDRESSES)
    return base64.b64decode(letters[: len(letters) - len(letters) % 4] + _rest(letters))


def _rest(letters: bytes) -> bytes:
    """Return the last two or three letters, filled up to four; ``b""`` where there are none."""
    left = letters[len(letters) - len(letters) % 4 :]
    return left.ljust(4, b"=") if len(left) > 1 else b""
