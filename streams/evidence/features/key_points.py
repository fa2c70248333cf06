"""Key points of a picture: ORB corners, spread over it, and what each looks like, also in the mirrored picture.

Letters over a photo, or a busy ground, would take all the places if only strength counted: corners compete in cells.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.features.corners import Corners, Points, corners
from streams.evidence.files.decoding import Grey

Descriptors = npt.NDArray[np.uint8]

DESCRIPTOR = 32
"""Bytes of one descriptor."""


@dataclass(frozen=True, slots=True)
class Described:
    """Corners of a picture: ``points`` (n, 2) in its pixels, ``descriptors`` (n, 32), strongest of each cell first.

    ``mirrored`` describes the first of them as the mirrored picture shows them, or is empty.
    """

    points: Points
    descriptors: Descriptors
    mirrored: Descriptors


def none_described() -> Descriptors:
    """Return no descriptors."""
    return np.zeros((0, DESCRIPTOR), np.uint8)


NOTHING = Described(np.zeros((0, 2), np.float32), none_described(), none_described())


def outside(some: Described, where: npt.NDArray[np.bool_], size: tuple[int, int]) -> Described:
    """Return the corners that lie nowhere that a picture of the frame says; ``size`` is of the picture they lie in."""
    chosen = ~lie_in(where, some.points, size)
    mirrored = some.mirrored[chosen[: len(some.mirrored)]]
    return Described(some.points[chosen], some.descriptors[chosen], mirrored)


def lie_in(where: npt.NDArray[np.bool_], points: Points, size: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Return which points, in pixels of a picture of ``size`` (width, height), lie where one of its frame says."""
    height, width = where.shape
    columns, rows = (points / size * (width, height)).astype(np.intp).T
    return np.asarray(where[rows.clip(0, height - 1), columns.clip(0, width - 1)], bool)


def describe(
    grey: Grey, how: Corners, *, mirrored: bool, most_mirrored: int | None = None, strong: Points | None = None
) -> Described:
    """Return the corners of a picture, none of a plain or very small one; ``strong`` ones are found sooner if known.

    ``mirrored`` describes them in the mirrored picture too, and leaves out the few at the edge that are not in it:
    all of them, or the first ``most_mirrored``.
    """
    if how.in_too_small(grey):
        return NOTHING
    orb = how.orb()
    seen: Any = orb.compute(grey, spread(corners(grey, how, strong), how))
    found, described = seen  # the second is None where there is nothing, which OpenCV's types leave out
    if described is None:
        return NOTHING
    points = np.asarray(cv2.KeyPoint.convert(found), np.float32).reshape(-1, 2)
    if not mirrored:
        return Described(points, described, none_described())
    first = len(found) if most_mirrored is None else most_mirrored
    kept, over = _mirrored(orb, grey, found[:first])
    chosen = [*kept, *range(min(first, len(found)), len(found))]
    return Described(points[chosen], described[chosen], over)


def spread(found: Sequence[cv2.KeyPoint], how: Corners) -> list[cv2.KeyPoint]:
    """Return the corners to keep: the strongest of each cell first, then each cell's second, and so on."""
    strengths = np.array([-one.response for one in found])
    strongest = np.argsort(strengths, kind="stable")
    columns, rows = np.floor_divide(cv2.KeyPoint.convert(found), how.cell).astype(np.int64).reshape(-1, 2).T
    cell = (rows * (columns.max(initial=0) + 1) + columns)[strongest]
    together = np.argsort(cell, kind="stable")
    first = np.cumsum(np.bincount(cell)) - np.bincount(cell)
    rank = np.empty(len(cell), np.int64)
    rank[together] = np.arange(len(cell)) - first[cell[together]]
    return [found[at] for at in strongest[np.argsort(rank, kind="stable")[: how.most]]]


def _mirrored(orb: Any, grey: Grey, found: Sequence[cv2.KeyPoint]) -> tuple[list[int], Descriptors]:
    """Return which points the mirrored picture shows too (all but a few at the edge), and how it shows them."""
    width = grey.shape[1]
    over = [
        cv2.KeyPoint(width - 1 - one.pt[0], one.pt[1], one.size, (180 - one.angle) % 360, one.response, one.octave, at)
        for at, one in enumerate(found)
    ]
    seen, described = orb.compute(cv2.flip(grey, 1), over)
    return [one.class_id for one in seen], none_described() if described is None else described
