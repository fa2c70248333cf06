"""Stills of a moving picture as they are kept: each is a picture file of its own, known by its bytes and its features.

What is kept of a photo are its bare features; of a moving picture the packed list of its stills.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from streams.errors import MediaUnreadable
from streams.wording import causes

MOST_STILLS = 24
"""Scenes of which a still is kept: all that a telephone stores whole in half a minute. Each still of a claim is
compared with each photo, by features, in 3 ms."""

_MAGIC = b"RSV2"
_COUNT = struct.Struct(">4sH")
_STILL = struct.Struct(">I32sIII")


@dataclass(frozen=True, slots=True)
class KeptStill:
    """A still: its time (ms), its file's SHA-256, the size of the whole frame (px), and its packed features."""

    at_ms: int
    sha256: str
    width: int
    height: int
    features: bytes


def pack(stills: Sequence[KeptStill]) -> bytes:
    """Return stills as bytes."""
    parts = [
        _STILL.pack(one.at_ms, bytes.fromhex(one.sha256), one.width, one.height, len(one.features)) + one.features
        for one in stills
    ]
    return _COUNT.pack(_MAGIC, len(stills)) + b"".join(parts)


def unpack(packed: bytes) -> list[KeptStill]:
    """Return the stills that :func:`pack` took; a photo's features hold none.

    Raises :class:`MediaUnreadable` when they are damaged.
    """
    if not packed.startswith(_MAGIC):
        return []
    try:
        return list(_unpacked(packed))
    except struct.error as exc:
        raise MediaUnreadable(causes.KEPT_LOOK_DAMAGED) from exc


def _unpacked(packed: bytes) -> Iterator[KeptStill]:
    _, count = _COUNT.unpack_from(packed)
    at = _COUNT.size
    for _ in range(count):
        at_ms, sha256, width, height, size = _STILL.unpack_from(packed, at)
        at += _STILL.size + size
        yield KeptStill(at_ms, sha256.hex(), width, height, packed[at - size : at])


def part(number: int) -> str:
    """Return the name of a still as a part of its medium, from its place in the list."""
    return f"s{number + 1}"
