"""Which features two photos share, and the one view of a plane (a homography) that explains most of them.

Matches are the best in both directions. The homography is fitted by MAGSAC, and must be one that a camera could see.
"""

import math
from dataclasses import dataclass, replace
from functools import cache
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.features.corners import Points
from streams.evidence.features.features import Features
from streams.evidence.features.key_points import Descriptors

_NEEDED = 6
"""Matches from which a homography says something: four are explained by one whatever they are."""
_OFF_PX = 4.0
"""Pixels of the working picture by which an inlier may be off."""
_RATIO = 0.9
"""A match counts when it is clearly nearer than the second best: repetitive patterns match everything a little."""
_LARGEST_ZOOM = 100.0
"""A frame that maps to less than a hundredth of the other's area, or to more than a hundred times, is a collapse."""
_SPREAD = 0.005
"""Share of either frame below which inliers lie on a point or a line, and explain nothing."""
WORDS = 4
"""Words of 64 bits that a descriptor has."""

Matrix = npt.NDArray[np.float64]

MIRROR: Matrix = np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]])
"""Takes each place of a frame, in shares of its sides, to where the mirrored frame has it."""


@dataclass(frozen=True, slots=True)
class Projection:
    """One way in which a claim may show its reference.

    ``matrix`` takes places in the claim's frame to places in the reference's, both as shares of width and height, so
    that it holds at any size; mirroring is in it. ``inliers`` are the matches that it explains, and ``coverage`` the
    share of the claim's frame that they span.
    """

    matrix: Matrix
    mirrored: bool
    inliers: int
    coverage: float


def projection(claim: Features, reference: Features, *, mirrored: bool = False) -> Projection | None:
    """Return the one projection that explains most matches, of the claim as it is or mirrored; None where none is sane.

    Deterministic: MAGSAC draws from a fixed seed.
    """
    seen = flipped(claim) if mirrored else claim
    ours, theirs = matches(seen, reference)
    if len(ours) < _NEEDED:
        return None
    found: Any = cv2.findHomography(ours, theirs, cv2.USAC_MAGSAC, _OFF_PX, maxIters=2_000, confidence=0.995)
    matrix, mask = found  # both None where nothing fits, which OpenCV's types leave out
    if matrix is None or not sane(matrix, seen, reference):
        return None
    kept = mask.ravel().astype(bool)
    coverage = hull(ours[kept]) / (claim.width * claim.height)
    if min(coverage, hull(theirs[kept]) / (reference.width * reference.height)) < _SPREAD:
        return None
    shares = in_shares(matrix, (claim.width, claim.height), (reference.width, reference.height))
    return Projection(shares @ MIRROR if mirrored else shares, mirrored, int(kept.sum()), min(1.0, coverage))


def flipped(claim: Features) -> Features:
    """Return the features of the mirrored photo."""
    points = claim.points * np.array([-1, 1], np.float32) + np.array([claim.width - 1, 0], np.float32)
    return replace(claim, points=points, descriptors=claim.mirrored, mirrored=claim.descriptors)


def in_shares(matrix: Matrix, ours: tuple[int, int], theirs: tuple[int, int]) -> Matrix:
    """Return the matrix for shares of the frames, of one for their pixels; sizes are widths and heights."""
    return np.asarray(np.linalg.inv(_pixels(*theirs)) @ matrix @ _pixels(*ours), np.float64)


def _pixels(width: int, height: int) -> Matrix:
    """Return the matrix from shares of a frame to its pixels, whose centres lie at whole numbers."""
    return np.array([[width, 0, -0.5], [0, height, -0.5], [0, 0, 1.0]])


def matches(claim: Features, reference: Features) -> tuple[Points, Points]:
    """Return the points of matches that are best both ways and clearly better than the second best, one to one."""
    if min(len(claim.descriptors), len(reference.descriptors)) < _NEEDED:
        return claim.points[:0], reference.points[:0]
    ours, theirs = matched(claim.descriptors, reference.descriptors, _RATIO)
    return claim.points[ours], reference.points[theirs]


def matched(
    ours: Descriptors, theirs: Descriptors, ratio: float, words: int = WORDS
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the indexes of matching descriptors in both photos, in the same order.

    Each of a pair is the other's best, and nearer than ``ratio`` times the second best. The first ``words`` of each
    descriptor are compared: fewer take less time and match more by chance.
    """
    rows = np.ascontiguousarray(ours).view(np.uint64)
    columns = np.ascontiguousarray(np.ascontiguousarray(theirs).view(np.uint64).T)
    best, best_row = np.empty(len(rows), np.int64), np.empty(columns.shape[1], np.int64)
    nearest, second = np.empty(len(rows), np.uint16), np.empty(len(rows), np.uint16)
    _kernel().bests(rows, columns, words, (best, nearest, second, best_row))
    kept = np.flatnonzero(nearest < ratio * second)
    kept = kept[best_row[best[kept]] == kept]
    return kept, best[kept]


@cache
def _kernel() -> ModuleType:
    from streams.evidence.features import matching_kernel  # noqa: PLC0415 - Numba takes a part of a second

    return matching_kernel


def sane(matrix: npt.NDArray[np.float64], claim: Features, reference: Features) -> bool:
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


def hull(points: Points) -> float:
    """Return the area that points span, in square pixels."""
    return float(cv2.contourArea(cv2.convexHull(points))) if len(points) > 2 else 0.0  # noqa: PLR2004 - a triangle
