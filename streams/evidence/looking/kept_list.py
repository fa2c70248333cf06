"""A list of looks as it is kept, of stills or of panels: for each a head of fixed length, then its packed features."""

import struct
from collections.abc import Iterator, Sequence
from typing import Any

from streams.errors import MediaUnreadable
from streams.wording import causes

Head = tuple[Any, ...]


def pack(form: struct.Struct, looks: Sequence[tuple[Head, bytes]]) -> bytes:
    """Return looks as bytes; each head is as ``form`` says, whose last number is the length of the features."""
    return b"".join(form.pack(*head, len(features)) + features for head, features in looks)


def unpack(form: struct.Struct, packed: bytes, start: struct.Struct, whole: int = 0) -> list[tuple[Head, bytes]]:
    """Return the looks that :func:`pack` took, which stand behind ``start`` and ``whole`` bytes more.

    The second number of ``start`` is how many they are. Raises :class:`MediaUnreadable` when they are damaged.
    """
    try:
        return list(_looks(form, packed, start.size + whole, start.unpack_from(packed)[1]))
    except struct.error as exc:
        raise MediaUnreadable(causes.KEPT_LOOK_DAMAGED) from exc


def _looks(form: struct.Struct, packed: bytes, at: int, count: int) -> Iterator[tuple[Head, bytes]]:
    for _ in range(count):
        *head, size = form.unpack_from(packed, at)
        at += form.size + size
        if at > len(packed):
            raise MediaUnreadable(causes.KEPT_LOOK_DAMAGED)
        yield tuple(head), packed[at - size : at]
