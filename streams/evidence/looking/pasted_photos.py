"""Photographs that were pasted onto a flat ground, as programs for collages do that keep the shape of each photo.

No seam goes through such a picture. A pasted photo has four straight sides on the ground; what is left beside it is
goods that are cut out, a listing for one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.files.decoding import Grey

_STEP = 2
"""Every second row and column is looked at."""
_GROUND, _NEAR = 0.2, 8
"""Least share of a picture that is flat ground, and by how many levels that may differ from the most frequent one."""
_STRAIGHT, _WITHIN = 0.85, 2
"""A side is straight where so much of it is not ground, on the best of the two lines at the edge."""
_LEAST = 0.02
"""Least share of the picture's area that a pasted photo or cut-out goods have."""
_JOINED = 7
"""Gap in pixels up to which pieces of cut-out goods count as one."""

Mask = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Pasted:
    """Something on a flat ground, in pixels of the picture; ``straight`` says whether all its sides are."""

    x: int
    y: int
    width: int
    height: int
    straight: bool


def pasted(grey: Grey) -> list[Pasted]:
    """Return what lies on the flat ground of a working picture.

    Nothing where the picture has no such ground, or no straight photo beside something else on it.
    """
    small = np.ascontiguousarray(grey[::_STEP, ::_STEP])
    counts = cv2.calcHist([small], [0], None, [256], [0, 256]).ravel()
    shade = int(counts.argmax())
    if counts[max(0, shade - _NEAR) : shade + _NEAR + 1].sum() < _GROUND * small.size:
        return []
    ground = cv2.inRange(small, np.array(shade - _NEAR), np.array(shade + _NEAR))
    found = list(_found(np.asarray(cv2.bitwise_not(ground), np.uint8)))
    return found if any(one.straight for one in found) and len(found) > 1 else []


def _found(other: Mask) -> Iterator[Pasted]:
    """Yield the straight photos, then the rest; ``other`` is 255 where there is no ground."""
    left = other.copy()
    for x, y, width, height in _boxes(other):
        if _is_straight(other[y : y + height, x : x + width]):
            left[y : y + height, x : x + width] = 0
            yield _whole_size(x, y, width, height, straight=True)
    joined = cv2.morphologyEx(left, cv2.MORPH_CLOSE, np.ones((_JOINED, _JOINED), np.uint8))
    for x, y, width, height in _boxes(np.asarray(joined, np.uint8)):
        yield _whole_size(x, y, width, height, straight=False)


def _boxes(mask: Mask) -> Iterator[tuple[int, int, int, int]]:
    """Yield the frame of each connected area that is large enough."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    for x, y, width, height, _ in stats[1:].tolist():
        if width * height >= _LEAST * mask.size:
            yield x, y, width, height


def _is_straight(mask: Mask) -> bool:
    sides = mask[:_WITHIN], mask[-_WITHIN:], mask[:, :_WITHIN].T, mask[:, -_WITHIN:].T
    return all(float((side > 0).mean(axis=1).max()) >= _STRAIGHT for side in sides)


def _whole_size(x: int, y: int, width: int, height: int, *, straight: bool) -> Pasted:
    return Pasted(x * _STEP, y * _STEP, width * _STEP, height * _STEP, straight)
