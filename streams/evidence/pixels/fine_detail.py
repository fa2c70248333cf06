"""Fine detail: how much of a reference's finest detail a claim still has, once one lies on the other.

A file that was warped, bent or lit anew on a computer keeps the noise, the blur and the edges of the file that it was
made from. A press and a camera make new ones, and lose some: grain, focus, sharpening, a sensor's noise.
"""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.files.decoding import Grey
from streams.evidence.pixels.views import Matrix, Points, mapped

Reals = npt.NDArray[np.float32]

_SIDE, _LEAST_SIDE = 480, 32
"""Longest sides in pixels of what is looked at, and the least that says anything."""
_MARGIN = 8
_FINE, _MIDDLE = (0.0, 1.2), (1.0, 2.5)
"""Bands of detail: what lies between two blurs, sigmas in pixels of the coarser photo."""
_WINDOW = 15
_LEAST_FINE, _LEAST_MIDDLE = 4.0, 16.0
"""Variance in a window of the reference's band from which there is detail to compare."""
_EVERY = 5
_FEWEST = 20
_AROUND, _CONTRAST, _SPREAD, _GREY = (31, 31), 40.0, 16.0, 128
_SMOOTH = 4.0
"""Sigma in pixels over which two photos may lie apart by different amounts: a lens does that, noise does not."""
_COARSER = 1.1


@dataclass(frozen=True, slots=True)
class FineDetail:
    """How alike the detail of two aligned photos is.

    ``fine`` and ``middle`` are correlations (-1 to 1) of two bands of detail, of the better windows and of the median
    one; ``sharper`` is the natural logarithm of how much stronger the claim's fine detail is than the reference's.
    """

    fine: float
    middle: float
    sharper: float


def fine_detail(claim: Grey, reference: Grey, matrix: Matrix, places: Points) -> FineDetail | None:
    """Return how alike both are in detail around matched ``places`` of the claim; None where there is too little.

    ``matrix`` takes the claim's pixels to the reference's. Both are brought to the coarser one's pixels.
    """
    zoom = _zoom(matrix, np.median(places, axis=0))
    if not math.isfinite(zoom) or zoom <= 0:
        return None
    if zoom < 1:
        base, other, into, around = reference, claim, np.linalg.inv(matrix), mapped(matrix, places)
    else:
        base, other, into, around = claim, reference, matrix, places
    box = _box(around, base.shape)
    if box is None:
        return None
    top, left, bottom, right = box
    one = base[top:bottom, left:right]
    beside, there = _seen(
        other, np.asarray(into @ _moved(left, top)), (right - left, bottom - top), max(zoom, 1 / zoom)
    )
    followed = _followed(one, beside)
    ours, theirs = (followed, one) if zoom < 1 else (one, followed)
    return _compared(np.asarray(ours, np.float32), np.asarray(theirs, np.float32), there)


def _zoom(matrix: Matrix, at: npt.NDArray[Any]) -> float:
    """Return how many pixels of the reference one of the claim's takes at a place, along a side."""
    x, y = at
    here, across, down = mapped(matrix, np.array([[x, y], [x + 1, y], [x, y + 1]]))
    return math.sqrt(abs(float(np.linalg.det(np.stack([across - here, down - here])))))


def _box(places: Points, shape: tuple[int, ...]) -> tuple[int, int, int, int] | None:
    """Return the part of a picture around places: top, left, bottom, right; around their middle where they lie wide."""
    ends = []
    for axis, length in ((1, shape[0]), (0, shape[1])):
        along = places[:, axis]
        middle = float(np.median(along))
        first = max(float(np.quantile(along, 0.02)) - _MARGIN, middle - _SIDE / 2, 0)
        last = min(float(np.quantile(along, 0.98)) + _MARGIN, middle + _SIDE / 2, length)
        if last - first < _LEAST_SIDE:
            return None
        ends.append((int(first), int(last)))
    (top, bottom), (left, right) = ends
    return top, left, bottom, right


