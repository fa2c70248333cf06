"""Regions: boxes around what was altered, in pixels of the whole photo."""

import math
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.pixels.difference import Mask

Region = tuple[int, int, int, int]
"""Left, top, width and height."""

_MOST_REGIONS, _APART = 40, 0.008
"""How many are told, and the share of the longer side within which two altered spots are one region."""


def boxes_around(mask: Mask, size: tuple[int, int]) -> tuple[Region, ...]:
    """Return boxes around the spots of a mask, largest spot first; near spots share a box.

    They are told in pixels of the whole photo, of which ``size`` is (width, height).
    """
    reach = max(1, int(_APART * max(mask.shape)))
    spots = mask.astype(np.uint8)
    x, y, width, height = cv2.boundingRect(spots)
    there = spots[y : y + height, x : x + width]
    near = cv2.dilate(np.pad(there, reach), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    count, groups = cv2.connectedComponents(near, connectivity=8)
    rows, columns = np.nonzero(there)
    group = groups[rows + reach, columns + reach]
    rows, columns = rows + y, columns + x
    sizes, (first, last), (top, bottom) = np.bincount(group, minlength=count), _ends(group, columns), _ends(group, rows)
    across, down = size[0] / mask.shape[1], size[1] / mask.shape[0]
    boxes: list[tuple[int, Region]] = []
    for at in range(1, count):
        left, upper = math.floor(first[at] * across), math.floor(top[at] * down)
        right = min(size[0], math.ceil((last[at] + 1) * across))
        lower = min(size[1], math.ceil((bottom[at] + 1) * down))
        boxes.append((int(sizes[at]), (left, upper, right - left, lower - upper)))
    return tuple(box for _, box in sorted(boxes, reverse=True)[:_MOST_REGIONS])


def _ends(group: npt.NDArray[Any], places: npt.NDArray[np.intp]) -> tuple[list[int], list[int]]:
    """Return the least and the greatest place of each group, as two lists by group number."""
    count = int(group.max(initial=0)) + 1
    low, high = np.full(count, np.iinfo(np.intp).max), np.zeros(count, np.intp)
    np.minimum.at(low, group, places)
    np.maximum.at(high, group, places)
    return low.tolist(), high.tolist()
