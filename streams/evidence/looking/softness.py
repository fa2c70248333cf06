"""Whether a photo is soft nearly all over, as a small part that was enlarged is, or a picture blurred around one place.

A camera's photo has as much detail in its finest octave as in the next one, wherever it has any; one that was enlarged
has not. Damage painted into a listing is often sent so, and what the listing had to compare with is gone then: a better
photo is asked for, and nobody is suspected. Ground that is out of focus behind goods has coarse detail alone: it is
asked of the second share only, as one part of the picture.
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from schemas.records import Reading
from streams.evidence.files.decoding import Grey
from streams.evidence.readings import measured

VERSION = "softness/1"

_TILES, _FEWEST = 6, 3
"""Tiles in each direction, and how many must have detail to say something."""
_PLAIN, _LEAST_SIDE, _RIM, _WHOLE = 24, 96, 40, 0.9
"""Grey levels within which a row or a column is plain, and the least sides of what is left between plain ones. Of a
side shorter than the last share of the picture's a fortieth is left out at either end: a frame's edges are sharp."""
_LEVELS, _STEPS = 5, 64
"""Octaves that are looked at, and steps of a grey level that are told apart."""


@dataclass(frozen=True, slots=True)
class _Octaves:
    """An octave of detail and a coarser one: a tile is soft where the first has less than ``most`` of the second.

    Asked are tiles whose coarser one has a standard deviation of ``least`` grey levels.
    """

    fine: int
    coarse: int
    least: float
    most: float


_ENLARGED, _BLURRED = _Octaves(0, 1, 2.0, 0.5), _Octaves(2, 4, 5.0, 0.32)
"""Of 303 photos of catalogues and of printed goods one is soft as the packaged policy asks, of 434 of the latter that
were cut, turned, lit or brought nearer none; of 33 forged ones that nothing else told 18."""

Detail = npt.NDArray[np.int16]
Shares = tuple[float, float, float, float]


def softness(grey: Grey) -> tuple[Reading, ...]:
    """Return ``enlarged_share`` and ``blurred_share`` of a working picture, 0 to 1; 0 where it has too few details.

    Shares of the places that have detail at all: of those without the finest, and of those without even coarse detail.
    The first is asked between plain borders, such as those of a gallery's screenshot. Deterministic.
    """
    octaves = _octaves(grey)
    return (
        measured("enlarged_share", _soft(octaves, _ENLARGED, _between_plain(grey)), "share of detail", VERSION),
        measured("blurred_share", _soft(octaves, _BLURRED, (0.0, 0.0, 1.0, 1.0)), "share of detail", VERSION),
    )


def _octaves(grey: Grey) -> list[Detail]:
    """Return detail in steps, the finest first; each octave has half the sides of the one before."""
    seen: Detail = grey.astype(np.int16) * _STEPS
    found: list[Detail] = []
    while len(found) < _LEVELS and min(seen.shape) >= 2 * _TILES:
        smaller = cv2.pyrDown(seen)
        found.append(np.asarray(seen - cv2.pyrUp(smaller, dstsize=seen.shape[::-1]), np.int16))
        seen = np.asarray(smaller, np.int16)
    return found


def _soft(octaves: list[Detail], asked: _Octaves, within: Shares) -> float:
    if len(octaves) <= asked.coarse:
        return 0.0
    fine, coarse = (_spread(octaves[at], within) for at in (asked.fine, asked.coarse))
    there = coarse > asked.least
    if np.count_nonzero(there) < _FEWEST:
        return 0.0
    return round(float((fine[there] < asked.most * coarse[there]).mean()), 4)


def _spread(detail: Detail, within: Shares) -> npt.NDArray[np.float64]:
    """Return the standard deviation of each tile, in grey levels; ``within`` are its edges as shares of the sides."""
    height, width = detail.shape
    left, top, right, bottom = within
    rows = np.linspace(top * height, bottom * height, _TILES + 1).astype(int)
    columns = np.linspace(left * width, right * width, _TILES + 1).astype(int)
    return np.array(
        [
            float(cv2.meanStdDev(detail[upper:lower, first:last])[1][0, 0]) / _STEPS
            for upper, lower in pairwise(rows)
            for first, last in pairwise(columns)
        ]
    )


def _between_plain(grey: Grey) -> Shares:
    """Return the longest run of rows, and of columns in it, that are not plain, as shares of the sides."""
    top, bottom = _longest(grey, 1)
    left, right = _longest(grey[top:bottom], 0)
    return left / grey.shape[1], top / grey.shape[0], right / grey.shape[1], bottom / grey.shape[0]


def _longest(grey: Grey, axis: int) -> tuple[int, int]:
    whole = grey.shape[1 - axis]
    lines = grey.max(axis=axis).astype(np.int16) - grey.min(axis=axis)
    steps = np.diff(np.concatenate([[0], lines > _PLAIN, [0]]).astype(np.int8))
    starts, ends = np.flatnonzero(steps > 0), np.flatnonzero(steps < 0)
    if not len(starts):
        return 0, whole
    at = int(np.argmax(ends - starts))
    first, last = int(starts[at]), int(ends[at])
    if last - first < _LEAST_SIDE:
        return 0, whole
    rim = 0 if last - first >= _WHOLE * whole else max(3, (last - first) // _RIM)
    return first + rim, last - rim
