"""Blocks of metadata that were found in a container, and the limits of how much is kept."""

import re
from dataclasses import dataclass, field
from typing import Literal, Protocol, overload

from streams.evidence.provenance import gb45438, generators
from streams.evidence.provenance.packing import Packed

Kind = Literal["xmp", "xmp_part", "exif", "iptc", "jumbf", "text", "bytes", "tag"]
"""What a block holds; ``bytes`` may be anything, with a text among them."""

MOST_BLOCKS = 2_048
"""An extended XMP packet of 64 MB has a thousand segments; nothing that is sent as a photo has more."""
MOST_BYTES = 64 * 1024 * 1024
MOST_UNPACKED_BYTES = 16 * 1024 * 1024
"""Of all compressed blocks of one file together."""
MOST_REST_BYTES = 65_536
"""Of what stands behind the picture: a telephone's film of the moment may be megabytes."""
LEAST_UNKNOWN_BYTES, MOST_UNKNOWN_BYTES = 8, 1024 * 1024
"""Of one part of a file whose meaning nobody knows: a shorter one says nothing, a longer one is no text."""
_SURE_WORDS = (b"AIGC", b"aigc", b"A\x00I\x00G\x00C", b"class_type", b"Steps: ", b"egative prompt", b"AlgorithmicMedia")
_SAID = re.compile(rb"(?:AIGC|aigc|class_type|Steps: |egative prompt|AlgorithmicMedia|arameters|ampler)[\t\n\r -~]{8}")
"""Words of labels and settings, and readable signs behind them: among packed pixels they hardly stand by chance."""
_AROUND, _MOST_PLACES = 16_384, 4
"""Bytes around such a word that are kept, and how many places of one word: it may stand there by chance."""
_BEFORE_SAID = 4_096
_FILM = b"ftyp"
MOST_STEPS = 400_000
"""Most segments, chunks, boxes or sub-blocks that a walk passes: as many as a GIF of 100 MB has."""


END_OF_FILE = "end of file"
"""The name of a block that stands behind the picture."""
_MANIFEST = b"jumdc2pa"
"""How a C2PA manifest begins, after its first twelve bytes: the name and the kind of its describing box."""
_BEFORE_ITS_NAME = 12
"""Bytes of a manifest before that: two lengths and a name."""


class Bytes(Protocol):
    """What a walk reads: bytes in memory, or a video on disk, of which ranges are read as they are asked for."""

    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, at: int, /) -> int: ...
    @overload
    def __getitem__(self, part: slice, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Block:
    """One block of metadata. ``name`` is a text's keyword or a tag's name, of other blocks the place in the file.

    ``clipped`` says that a part of the block is missing.
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
    rest_at: int | None = None
    """Where something stands behind the picture."""
    _bytes: int = 0
    _unpacked: int = 0
    _packed: Packed = field(default_factory=Packed)
    _steps: int = 0

    def add(self, kind: Kind, name: str, data: bytes, *, clipped: bool = False) -> None:
        """Keep a block, as long as there is room."""
        self._bytes += len(data)
        if len(self.blocks) >= MOST_BLOCKS or self._bytes > MOST_BYTES:
            self.complete = False
            return
        self.blocks.append(Block(kind, name, data, clipped))
        if kind == "text":
            self._add_packed(name, data)

    def add_unknown(self, name: str, data: bytes) -> None:
        """Keep bytes whose meaning nobody knows, where they hold a word of a label or of generators, packed or not."""
        if LEAST_UNKNOWN_BYTES <= len(data) <= MOST_UNKNOWN_BYTES:
            if _telling(data):
                self.add("bytes", name, data)
            self._add_packed(name, data)

    def _add_packed(self, name: str, data: bytes) -> None:
        for unpacked in self._packed.within(data):
            if _telling(unpacked):
                self.add("bytes", name, unpacked)

    def add_behind_pixels(self, name: str, file: Bytes, start: int, end: int) -> None:
        """Keep a text at the end of a picture's packed data, from ``start`` to ``end``, where no decoder looks."""
        tail = file[max(start, end - MOST_REST_BYTES) : end]
        said = _SAID.search(tail)
        if said and not any(said.group() in block.data for block in self.blocks):  # an item of a HEIC stands there too
            self.add("bytes", name, tail[max(0, said.start() - _BEFORE_SAID) :])

    def add_rest(self, file: bytes, at: int, first_end: int | None = None) -> None:
        """Keep the two ends of what stands behind the last picture, and a manifest that stands behind the first.

        (What looks like a further picture may be the thumbnail inside a manifest.) Between those two ends, what stands
        around the surest words is kept; a film there is read by its boxes.
        """
        if rest := file[at : at + MOST_REST_BYTES]:
            self.rest_at = at
            self.add("bytes", END_OF_FILE, rest)
            self._add_packed(END_OF_FILE, file[at : at + MOST_UNKNOWN_BYTES])
        if last := file[max(at + MOST_REST_BYTES, len(file) - MOST_REST_BYTES) :]:
            self.add("bytes", END_OF_FILE, last)
        if (middle := at + MOST_REST_BYTES) < len(file) - MOST_REST_BYTES:
            film = file.find(_FILM, at)
            self._add_around_words(file, middle, len(file) - MOST_REST_BYTES if film < 0 else film)
        self.add_manifest(END_OF_FILE, file, at if first_end is None else first_end)

    def add_said(self, name: str, data: bytes) -> None:
        """Keep what stands around the surest words in a large block of any meaning, where readable signs follow."""
        self._add_around_words(data, 0, len(data))
        self.blocks = [Block(one.kind, name, one.data) for one in self.blocks if _SAID.search(one.data)]

    def _add_around_words(self, file: bytes, at: int, end: int) -> None:
        for word in _SURE_WORDS if at < end else ():
            place = at
            for _ in range(_MOST_PLACES):
                place = file.find(word, place, end)
                if place < 0:
                    break
                self.add("bytes", END_OF_FILE, file[max(at, place - _AROUND) : place + _AROUND])
                place += _AROUND

    def add_manifest(self, name: str, data: bytes, at: int = 0) -> None:
        """Keep the C2PA manifest that stands among other bytes from ``at`` on, if there is one."""
        start = data.find(_MANIFEST, at) - _BEFORE_ITS_NAME
        if start >= at:
            size = int.from_bytes(data[start : start + 4], "big")
            self.add("jumbf", name, data[start : start + size], clipped=start + size > len(data))

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


def _telling(data: bytes) -> bool:
    return generators.mentioned(data) or gb45438.mentioned(data)
