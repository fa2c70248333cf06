"""Samples of goods that lie one on the other in a claim and in its reference, and curves that are fitted to them."""

import math
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.files.decoding import Grey
from streams.evidence.pixels.views import Points

Reals = npt.NDArray[np.float64]

FEWEST = 100
BLUR = (5, 5)
"""Edges that lie a little off must not count as light."""
DARKEST, BRIGHTEST = 6, 248
STEEPER = 8.0
"""Levels that are added before logarithms: noise in the dark is no light."""
LEAST_OFF = 0.004
"""The least miss (a log) that is told of."""
_SAMPLES = 3_000
_ROUNDS, _REACH = 8, 4.0
"""Rounds of fitting, and how many times the typical miss a sample may be off and count."""
_STIFF = 1e-4


def within(there: Grey, places: Points) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return rows and columns of some 3,000 pixels within matched ``places``, where ``there`` is not 0."""
    inside = np.zeros(there.shape, np.uint8)
    cv2.fillConvexPoly(inside, cv2.convexHull(places.astype(np.float32)).astype(np.int32), 255)
    step = max(1, int(math.sqrt(np.count_nonzero(inside) / _SAMPLES)))
    rows, columns = np.nonzero((inside & there)[::step, ::step])
    return rows * step, columns * step


def slopes(rows: npt.NDArray[Any], columns: npt.NDArray[Any]) -> Reals:
    """Return the terms (n, 5) of a light that falls off smoothly over pixels."""
    down, across = _spread(rows), _spread(columns)
    return np.column_stack([across, down, across * across, across * down, down * down])


def _spread(places: npt.NDArray[Any]) -> Reals:
    """Return places along one side as shares of their reach, about -1 to 1."""
    off = places - places.mean()
    return np.asarray(off / max(1.0, float(np.ptp(places)) / 2), np.float64)


def fitted(terms: Reals, wanted: Reals) -> tuple[float, Reals]:
    """Return by how much terms typically miss what is wanted, fitted to what agrees, and their weights."""
    trust: Reals = np.ones(len(wanted))
    off = math.inf
    curve: Reals = np.zeros(terms.shape[1])
    along, stiff = np.ascontiguousarray(terms.T), np.eye(terms.shape[1]) * _STIFF
    for _ in range(_ROUNDS):
        weighted = along * trust
        curve = np.asarray(np.linalg.solve(weighted @ terms + stiff, weighted @ wanted), np.float64)
        left = np.abs(wanted - curve @ along)
        off = 1.4826 * float(np.median(left)) + LEAST_OFF
        trust = np.asarray((1 - np.minimum(left / (_REACH * off), 1) ** 2) ** 2, np.float64)
    return off, curve
