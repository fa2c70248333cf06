"""Arrows that somebody drew: a straight shaft, and at one end a head that goes back on both sides.

A crack goes on where it bends, and branches to either side all along.
"""

import numpy as np
import numpy.typing as npt

from streams.evidence.pixels.difference import Mask

Places = npt.NDArray[np.float64]
"""Points (n, 2), x and y in pixels."""

_TRIES, _FEWEST = 90, 16
_STRAIGHT = 0.4
"""Share of an arrow that its shaft is at least."""
_HEAD, _EITHER_SIDE = 0.5, 0.2
"""Share of the shaft's length that its head takes at most, and share of the head that lies on either side."""
_MOSTLY = 0.9
"""Share of what is not the shaft that must be its head."""


def is_arrow(stroke: Mask, width: float) -> bool:
    """Return whether the middle of a stroke, (h, w), of half the ``width`` in pixels, is that of an arrow."""
    rows, columns = np.nonzero(stroke)
    points = np.stack([columns, rows], axis=1).astype(np.float64)
    if len(points) < _FEWEST:
        return False
    along, aside = _shaft(points, width)
    on = np.abs(aside) <= width
    if float(on.mean()) < _STRAIGHT:
        return False
    first, last = along[on].min(), along[on].max()
    length = last - first
    head, side = along[~on], aside[~on]
    if len(head) < _FEWEST // 4:
        return False
    ends = (head - first, last - head)
    at_one_end = max(float(((-width <= gap) & (gap <= _HEAD * length)).mean()) for gap in ends)
    return at_one_end >= _MOSTLY and min(float((side > 0).mean()), float((side < 0).mean())) >= _EITHER_SIDE


def _shaft(points: Places, width: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return how far along, and how far beside, the straight line that explains most points each of them lies."""
    chance = np.random.default_rng(len(points))
    most, found = -1, (points[:, 0], points[:, 1])
    for _ in range(_TRIES):
        start, end = points[chance.choice(len(points), 2, replace=False)]
        way = (end - start) / np.hypot(*(end - start))
        along, aside = (points - start) @ way, (points - start) @ np.array([-way[1], way[0]])
        hits = int((np.abs(aside) <= width).sum())
        if hits > most:
            most, found = hits, (along, aside)
    return found
