"""Views: how one picture of a scene became another, the plainest that explains where their corners lie.

A photo that was cropped, resized, mirrored or turned by quarters is exactly that: a bent view would only make
differences at the edges of plain goods.
"""

import math
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
Points = npt.NDArray[np.float64]
View = Literal["unrefined", "upright", "affine", "perspective"]

_CLEARLY = 1.06
"""A bent view must explain this many times the corners of a plainer one, and two more."""


def plainest(ours: Points, theirs: Points, first: Matrix, shape: tuple[int, ...]) -> tuple[View, Matrix, int]:
    """Return the plainest view that explains the corners about as well as any, and how many it explains."""
    zoom = math.sqrt(abs(float(np.linalg.det(first[:2, :2] / first[2, 2]))))
    views: list[tuple[View, Matrix]] = [("upright", _upright(ours, theirs, _axes(first, shape)))]
    affine: Any = cv2.estimateAffine2D(
        ours, theirs, method=cv2.RANSAC, ransacReprojThreshold=zoom, maxIters=500, refineIters=10
    )[0]
    if affine is not None:
        views.append(("affine", np.vstack([affine, [0, 0, 1]])))
    bent: Any = cv2.findHomography(ours, theirs, cv2.USAC_MAGSAC, zoom, maxIters=1_000)[0]
    if bent is not None:
        views.append(("perspective", bent / bent[2, 2]))
    best: tuple[View, Matrix, float, int] | None = None
    for view, matrix in views:
        off = np.linalg.norm(mapped(matrix, ours) - theirs, axis=1) / zoom
        near = int((off < 0.5).sum())  # noqa: PLR2004 - half a pixel
        worth = near / 2 + float((off < 1).sum()) / 2
        if best is None or worth > best[2] * _CLEARLY + 2:
            best = view, matrix, worth, near
    view, matrix, _, near = best or ("unrefined", first, 0.0, 0)
    return view, matrix, near


def mapped(matrix: Matrix, points: Points) -> Points:
    """Return where a 3 x 3 matrix takes points (n, 2), in pixels."""
    taken = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    plane: Points = taken[:, :2] / taken[:, 2:]
    return plane


def _axes(matrix: Matrix, shape: tuple[int, ...]) -> Matrix:
    """Return the quarter turn or mirror (a 2 x 2 matrix of 0 and +-1) that a view is nearest to."""
    middle = np.array([shape[1] / 2, shape[0] / 2])
    at = mapped(matrix, np.array([middle, middle + np.array([50, 0]), middle + np.array([0, 50])]))
    across, down = at[1] - at[0], at[2] - at[0]
    if abs(across[0]) + abs(down[1]) >= abs(across[1]) + abs(down[0]):
        return np.array([[math.copysign(1, across[0]), 0.0], [0.0, math.copysign(1, down[1])]])
    return np.array([[0.0, math.copysign(1, down[0])], [math.copysign(1, across[1]), 0.0]])


def _upright(ours: Points, theirs: Points, axes: Matrix) -> Matrix:
    """Return the robust crop-and-resize of the turned claim: a scale and an offset along each axis."""
    turned = ours @ axes.T
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
    whole[:2, :2] = axes
    resized: Matrix = np.array([[across, 0, right], [0, down, below], [0, 0, 1.0]]) @ whole
    return resized


def quarter_turns(matrix: Matrix, shape: tuple[int, ...], *, mirrored: bool) -> int:
    """Return by how many quarter turns, clockwise, the claim (mirrored back first) was turned against the reference."""
    axes = _axes(matrix, shape) @ (np.diag([-1.0, 1.0]) if mirrored else np.eye(2))
    return {(1, 0): 0, (0, -1): 1, (-1, 0): 2, (0, 1): 3}[int(axes[0, 0]), int(axes[1, 0])]
