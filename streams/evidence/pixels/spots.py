"""Spots: the connected parts of an area, each with its box and size."""

from dataclasses import dataclass
from functools import cache
from types import ModuleType

import cv2
import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Spots:
    """The spots of an area (h, w), numbered from 1: ``labels`` (h, w) says which one each pixel is of, 0 of none.

    ``boxes`` (n, 5) are left, top, width, height and how many pixels it has, as OpenCV numbers them, and ``middles``
    (n, 2) the mean of its columns and rows; all 0 of number 0.
    """

    labels: npt.NDArray[np.int32]
    boxes: npt.NDArray[np.int32]
    middles: npt.NDArray[np.float64]

    def of(self, chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Return the area (h, w) of the spots that are ``chosen`` (n); number 0 is none."""
        area = np.zeros(self.labels.shape, np.bool_)
        if chosen[1:].any():
            _kernel().draw(self.labels, chosen, area)
        return area


def spots(area: npt.NDArray[np.uint8]) -> Spots:
    """Return the spots of an area, not 0; pixels that touch at a corner are of one."""
    count, found = cv2.connectedComponents(area, connectivity=8)
    labels = np.asarray(found, np.int32)
    boxes, sums = np.zeros((count, 5), np.int32), np.zeros((count, 2), np.int64)
    _kernel().measure(labels, boxes, sums)
    return Spots(labels, boxes, sums / np.maximum(boxes[:, 4:], 1))


@cache
def _kernel() -> ModuleType:
    from streams.evidence.pixels import spot_kernel  # noqa: PLC0415 - Numba takes a part of a second

    return spot_kernel
