"""Stills of a moving picture as they are kept: each is a picture file of its own, known by its bytes and its features.

What is kept of a photo are its bare features; of a moving picture the packed list of its stills.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from streams.evidence.looking import kept_list

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
    looks = [((one.at_ms, bytes.fromhex(one.sha256), one.width, one.height), one.features) for one in stills]
    return _COUNT.pack(_MAGIC, len(stills)) + kept_list.pack(_STILL, looks)


def unpack(packed: bytes) -> list[KeptStill]:
    """Return the stills that :func:`pack` took; a photo's features hold none.

    Raises :class:`MediaUnreadable` when they are damaged.
    """
    if not packed.startswith(_MAGIC):
        return []
    return [
        KeptStill(at_ms, sha256.hex(), width, height, features)
        for (at_ms, sha256, width, height), features in kept_list.unpack(_STILL, packed, _COUNT)
    ]


def part(number: int) -> str:
    """Return the name of a still as a part of its medium, from its place in the list."""
    return f"s{number + 1}"
