"""Clusters: which groups of points that differ are worth showing, and where they lie."""

import math
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]

_SEEDS, _ROOM = 4, 48
"""Sure points that a group must have, and pixels around all of them in which groups are looked for first."""
_SMALLEST, _SMALLEST_LINE, _LONG = 2.5e-4, 1e-4, 0.025
"""Shares of the area that a cluster, and a line, must have; share of the longer side from which a cluster is long."""


def seeded_groups(weak: Bytes, sure: Bytes) -> tuple[tuple[slice, slice] | None, Bytes]:
    """Return the groups of weak points that have enough sure ones, in the part where they lie; None where none does.

    Groups are looked for around sure points, which lie in few places, and in the whole picture only where one of them
    goes on.
    """
    height, width = sure.shape
    left, top, across, down = cv2.boundingRect(sure)
    if not across:
        return None, weak[:0]
    above, below = max(0, top - _ROOM), min(height, top + down + _ROOM)
    first, last = max(0, left - _ROOM), min(width, left + across + _ROOM)
    place = slice(above, below), slice(first, last)
    count, groups = cv2.connectedComponents(weak[place], connectivity=8)
    seeds = np.bincount(groups[sure[place] > 0], minlength=count)
    open_above, open_below, open_left, open_right = above > 0, below < height, first > 0, last < width
    ends = (groups[0], open_above), (groups[-1], open_below), (groups[:, 0], open_left), (groups[:, -1], open_right)
    if any(seeds[end].any() for end, is_open in ends if is_open):
        place = slice(0, height), slice(0, width)
        count, groups = cv2.connectedComponents(weak, connectivity=8)
        seeds = np.bincount(groups[sure > 0], minlength=count)
    kept = np.where(seeds >= _SEEDS, np.uint8(255), np.uint8(0))
    kept[0] = 0
    return place, kept[groups]


def worth_showing(
    cluster: npt.NDArray[Any], sure: Mask, at: tuple[npt.NDArray[np.intp], ...], shape: tuple[int, ...]
) -> Mask:
    """Return which clusters of pixels are large, or long and sure enough."""
    area, side = math.prod(shape), max(shape)
    count = int(cluster.max(initial=0)) + 1
    sizes, seeds = np.bincount(cluster, minlength=count), np.bincount(cluster[sure], minlength=count)
    spans = []
    for places in at:
        low, high = np.full(count, side), np.zeros(count, np.intp)
        np.minimum.at(low, cluster, places)
        np.maximum.at(high, cluster, places)
        spans.append(high - low)
    long = np.hypot(*spans) > _LONG * side
    line = long & (seeds >= _SEEDS + 2) & (sizes >= _SMALLEST_LINE * area)
    return np.asarray(line | (sizes >= _SMALLEST * area), bool)
