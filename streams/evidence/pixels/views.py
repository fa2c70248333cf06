"""Views: the plainest transformation that explains the corners matched between a claim and a reference.

A file that is sent on is cut, resized, mirrored, turned or stretched a little: its places stay similar to what they
were. A camera before goods sees them in perspective, through a lens, bent. That tells copies from photos.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.pixels.bending import STRAIGHT, Bending, bending

Matrix = npt.NDArray[np.float64]
Points = npt.NDArray[np.float64]
View = Literal["unrefined", "upright", "turned", "affine", "perspective"]

_CLEARLY = 1.06
"""A less plain view must explain 1.06 times as many corners as a plainer one, and two more."""
_AGREES, _NEARLY = 0.5, 1.0
_MATCHED = 1.5
"""Pixels of the claim within which a view explains a corner."""
_STRETCHED = 1.08
"""Largest ratio of a copy's two scales: screens and generators round sizes. One that was stretched more on purpose is
still exact: ``_EXACT`` of its corners, and ``_SOME`` at least, agree, as no camera's do that sees goods from aside."""
_EXACT, _SOME = 0.9, 20


@dataclass(frozen=True, slots=True)
class Fit:
    """One view: ``matrix`` takes the claim's pixels to the reference's.

    ``off`` is the error of each corner, in pixels of the claim.
    """

    view: View
    matrix: Matrix
    off: npt.NDArray[np.float64]

    @property
    def agreeing(self) -> int:
        """How many corners agree to half a pixel."""
        return int((self.off < _AGREES).sum())


@dataclass(frozen=True, slots=True)
class Geometry:
    """How the corners lie that some view explains; lengths are in pixels of the claim.

    ``similar_px`` is the median of how far they lie from a similar picture (turned, resized, mirrored, or stretched
    along its sides a little or exactly), ``perspective_px`` from what a camera may see of a plane. ``extent_px`` is the
    root of the area that they span, ``places`` are they themselves. ``frame`` is by how much the claim's frame misses
    the reference's, as a share of its sides, ``bending`` how what they miss hangs together, in pixels of the claim.
    """

    corners: int
    similar_px: float
    perspective_px: float
    extent_px: float
    frame: float
    places: Points
    bending: Bending = STRAIGHT


def fits(ours: Points, theirs: Points, first: Matrix, shape: tuple[int, ...]) -> list[Fit]:
    """Return the best fit of each kind of view, the plainest first; ``shape`` is the claim's height and width."""
    zoom = _zoom(first)
    found: list[tuple[View, Matrix]] = [("upright", _upright(ours, theirs, axes(first, shape)))]
    mirror = np.diag([-1.0 if np.linalg.det(axes(first, shape)) < 0 else 1.0, 1.0, 1.0])
    how: Any = {"method": cv2.RANSAC, "ransacReprojThreshold": zoom, "maxIters": 500, "refineIters": 10}
    turned: Any = cv2.estimateAffinePartial2D(mapped(mirror, ours), theirs, **how)[0]
    if turned is not None:
        found.append(("turned", np.vstack([turned, [0, 0, 1]]) @ mirror))
    affine: Any = cv2.estimateAffine2D(ours, theirs, **how)[0]
    if affine is not None:
        found.append(("affine", np.vstack([affine, [0, 0, 1]])))
    bent: Any = cv2.findHomography(ours, theirs, cv2.USAC_MAGSAC, zoom, maxIters=1_000)[0]
    if bent is not None:
        found.append(("perspective", bent / bent[2, 2]))
    return [Fit(view, matrix, np.linalg.norm(mapped(matrix, ours) - theirs, axis=1) / zoom) for view, matrix in found]


def plainest(found: Sequence[Fit]) -> Fit:
    """Return the plainest view that explains the corners about as well as any."""
    best, most = found[0], -math.inf
    for one in found:
        worth = one.agreeing / 2 + float((one.off < _NEARLY).sum()) / 2
        if worth > most * _CLEARLY + 2 or one is best:
            best, most = one, worth
    return best


