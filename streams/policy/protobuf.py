"""Fields of a protobuf message by their numbers, without its schema: CEL hands its syntax tree over in that form."""

import struct
from collections.abc import Iterator


class Fields:
    """The fields of one message; a nested message is bytes, to be read in its turn."""

    def __init__(self, found: dict[int, list[int | bytes]]) -> None:
        self._found = found

    def all(self, number: int) -> list[bytes]:
        """Return every value of a field of texts, bytes or messages."""
        return [one for one in self._found.get(number, []) if isinstance(one, bytes)]

    def one(self, number: int) -> bytes | None:
        """Return the last value of such a field, None where it has none."""
        return next(iter(reversed(self.all(number))), None)

    def text(self, number: int) -> str | None:
        """Return the text of a field, None where it has none."""
        found = self.one(number)
        return None if found is None else found.decode(errors="replace")

    def number(self, number: int) -> int | None:
        """Return the whole number of a field, as it is encoded: signed ones below zero come as large ones."""
        return next((one for one in reversed(self._found.get(number, [])) if isinstance(one, int)), None)

    def double(self, number: int) -> float | None:
        """Return the double of a field, None where it has none."""
        found = self.number(number)
        return None if found is None else float(struct.unpack("<d", found.to_bytes(8, "little"))[0])


def fields(message: bytes | None) -> Fields:
    """Return the fields of a message; raises ValueError for bytes that are none."""
    found: dict[int, list[int | bytes]] = {}
    for number, value in _read(message or b""):
        found.setdefault(number, []).append(value)
    return Fields(found)


def _read(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _varint(message, at)
            yield number, value
        elif kind in {1, 5}:
            size = 8 if kind == 1 else 4
            yield number, int.from_bytes(message[at : at + size], "little")
            at += size
        elif kind == 2:  # noqa: PLR2004 - the wire type of what has a length
            size, at = _varint(message, at)
            yield number, message[at : at + size]
            at += size
        else:
            msg = f"no protobuf message: wire type {kind}"
            raise ValueError(msg)


def _varint(message: bytes, at: int) -> tuple[int, int]:
    if at < len(message) and message[at] < 0x80:  # noqa: PLR2004 - as most: one byte
        return message[at], at + 1
    value = shift = 0
    while True:
        if at >= len(message):
            msg = "no protobuf message: it ends within a number"
            raise ValueError(msg)
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:  # noqa: PLR2004 - the last byte of a number
            return value, at
