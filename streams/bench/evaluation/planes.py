"""A flat picture as a camera sees it in space: tilted about some axis, and bent. Used by warps and printed goods."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.bench.evaluation.pixels import Chance

Matrix = npt.NDArray[np.float64]
Places = npt.NDArray[np.float32]
"""Where each pixel of a new picture comes from: (height, width, 2), x and y in pixels of the old one."""

_FOCAL = (1.0, 2.2)
"""Focal length as a share of the picture's longer side: a telephone held near, and one that zooms."""


@dataclass(frozen=True, slots=True)
class Bend:
    """A bend along one direction (radians): ``depth`` as a share of the longer side, ``waves`` over the whole of it."""

    towards: float
    depth: float
    waves: float
    start: float


def tilt(size: tuple[int, int], degrees: float, chance: Chance, spin: float = 0.0) -> Matrix:
    """Return what takes a picture of ``size`` (width, height) to how it is seen, tilted about an axis by lot.

    Its middle stays where it is and its scale there is kept; ``spin`` turns it in its own plane, in degrees.
    """
    width, height = size
    focal = float(chance.uniform(*_FOCAL)) * max(size)
    about = float(chance.uniform(0, 2 * np.pi))
    axis = np.array([np.cos(about), np.sin(about), 0.0]) * np.radians(degrees)
    turn: Any = cv2.Rodrigues(axis)[0]
    turn = turn @ cv2.Rodrigues(np.array([0.0, 0.0, np.radians(spin)]))[0]
    to_middle = np.array([[1.0, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1]])
    plane = np.column_stack([turn[:, 0], turn[:, 1], [0, 0, focal]])
    camera = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1.0]])
    seen = camera @ plane @ to_middle
    return np.asarray(seen / seen[2, 2], np.float64)


def fitted(matrix: Matrix, size: tuple[int, int], into: tuple[float, float, float, float]) -> Matrix:
    """Return the view scaled and moved so that all of the picture lies in a box: left, top, right, bottom."""
    quad = corners(matrix, size)
    low, high = quad.min(axis=0), quad.max(axis=0)
    left, top, right, bottom = into
    scale = min((right - left) / (high[0] - low[0]), (bottom - top) / (high[1] - low[1]))
    middle = np.array([(left + right) / 2, (top + bottom) / 2]) - scale * (low + high) / 2
    placed: Matrix = np.array([[scale, 0, middle[0]], [0, scale, middle[1]], [0, 0, 1.0]]) @ matrix
    return placed


def filling(matrix: Matrix, size: tuple[int, int]) -> Matrix:
    """Return the view enlarged about the middle until nothing but the picture is seen in a frame of its own size."""
    width, height = size
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    larger = matrix
    for zoom in 1 + 0.04 * np.arange(60):
        about = np.array([[zoom, 0, width / 2 * (1 - zoom)], [0, zoom, height / 2 * (1 - zoom)], [0, 0, 1]])
        larger = about @ matrix
        back = mapped(np.asarray(np.linalg.inv(larger), np.float64), frame)
        if (back >= 0).all() and (back[:, 0] <= width).all() and (back[:, 1] <= height).all():
            break
    return larger


def taken(picture: npt.NDArray[Any], where: Places, how: int, border: int = cv2.BORDER_CONSTANT) -> npt.NDArray[Any]:
    """Return a picture whose pixels come from other places of the old one; ``how`` and ``border`` are OpenCV's."""
    x, y = np.ascontiguousarray(where[..., 0]), np.ascontiguousarray(where[..., 1])
    return np.asarray(cv2.remap(picture, x, y, how, borderMode=border), picture.dtype)


def corners(matrix: Matrix, size: tuple[int, int]) -> npt.NDArray[np.float64]:
    """Return where a picture's corners are seen, clockwise from the left upper one."""
    width, height = size
    return mapped(matrix, np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64))


def mapped(matrix: Matrix, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return points (n, 2) after a projection."""
    out = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    plane: npt.NDArray[np.float64] = out[:, :2] / out[:, 2:]
    return plane


def places(matrix: Matrix, size: tuple[int, int], bend: Bend | None = None, of: tuple[int, int] = (1, 1)) -> Places:
    """Return where each pixel of a picture of ``size`` comes from: through a view and the old one's (``of``) bend."""
    width, height = size
    across, down = np.meshgrid(np.arange(width, dtype=np.float64), np.arange(height, dtype=np.float64))
    back = np.linalg.inv(matrix)
    x, y, depth = (back[row, 0] * across + back[row, 1] * down + back[row, 2] for row in range(3))
    x, y = x / depth, y / depth
    if bend is not None:
        side = max(of)
        along = (np.cos(bend.towards) * x + np.sin(bend.towards) * y) / side
        off = bend.depth * side * np.sin(2 * np.pi * bend.waves * along + bend.start)
        x, y = x + off * np.cos(bend.towards), y + off * np.sin(bend.towards)
    return np.stack([x, y], axis=-1).astype(np.float32)
