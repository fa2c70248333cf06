"""What two photos have in common by their features: matches both ways, and the one view that explains them.

A homography (MAGSAC) says which matches one plane explains; it must be a view that a camera could have.
"""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.features import Features, Points

_NEEDED = 4
"""Matches that a homography needs."""
_OFF_PX = 4.0
"""Pixels of the working picture by which an inlier may be off."""
_RATIO = 0.9
"""A match counts when it is clearly nearer than the second best: repetitive patterns match everything a little."""
_LARGEST_ZOOM = 100.0
"""A frame that maps to less than a hundredth of the other's area, or to more than a hundred times, is a collapse."""
_SPREAD = 0.005
"""Share of either frame below which inliers lie on a point or a line, and explain nothing."""
_FAR = np.uint16(1_000)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many matches one sane homography explains, and which share of the claim's frame they span (0 to 1)."""

    inliers: int
    coverage: float


NOTHING = Agreement(0, 0.0)


def agreement(claim: Features, reference: Features) -> Agreement:
    """Return what the claim's features have in common with the reference's; nothing where no sane view explains it.

    Deterministic: MAGSAC draws from a fixed seed.
    """
    ours, theirs = _matches(claim, reference)
    if len(ours) < _NEEDED:
        return NOTHING
    found: Any = cv2.findHomography(ours, theirs, cv2.USAC_MAGSAC, _OFF_PX, maxIters=2_000, confidence=0.995)
    matrix, mask = found  # both None where nothing fits, which OpenCV's types leave out
    if matrix is None or not _sane(matrix, claim, reference):
        return NOTHING
    kept = mask.ravel().astype(bool)
    coverage = _hull(ours[kept]) / (claim.width * claim.height)
    if min(coverage, _hull(theirs[kept]) / (reference.width * reference.height)) < _SPREAD:
        return NOTHING
    return Agreement(int(kept.sum()), min(1.0, coverage))


def _matches(claim: Features, reference: Features) -> tuple[Points, Points]:
    """Return the points of matches that are best both ways and clearly better than the second best, one to one."""
    if min(len(claim.points), len(reference.points)) < _NEEDED:
        return claim.points[:0], reference.points[:0]
    bits = _distances(claim.descriptors, reference.descriptors)
    rows = np.arange(len(bits))
    best = bits.argmin(axis=1)
    nearest = bits[rows, best].copy()
    mutual = bits.argmin(axis=0)[best] == rows
    bits[rows, best] = _FAR
    kept = mutual & (nearest < _RATIO * bits.min(axis=1))
    return claim.points[kept], reference.points[best[kept]]


def _distances(ours: npt.NDArray[np.uint8], theirs: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint16]:
    """Return the bits in which descriptors differ, (n, m); a third of the time of OpenCV's matcher both ways."""
    rows = np.ascontiguousarray(np.ascontiguousarray(ours).view(np.uint64).T)
    columns = np.ascontiguousarray(np.ascontiguousarray(theirs).view(np.uint64).T)
    bits = np.zeros((rows.shape[1], columns.shape[1]), np.uint16)
    for row, column in zip(rows, columns, strict=True):
        bits += np.bitwise_count(row[:, None] ^ column)
    return bits


def _sane(matrix: npt.NDArray[np.float64], claim: Features, reference: Features) -> bool:
    """Return whether the claim's frame maps to a convex, unmirrored quadrilateral of a believable area."""
    width, height = claim.width, claim.height
    corners = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]], dtype=np.float64)
    mapped = corners @ matrix.T
    if not np.isfinite(mapped).all() or (mapped[:, 2] <= 0).any():
        return False
    quad = mapped[:, :2] / mapped[:, 2:]
    sides = np.roll(quad, -1, axis=0) - quad
    after = np.roll(sides, -1, axis=0)
    turns = sides[:, 0] * after[:, 1] - sides[:, 1] * after[:, 0]
    if (turns <= 0).any():
        return False
    area = float(cv2.contourArea(quad.astype(np.float32)))
    zoom = area / (reference.width * reference.height)
    return math.isfinite(zoom) and 1 / _LARGEST_ZOOM <= zoom <= _LARGEST_ZOOM


def _hull(points: Points) -> float:
    return float(cv2.contourArea(cv2.convexHull(points))) if len(points) > 2 else 0.0  # noqa: PLR2004 - a triangle
