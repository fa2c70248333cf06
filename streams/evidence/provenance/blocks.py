"""Blocks of metadata, as a walk over a container finds them, and how much of it is kept."""

from dataclasses import dataclass, field
from typing import Literal, Protocol, overload

Kind = Literal["xmp", "xmp_part", "exif", "iptc", "jumbf", "text", "tag"]

MOST_BLOCKS = 2_048
"""An extended XMP packet of 64 MB has a thousand segments; nothing that is sent as a photo has more."""
MOST_BYTES = 64 * 1024 * 1024
MOST_UNPACKED_BYTES = 16 * 1024 * 1024
"""Of all compressed blocks of one file together."""
MOST_STEPS = 400_000
"""Segments, chunks, boxes or sub-blocks that a walk passes: a GIF of 100 MB has so many."""


class Bytes(Protocol):
    """What a walk reads: bytes in memory, or a video on disk, of which ranges are read as they are asked for."""

    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, at: int, /) -> int: ...
    @overload
    def __getitem__(self, part: slice, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Block:
    """One block. ``name`` is a text's keyword or a tag's name, else where it stood.

    ``clipped`` says that a part of it is missing.
    """

    kind: Kind
    name: str
    data: bytes
    clipped: bool = False


@dataclass(slots=True)
class Walk:
    """What one walk found. ``complete`` turns False when the file holds more than is read.

    ``broken`` turns True when the file breaks off, or contradicts itself, where metadata may have stood.
    """

    blocks: list[Block] = field(default_factory=list)
    complete: bool = True
    broken: bool = False
    _bytes: int = 0
    _unpacked: int = 0
    _steps: int = 0

    def add(self, kind: Kind, name: str, data: bytes, *, clipped: bool = False) -> None:
        """Keep a block, as long as there is room."""
        self._bytes += len(data)
        if len(self.blocks) >= MOST_BLOCKS or self._bytes > MOST_BYTES:
            self.complete = False
            return
        self.blocks.append(Block(kind, name, data, clipped))

    def step(self) -> bool:
        """Count one step; return whether the walk may go on."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            self.complete = False
        return self._steps <= MOST_STEPS

    def room(self) -> int:
        """Return how many bytes may still be unpacked."""
        return MOST_UNPACKED_BYTES - self._unpacked

    def unpacked(self, size: int) -> None:
        """Count bytes that were unpacked."""
        self._unpacked += size
