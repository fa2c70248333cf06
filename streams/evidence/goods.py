"""The goods in two aligned photos: whether those of the reference are in the claim, or a sister article's.

Photos of different products may share pixels (a banner, the same model's head), and the colours of one article share a
whole shot. A forgery keeps the goods: what differs lies on them, or around them.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.colours import Colour

Mask = npt.NDArray[np.bool_]
Matrix = npt.NDArray[np.float64]

COARSE = np.s_[1::3, 1::3]
"""Every third pixel: the size at which photos are compared as a whole."""
_GROUND, _PLAIN = 12, 0.7
"""Levels by which goods differ from the frame's border, and which share of the border makes a plain ground."""
_SAME_SHAPE, _ALONG_EDGES, _EDGE = 0.7, 0.44, 60
"""Of dyed goods: how light and shade within correlate, and by how much more of the outline than of the inside lies on
edges of the reference. Of 250 forgeries none has both; a stain keeps the shade, and ends where it likes."""
_ON_GOODS = 0.5
"""Share of what is unlike that must have been goods: a new ground behind goods ends at their edges too."""
_SMALLEST = 50


def goods_lost(reference: Colour, unlike: Mask, compared: Mask, matrix: Matrix) -> tuple[float, float]:
    """Return which share of a reference's goods the claim lacks or shows otherwise, and which of those that it shows.

    ``unlike`` is where the claim, ``compared`` at :data:`COARSE`, is not the reference; ``matrix`` takes the claim's
    pixels to the reference's. In a full scene the goods are taken to be in the middle.
    """
    goods = _goods(cv2.cvtColor(np.ascontiguousarray(reference[COARSE]), cv2.COLOR_RGB2YCrCb).astype(np.int16))
    coarse = np.array([[3.0, 0, 1], [0, 3, 1], [0, 0, 1]])
    there = np.linalg.inv(coarse) @ matrix @ coarse
    marks = compared.astype(np.uint8) + (compared & ~unlike)
    found = cv2.warpPerspective(marks, there, (goods.shape[1], goods.shape[0]), flags=cv2.INTER_NEAREST)[goods]
    shown, same = int(np.count_nonzero(found > 0)), int(np.count_nonzero(found > 1))
    return 1 - same / max(1, int(found.size)), 1 - same / max(1, shown)


def _goods(coarse: npt.NDArray[np.int16]) -> Mask:
    """Return what is not ground, or where nothing is plain, the middle."""
    rim = np.concatenate([coarse[:2].reshape(-1, 3), coarse[:, :2].reshape(-1, 3), coarse[:, -2:].reshape(-1, 3)])
    ground = np.median(rim, axis=0)
    if float((np.abs(rim - ground).max(axis=1) <= _GROUND).mean()) > _PLAIN:
        return np.asarray(np.abs(coarse - ground).max(axis=2) > _GROUND, bool)
    height, width = coarse.shape[:2]
    middle = np.zeros((height, width), bool)
    middle[height // 4 : height - height // 4, width // 4 : width - width // 4] = True
    return middle


def dyed(claim: Colour, reference: Colour, unlike: Mask, compared: Mask) -> bool:
    """Return whether what is unlike is a thing of the reference, whole and with its shades, in another colour.

    ``reference`` is as the claim would show it; the masks are at :data:`COARSE`.
    """
    size = unlike.shape[1], unlike.shape[0]
    area = _kernel(cv2.MORPH_CLOSE, _kernel(cv2.MORPH_OPEN, unlike.astype(np.uint8), 3), 5)
    inside = _kernel(cv2.MORPH_ERODE, area, 3) > 0
    outline = (_kernel(cv2.MORPH_GRADIENT, area, 3) > 0) & (_kernel(cv2.MORPH_ERODE, compared.astype(np.uint8), 7) > 0)
    if np.count_nonzero(inside) < _SMALLEST or not outline.any():
        return False
    small = np.asarray(cv2.resize(reference, size, interpolation=cv2.INTER_AREA), np.uint8)
    if float(_goods(cv2.cvtColor(small, cv2.COLOR_RGB2YCrCb).astype(np.int16))[inside].mean()) <= _ON_GOODS:
        return False
    edges = np.asarray(_kernel(cv2.MORPH_GRADIENT, small, 3).max(axis=2), np.uint8)
    along = float((_kernel(cv2.MORPH_DILATE, edges, 3)[outline] > _EDGE).mean()) - float((edges[inside] > _EDGE).mean())
    if along < _ALONG_EDGES:
        return False
    ours = _shades(np.asarray(cv2.resize(claim, size, interpolation=cv2.INTER_AREA), np.uint8))
    theirs = _shades(small)
    both = cv2.blur(ours * ours, (7, 7)) * cv2.blur(theirs * theirs, (7, 7))
    return float(np.median((cv2.blur(ours * theirs, (7, 7)) / np.sqrt(both + 2))[inside])) >= _SAME_SHAPE


def _shades(colour: Colour) -> npt.NDArray[np.float32]:
    """Return light and shade without what is lighter or darker all over."""
    luma = cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.asarray(luma - cv2.GaussianBlur(luma, (0, 0), 2), np.float32)


def _kernel(how: int, area: Any, side: int) -> npt.NDArray[np.uint8]:
    """Return the area after one pass of a square; beyond the frame there is nothing."""
    square = np.ones((side, side), np.uint8)
    return np.asarray(cv2.morphologyEx(area, how, square, borderType=cv2.BORDER_CONSTANT, borderValue=0), np.uint8)