def geometry(
    found: Sequence[Fit], ours: Points, theirs: Points, sizes: tuple[tuple[int, int], tuple[int, int]]
) -> Geometry | None:
    """Return how the explained corners lie; None where no view explains any.

    ``sizes`` are (width, height) of the claim and of the reference.
    """
    known = np.min([one.off for one in found], axis=0) < _MATCHED
    similar = [one for one in found if one.view == "turned" or (one.view == "upright" and _resized(one, known))]
    if not known.any() or not similar:
        return None
    nearest = min(similar, key=lambda one: float(np.median(one.off[known])))
    return Geometry(
        corners=int(known.sum()),
        similar_px=float(np.median(nearest.off[known])),
        perspective_px=min(float(np.median(one.off[known])) for one in found),
        extent_px=math.sqrt(cv2.contourArea(cv2.convexHull(ours[known].astype(np.float32)))),
        frame=_frame_off(nearest.matrix, *sizes),
        places=ours[known],
        bending=bending(ours[known], _missed(nearest.matrix, ours[known], theirs[known])),
    )


def _missed(similar: Matrix, ours: Points, theirs: Points) -> Points:
    """Return by how much each corner misses a similar picture, in pixels of the claim."""
    return (mapped(similar, ours) - theirs) / max(1e-9, _zoom(similar))


def _zoom(matrix: Matrix) -> float:
    """Return how many pixels of the reference one of the claim's takes, along a side."""
    return math.sqrt(abs(float(np.linalg.det(matrix[:2, :2] / matrix[2, 2]))))


def axes(matrix: Matrix, shape: tuple[int, ...]) -> Matrix:
    """Return the quarter turn or mirror (a 2 x 2 matrix of 0 and +-1) that a view is nearest to."""
    middle = np.array([shape[1] / 2, shape[0] / 2])
    at = mapped(matrix, np.array([middle, middle + np.array([50, 0]), middle + np.array([0, 50])]))
    across, down = at[1] - at[0], at[2] - at[0]
    if abs(across[0]) + abs(down[1]) >= abs(across[1]) + abs(down[0]):
        return np.array([[math.copysign(1, across[0]), 0.0], [0.0, math.copysign(1, down[1])]])
    return np.array([[0.0, math.copysign(1, down[0])], [math.copysign(1, across[1]), 0.0]])


def mapped(matrix: Matrix, points: Points) -> Points:
    """Return points (n, 2) after a projection."""
    seen = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    plane: Points = seen[:, :2] / seen[:, 2:]
    return plane


def _resized(found: Fit, known: npt.NDArray[np.bool_]) -> bool:
    """Return whether a picture was resized alike along both its sides in an upright view, or stretched exactly."""
    across, down = np.linalg.norm(found.matrix[:2, :2], axis=0)
    if max(across, down) <= _STRETCHED * min(across, down):
        return True
    agrees = found.off[known] < _AGREES
    return len(agrees) >= _SOME and float(agrees.mean()) >= _EXACT


def _frame_off(matrix: Matrix, claim: tuple[int, int], reference: tuple[int, int]) -> float:
    """Return how far a claim's frame is from the reference's, as a share of its sides; the best of eight poses."""
    width, height = claim
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    seen = mapped(matrix, corners) / np.array(reference)
    own = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64)
    return float(
        min(np.abs(seen - np.roll(pose, turns, axis=0)).max() for pose in (own, own[::-1]) for turns in range(4))
    )


def _upright(ours: Points, theirs: Points, along: Matrix) -> Matrix:
    """Return the matrix of a crop and resize of the turned claim, fitted robustly: scale and offset along each axis."""
    turned = ours @ along.T
    weights = np.ones(len(ours))
    lines: list[Points] = [np.zeros(2), np.zeros(2)]
    for _ in range(6):
        off = np.zeros(len(ours))
        for axis in (0, 1):
            line = np.column_stack([turned[:, axis], np.ones(len(ours))])
            weighted = line * weights[:, None]
            solved: Any = np.linalg.solve(weighted.T @ line + np.eye(2) * 1e-6, weighted.T @ theirs[:, axis])
            lines[axis] = solved
            off = np.maximum(off, np.abs(line @ lines[axis] - theirs[:, axis]))
        scale = max(0.3, 1.4826 * float(np.median(off)))
        weights = (1 - np.clip(off / (4 * scale), 0, 1) ** 2) ** 2 + 1e-9
    (across, right), (down, below) = lines
    whole = np.eye(3)
    whole[:2, :2] = along
    resized: Matrix = np.array([[across, 0, right], [0, down, below], [0, 0, 1.0]]) @ whole
    return resized
