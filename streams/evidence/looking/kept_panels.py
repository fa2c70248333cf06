"""A collage as it is kept: the features of the whole picture, and each panel as a photo of its own with its place.

What is kept of another photo are its bare features.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from streams.errors import MediaUnreadable
from streams.evidence.features.matching import Matrix
from streams.evidence.looking import kept_list, kept_stills
from streams.evidence.looking.panels import Box
from streams.wording import causes

_MAGIC = b"RSC2"
_HEAD = struct.Struct(">4sHI?")
_PANEL = struct.Struct(">32sIIIIIII")


@dataclass(frozen=True, slots=True)
class KeptPanel:
    """A panel: its file's SHA-256, its place in the whole photo (px, upright), and its packed features.

    ``size`` is the whole photo's width and height.
    """

    sha256: str
    box: Box
    size: tuple[int, int]
    features: bytes

    @property
    def place(self) -> Matrix:
        """What takes places in the panel to places in the whole photo, both as shares of width and height."""
        (width, height), box = self.size, self.box
        return np.array([[box.width / width, 0, box.x / width], [0, box.height / height, box.y / height], [0, 0, 1]])


def pack(whole: bytes, panels: Sequence[KeptPanel], *, laid_in: bool = False) -> bytes:
    """Return the features of a whole picture and its panels as bytes.

    ``laid_in`` says that the panels lie in a photo which is one of its own beside them.
    """
    looks = [((bytes.fromhex(one.sha256), *_numbers(one)), one.features) for one in panels]
    return _HEAD.pack(_MAGIC, len(panels), len(whole), laid_in) + whole + kept_list.pack(_PANEL, looks)


def _numbers(one: KeptPanel) -> tuple[int, ...]:
    return one.box.x, one.box.y, one.box.width, one.box.height, *one.size


def whole(packed: bytes) -> bytes:
    """Return the features of a photo as a whole, collage or not; raises :class:`MediaUnreadable` when damaged."""
    if not packed.startswith(_MAGIC):
        return packed
    _, size, _ = _head(packed)
    return packed[_HEAD.size : _HEAD.size + size]


def are_laid_in(packed: bytes) -> bool:
    """Return whether a photo's panels lie in it and it is one of its own beside them; False of what is no collage.

    Raises :class:`MediaUnreadable` when it is damaged.
    """
    return packed.startswith(_MAGIC) and _head(packed)[2]


def _head(packed: bytes) -> tuple[int, int, bool]:
    """Return how many panels there are, the bytes of the whole's features, and whether the panels are laid in."""
    try:
        _, count, size, laid_in = _HEAD.unpack_from(packed)
    except struct.error as exc:
        raise MediaUnreadable(causes.KEPT_LOOK_DAMAGED) from exc
    return count, size, laid_in


def unpack(packed: bytes) -> list[KeptPanel]:
    """Return the panels that :func:`pack` took; none of what is no collage.

    Raises :class:`MediaUnreadable` when they are damaged.
    """
    if not packed.startswith(_MAGIC):
        return []
    looks = kept_list.unpack(_PANEL, packed, _HEAD, len(whole(packed)))
    return [
        KeptPanel(sha256.hex(), Box(x, y, width, height), (across, down), features)
        for (sha256, x, y, width, height, across, down), features in looks
    ]


def part(number: int) -> str:
    """Return the name of a panel as a part of its medium, from its place in the list."""
    return f"p{number + 1}"


def parts(packed: bytes) -> list[tuple[str, str]]:
    """Return the name and the file's SHA-256 of every part of a medium: stills of a moving picture, or panels."""
    stills = [(kept_stills.part(number), one.sha256) for number, one in enumerate(kept_stills.unpack(packed))]
    return stills or [(part(number), one.sha256) for number, one in enumerate(unpack(packed))]
