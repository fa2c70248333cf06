"""Where the frame of a reference lies in a claim that was aligned with it."""

import numpy as np

from streams.evidence.files.decoding import Grey
from streams.evidence.looking import panels
from streams.evidence.looking.panels import Box
from streams.evidence.pixels.views import Matrix, mapped

_UPRIGHT = 0.015
"""By which share of its sides the corners of a reference's frame may miss those of an upright one."""
LARGEST, FLATTENED = 100_000, 1e-9
"""Pixels of a side of a frame beyond which nothing is aligned, and the determinant of a view that shows nothing."""


def frame_of(matrix: Matrix, size: tuple[int, int]) -> Box | None:
    """Return where the frame of a reference of ``size`` lies in a claim, beyond its edges too; None where it slants."""
    if abs(np.linalg.det(matrix)) < FLATTENED:
        return None
    width, height = size
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]]) - 0.5
    seen = mapped(np.asarray(np.linalg.inv(matrix), np.float64), corners) + 0.5
    first, last = seen.min(axis=0), seen.max(axis=0)
    sides = last - first
    if not np.isfinite(seen).all() or sides.min() < panels.LEAST_PIXELS or sides.max() > LARGEST:
        return None
    if (np.minimum(np.abs(seen - first), np.abs(seen - last)) > _UPRIGHT * sides).any():
        return None
    (left, top), (right, below) = np.rint(first).astype(int), np.rint(last).astype(int)
    return Box(int(left), int(top), int(right - left), int(below - top))


def seen_of(frame: Box, grey: Grey) -> Box | None:
    """Return the part of a frame that lies in a picture; None where that is next to nothing."""
    left, top = max(0, frame.x), max(0, frame.y)
    right, below = min(grey.shape[1], frame.x + frame.width), min(grey.shape[0], frame.y + frame.height)
    if min(right - left, below - top) < panels.LEAST_PIXELS:
        return None
    return Box(left, top, right - left, below - top)