def _moved(left: int, top: int) -> Matrix:
    return np.array([[1.0, 0, left], [0, 1, top], [0, 0, 1]])


def _seen(other: Grey, into: Matrix, size: tuple[int, int], shrinks: float) -> tuple[Grey, npt.NDArray[np.bool_]]:
    """Return the finer picture in the coarser one's pixels, and where it has any."""
    if shrinks > _COARSER:
        other = np.asarray(cv2.GaussianBlur(other, (0, 0), 0.5 * math.sqrt(shrinks**2 - 1)), np.uint8)
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    seen = cv2.warpPerspective(other, into, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    full = np.full(other.shape, 255, np.uint8)
    there = cv2.warpPerspective(full, into, size, flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
    inner = cv2.erode(there, np.ones((9, 9), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=255)
    return np.asarray(seen, np.uint8), np.asarray(inner > 0)


def _followed(one: Grey, beside: Grey) -> Reals:
    """Return the second picture moved smoothly onto the first: a lens bends, cardboard is curved."""
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(_even(one), _even(beside), None)  # type: ignore[call-overload] # None is a fresh array
    height, width = one.shape
    moved = [
        cv2.GaussianBlur(cv2.medianBlur(np.ascontiguousarray(flow[..., axis]), 5), (0, 0), _SMOOTH) for axis in (0, 1)
    ]
    across = np.asarray(moved[0], np.float32) + np.arange(width, dtype=np.float32)
    down = np.asarray(moved[1], np.float32) + np.arange(height, dtype=np.float32)[:, None]
    return np.asarray(cv2.remap(beside, across, down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _even(picture: Grey) -> Grey:
    """Return a picture with the same light and contrast all over."""
    around = cv2.boxFilter(picture, cv2.CV_32F, _AROUND)
    spread = np.maximum(cv2.sqrBoxFilter(picture, cv2.CV_32F, _AROUND) - around * around, 0) + _SPREAD
    return np.asarray(((picture - around) * (_CONTRAST / np.sqrt(spread)) + _GREY).clip(0, 255), np.uint8)


def _compared(ours: Reals, theirs: Reals, there: npt.NDArray[np.bool_]) -> FineDetail | None:
    fine, middle = _band(ours, theirs, there, _FINE, _LEAST_FINE), _band(ours, theirs, there, _MIDDLE, _LEAST_MIDDLE)
    if fine is None or middle is None:
        return None
    return FineDetail(
        fine=float(np.percentile(fine[0], 75)),
        middle=float(np.median(middle[0])),
        sharper=float(np.median(fine[1])),
    )


def _band(
    ours: Reals, theirs: Reals, there: npt.NDArray[np.bool_], blurs: tuple[float, float], least: float
) -> tuple[Reals, Reals] | None:
    """Return for each window with detail how both correlate in a band, and how much stronger the first is (a log)."""
    mine, other = _between(ours, *blurs), _between(theirs, *blurs)
    window = (_WINDOW, _WINDOW)
    my, others, both = (
        np.asarray(cv2.boxFilter(each, -1, window), np.float32)[::_EVERY, ::_EVERY]
        for each in (mine * mine, other * other, mine * other)
    )
    detailed = there[::_EVERY, ::_EVERY] & (others > least)
    if np.count_nonzero(detailed) < _FEWEST:
        return None
    my, others, both = my[detailed], others[detailed], both[detailed]
    correlation = both / np.sqrt(my * others + 1e-3)
    return np.asarray(correlation, np.float32), np.asarray(0.5 * np.log((my + 0.5) / (others + 0.5)), np.float32)


def _between(picture: Reals, fine: float, coarse: float) -> Reals:
    sharp = picture if not fine else cv2.GaussianBlur(picture, (0, 0), fine)
    return np.asarray(sharp - cv2.GaussianBlur(picture, (0, 0), coarse), np.float32)
