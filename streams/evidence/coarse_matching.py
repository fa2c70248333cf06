"""Where a claim shows a part of its reference as a similar picture: turned, resized, shifted or mirrored, not bent.

Asked of coarse features. A file whose scene was replaced keeps a part as it was; four degrees of freedom explain that,
and explain little by chance, so that few matches say much.
"""

from typing import Any

import cv2
import numpy as np

from streams.evidence import coarse_features
from streams.evidence.features import Features
from streams.evidence.key_points import Described, Points
from streams.evidence.matching import MIRROR, Matrix, Projection, hull, in_shares, matched

_RATIO = 0.85
_OFF_PX = 3.0
"""Pixels of the small picture by which an inlier may be off."""
_NEEDED = 4
_SOME = 4
"""Inliers of the first corners from which all of them are matched: of unrelated photos nine in ten have fewer."""
_LARGEST_ZOOM = 10.0
_SPREAD = 0.002
"""Share of either frame below which inliers lie on a point or a line."""


def similar(claim: Features, reference: Features, *, mirrored: bool = False) -> Projection | None:
    """Return the similar picture that most coarse matches agree on, of the claim as it is or mirrored; None without.

    Mirrored, the first corners alone are asked. Deterministic: RANSAC draws from a fixed seed.
    """
    ours, theirs = claim.coarse, reference.coarse
    width, height = coarse_features.size(claim.width, claim.height)
    into = width, height
    beside = coarse_features.size(reference.width, reference.height)
    if mirrored:
        first = len(ours.mirrored)
        over = ours.points[:first] * np.array([-1, 1], np.float32) + np.array([width - 1, 0], np.float32)
        found = _agreeing(Described(over, ours.mirrored, ours.mirrored), _first(theirs), into, beside)
        return None if found is None else Projection(found.matrix @ MIRROR, True, found.inliers, found.coverage)  # noqa: FBT003 - mirrored
    found = _agreeing(_first(ours), _first(theirs), into, beside)
    if found is None or found.inliers < _SOME:
        return found
    return _agreeing(ours, theirs, into, beside)


def _first(some: Described) -> Described:
    most = coarse_features.FIRST
    return Described(some.points[:most], some.descriptors[:most], some.mirrored)


def _agreeing(ours: Described, theirs: Described, size: tuple[int, int], beside: tuple[int, int]) -> Projection | None:
    if min(len(ours.points), len(theirs.points)) < _NEEDED:
        return None
    of, to = matched(ours.descriptors, theirs.descriptors, _RATIO)
    if len(of) < _NEEDED:
        return None
    start, end = ours.points[of], theirs.points[to]
    how: Any = {"method": cv2.RANSAC, "ransacReprojThreshold": _OFF_PX, "maxIters": 1_000, "confidence": 0.99}
    found: Any = cv2.estimateAffinePartial2D(start, end, **how)
    return None if found[0] is None else _sane(found[0], start, end, found[1].ravel() > 0, (size, beside))


def _sane(
    turned: Matrix, start: Points, end: Points, kept: Any, sizes: tuple[tuple[int, int], tuple[int, int]]
) -> Projection | None:
    zoom = float(np.hypot(turned[0, 0], turned[1, 0]))
    (width, height), (across, down) = sizes
    coverage = hull(start[kept]) / (width * height)
    if not 1 / _LARGEST_ZOOM <= zoom <= _LARGEST_ZOOM or min(coverage, hull(end[kept]) / (across * down)) < _SPREAD:
        return None
    matrix = in_shares(np.vstack([turned, [0, 0, 1]]), *sizes)
    return Projection(matrix, False, int(np.count_nonzero(kept)), min(1.0, coverage))  # noqa: FBT003 - not mirrored
