"""Light over goods: whether light falls on them from somewhere as before a camera, or as it did in the listing.

A file that is edited and sent on has one curve of tones for the whole picture: what is as bright in the listing is
as bright in it. A camera sees goods under a lamp or beside a window, through a lens that darkens corners: what is as
bright in the listing is brighter on one side. Who lays a gradient over a file on a computer does so too, so this says
only what it says beside places and detail.
"""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.files.decoding import Grey
from streams.evidence.pixels.alignment import warped
from streams.evidence.pixels.views import Matrix, Points

_SAMPLES, _FEWEST = 3_000, 100
_BLUR = (5, 5)
"""Edges that lie a little off must not count as light."""
_DARKEST, _BRIGHTEST = 6, 248
_STEEPER = 8.0
"""Levels that are added before logarithms: noise in the dark is no light."""
_ROUNDS, _REACH, _LEAST_OFF = 8, 4.0, 0.004
"""Rounds of fitting, how many times the typical miss a sample may be off and count, and the least miss (a log)."""

_STIFF = 1e-4

_Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Light:
    """How light varies over goods, all natural logarithms.

    ``varies`` is by how much one end of them is brighter than the other, ``explains`` by how much less a curve of tones
    misses once light may vary, and ``off`` what it still misses by.
    """

    varies: float
    explains: float
    off: float


def light_over_goods(claim: Grey, reference: Grey, matrix: Matrix, places: Points) -> Light | None:
    """Return how light varies within matched ``places`` of a claim; None where there is too little to say.

    ``matrix`` takes the claim's pixels to the reference's. Deterministic.
    """
    height, width = claim.shape
    seen, there = warped(reference, matrix, (width, height))
    within = np.zeros(claim.shape, np.uint8)
    cv2.fillConvexPoly(within, cv2.convexHull(places.astype(np.float32)).astype(np.int32), 255)
    step = max(1, int(math.sqrt(np.count_nonzero(within) / _SAMPLES)))
    grid = np.s_[::step, ::step]
    rows, columns = np.nonzero((within & there)[grid])
    ours, theirs = (cv2.blur(each, _BLUR)[grid][rows, columns].astype(np.float64) for each in (claim, seen))
    told = (ours > _DARKEST) & (ours < _BRIGHTEST) & (theirs < _BRIGHTEST)
    if np.count_nonzero(told) < _FEWEST:
        return None
    tones = np.vander(theirs[told] / 255, 4)
    down, across = (_spread(each[told]) for each in (rows, columns))
    slopes = np.column_stack([across, down, across * across, across * down, down * down])
    wanted = np.log(ours[told] + _STEEPER)
    flat, _ = _fitted(tones, wanted)
    off, curve = _fitted(np.hstack([tones, slopes]), wanted)
    low, high = np.quantile(slopes @ curve[-slopes.shape[1] :], (0.1, 0.9))
    return Light(float(high - low), math.log(max(flat, _LEAST_OFF) / max(off, _LEAST_OFF)), off)


def _spread(places: npt.NDArray[Any]) -> _Reals:
    """Return places along one side as shares of their reach, about -1 to 1."""
    off = places - places.mean()
    return np.asarray(off / max(1.0, float(np.ptp(places)) / 2), np.float64)


def _fitted(terms: _Reals, wanted: _Reals) -> tuple[float, _Reals]:
    """Return by how much terms typically miss what is wanted, fitted to what agrees, and their weights."""
    trust: _Reals = np.ones(len(wanted))
    off = math.inf
    curve: _Reals = np.zeros(terms.shape[1])
    along, stiff = np.ascontiguousarray(terms.T), np.eye(terms.shape[1]) * _STIFF
    for _ in range(_ROUNDS):
        weighted = along * trust
        curve = np.asarray(np.linalg.solve(weighted @ terms + stiff, weighted @ wanted), np.float64)
        left = np.abs(wanted - curve @ along)
        off = 1.4826 * float(np.median(left)) + _LEAST_OFF
        trust = np.asarray((1 - np.minimum(left / (_REACH * off), 1) ** 2) ** 2, np.float64)
    return off, curve
