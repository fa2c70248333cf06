"""The similar picture that most matches of two sets of corners agree on: turned, resized or shifted, but not bent.

Four degrees of freedom explain little by chance, so that few matches say much.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from streams.evidence.features import coarse_features
from streams.evidence.features.corners import Points
from streams.evidence.features.features import Features
from streams.evidence.features.key_points import Descriptors
from streams.evidence.features.matching import MIRROR, WORDS, Matrix, Projection, hull, in_shares, matched

_RATIO = 0.85
_OFF_PX = 3.0
"""Pixels of the second picture by which an inlier may be off."""
_NEEDED = 4
_LARGEST_ZOOM = 10.0
_SPREAD = 0.002
"""Share of either frame below which inliers lie on a point or a line."""
_HALF, _FEW_DRAWS = WORDS // 2, 200
"""Words of a descriptor and draws of RANSAC for a first look, in half the time."""
SOME = 4
"""Inliers at a first look from which all of the descriptors are worth matching: nine in ten unrelated pairs have fewer,
and of a similar picture hardly any."""


@dataclass(frozen=True, slots=True)
class CornerSet:
    """Corners of one picture: ``points`` (n, 2) in its pixels, ``descriptors`` (n, 32); ``size`` is (width, height).

    ``mirrored`` ones are those of the mirrored picture.
    """

    points: Points
    descriptors: Descriptors
    size: tuple[int, int]
    mirrored: bool

    def first(self, most: int) -> "CornerSet":
        """Return the same with the first of them alone, which lie all over the picture."""
        return CornerSet(self.points[:most], self.descriptors[:most], self.size, self.mirrored)


def fine(of: Features, *, mirrored: bool = False) -> CornerSet:
    """Return the key points of a photo, as it is or mirrored."""
    described = of.mirrored if mirrored else of.descriptors
    return _corners(of.points, described, (of.width, of.height), mirrored=mirrored)


def coarse(of: Features, *, mirrored: bool = False) -> CornerSet:
    """Return the coarse features of a photo, as it is or mirrored: then fewer are kept."""
    described = of.coarse.mirrored if mirrored else of.coarse.descriptors
    return _corners(of.coarse.points, described, coarse_features.size(of.width, of.height), mirrored=mirrored)


def dense(of: Features) -> CornerSet:
    """Return the dense features of a reference, as it is."""
    return _corners(of.dense.points, of.dense.descriptors, (of.width, of.height), mirrored=False)


def turned_over(of: Features, *, mirrored: bool = False) -> CornerSet:
    """Return some coarse features of a claim's negative, as it is or mirrored."""
    described = of.turned_over.mirrored if mirrored else of.turned_over.descriptors
    size = coarse_features.size(of.width, of.height)
    return _corners(of.turned_over.points, described, size, mirrored=mirrored)


def _corners(points: Points, described: Descriptors, size: tuple[int, int], *, mirrored: bool) -> CornerSet:
    some = points[: len(described)]
    if mirrored:
        some = some * np.array([-1, 1], np.float32) + np.array([size[0] - 1, 0], np.float32)
    return CornerSet(some, described, size, mirrored)


def first_look(ours: CornerSet, theirs: CornerSet) -> int:
    """Return how many matches agree on a similar picture by half of each descriptor: :data:`SOME` are worth more."""
    found = agreeing(ours, theirs, words=_HALF, draws=_FEW_DRAWS)
    return 0 if found is None else found.inliers


def agreeing(ours: CornerSet, theirs: CornerSet, *, words: int = WORDS, draws: int = 1_000) -> Projection | None:
    """Return the similar picture that most matches of a claim's corners with a reference's agree on; None without any.

    The first ``words`` of each descriptor are compared, and RANSAC makes ``draws`` at most. Deterministic: it draws
    from a fixed seed.
    """
    if min(len(ours.points), len(theirs.points)) < _NEEDED:
        return None
    of, to = matched(ours.descriptors, theirs.descriptors, _RATIO, words)
    if len(of) < _NEEDED:
        return None
    start, end = ours.points[of], theirs.points[to]
    how: Any = {"method": cv2.RANSAC, "ransacReprojThreshold": _OFF_PX, "maxIters": draws, "confidence": 0.99}
    found: Any = cv2.estimateAffinePartial2D(start, end, **how)
    if found[0] is None:
        return None
    kept = found[1].ravel() > 0
    shares = _in_shares(found[0], start[kept], end[kept], (ours.size, theirs.size))
    if shares is None:
        return None
    matrix, coverage = shares
    return Projection(matrix @ MIRROR if ours.mirrored else matrix, ours.mirrored, int(kept.sum()), coverage)


def _in_shares(
    turned: Matrix, start: Points, end: Points, sizes: tuple[tuple[int, int], tuple[int, int]]
) -> tuple[Matrix, float] | None:
    """Return a matrix for shares of both frames, and the share of the first that inliers span; None where not sane."""
    zoom = float(np.hypot(turned[0, 0], turned[1, 0]))
    (width, height), (across, down) = sizes
    coverage = hull(start) / (width * height)
    if not 1 / _LARGEST_ZOOM <= zoom <= _LARGEST_ZOOM or min(coverage, hull(end) / (across * down)) < _SPREAD:
        return None
    return in_shares(np.vstack([turned, [0, 0, 1]]), *sizes), min(1.0, coverage)
