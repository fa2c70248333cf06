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
_ALONG_EDGES, _EDGE = 0.44, 60
"""By how much more of the outline of dyed goods than of their inside lies on edges, and the levels of an edge."""
_SAME_SHADE, _OWN_SHADE = 0.7, 12.0
"""Of dyed goods: how light and shade within correlate, or how much of it (its variance in levels) one photo has alone:
plain cloth has hardly any."""
_ON_GOODS = 0.5
"""Share of what is unlike that must have been goods: a new ground behind goods ends at their edges too."""
_SMALLEST = 50


def goods_lost(reference: Colour, unlike: Mask, compared: Mask, matrix: Matrix) -> tuple[float, float]:
    """Return which share of a reference's goods a claim lacks or shows otherwise, and which of those that it shows.

    ``unlike`` is where the claim, ``compared`` at :data:`COARSE`, is not the reference; ``matrix`` takes the claim's
    pixels to the reference's. In a full scene the goods are taken to be in the middle.
    """
    goods = _goods(cv2.cvtColor(np.ascontiguousarray(reference[COARSE]), cv2.COLOR_RGB2YCrCb).astype(np.int16))
    coarse = np.array([[3.0, 0, 1], [0, 3, 1], [0, 0, 1]])
    there = np.linalg.inv(coarse) @ matrix @ coarse
    marks = compared.astype(np.uint8) + (compared & ~unlike)
    found = cv2.warpPerspective(marks, there, (goods.shape[1], goods.shape[0]), flags=cv2.INTER_NEAREST)[goods]
    shown, same = int(np.count_nonzero(found)), int(np.count_nonzero(found > 1))
    return 1 - same / max(1, int(found.size)), (shown - same) / max(1, shown)


def _goods(coarse: npt.NDArray[np.int16]) -> Mask:
    """Return what is not ground, or where nothing is plain, the middle."""
    rim = np.concatenate([coarse[:2].reshape(-1, 3), coarse[:, :2].reshape(-1, 3), coarse[:, -2:].reshape(-1, 3)])
    ground = np.median(rim, axis=0)
    if float((np.abs(rim - ground).max(axis=1) <= _GROUND).mean()) > _PLAIN:
        return np.asarray(_strongest(np.abs(coarse - ground)) > _GROUND, bool)
    height, width = coarse.shape[:2]
    middle = np.zeros((height, width), bool)
    middle[height // 4 : height - height // 4, width // 4 : width - width // 4] = True
    return middle


def dyed(claim: Colour, reference: Colour, unlike: Mask, compared: Mask) -> bool:
    """Return whether what is unlike is a thing of the reference, whole and with its shades, in another colour.

    Its outline lies on edges of both photos: a stain's is not in the reference, and where a thing was removed there is
    none in the claim. Within it neither has light and shade of its own: what was put in its place would, and
    what is drawn over it hides it.
    ``reference`` is as the claim would show it; the masks are at :data:`COARSE`.
    """
    size = unlike.shape[1], unlike.shape[0]
    area = _kernel(cv2.MORPH_CLOSE, _kernel(cv2.MORPH_OPEN, unlike.astype(np.uint8), 3), 5)
    inside = _kernel(cv2.MORPH_ERODE, area, 3) > 0
    outline = (_kernel(cv2.MORPH_GRADIENT, area, 3) > 0) & (_kernel(cv2.MORPH_ERODE, compared.astype(np.uint8), 7) > 0)
    if np.count_nonzero(inside) < _SMALLEST or not outline.any():
        return False
    mine, small = (
        np.asarray(cv2.resize(each, size, interpolation=cv2.INTER_AREA), np.uint8) for each in (claim, reference)
    )
    if float(_goods(cv2.cvtColor(small, cv2.COLOR_RGB2YCrCb).astype(np.int16))[inside].mean()) <= _ON_GOODS:
        return False
    if min(_along_edges(each, outline, inside) for each in (mine, small)) < _ALONG_EDGES:
        return False
    ours, theirs = _shades(mine), _shades(small)
    our, their, both = (cv2.blur(each, (7, 7)) for each in (ours * ours, theirs * theirs, ours * theirs))
    same = float(np.median((both / np.sqrt(our * their + 2))[inside]))
    alone = max(
        float(np.median((one - both * both / (other + 1))[inside])) for one, other in ((our, their), (their, our))
    )
    return same >= _SAME_SHADE or alone <= _OWN_SHADE


def _along_edges(picture: Colour, outline: Mask, inside: Mask) -> float:
    """Return by how much more of an outline than of what is inside lies on edges of a picture, as shares."""
    edges = np.asarray(_strongest(_kernel(cv2.MORPH_GRADIENT, picture, 3)), np.uint8)
    return float((_kernel(cv2.MORPH_DILATE, edges, 3)[outline] > _EDGE).mean()) - float((edges[inside] > _EDGE).mean())


def _strongest(channels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the greatest of three channels; NumPy's ``max`` along a last axis this short takes much longer."""
    return np.asarray(np.maximum(np.maximum(channels[..., 0], channels[..., 1]), channels[..., 2]))


def _shades(colour: Colour) -> npt.NDArray[np.float32]:
    """Return light and shade without what is lighter or darker all over."""
    luma = cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.asarray(luma - cv2.GaussianBlur(luma, (0, 0), 2), np.float32)


def _kernel(how: int, area: Any, side: int) -> npt.NDArray[np.uint8]:
    """Return the area after one pass of a square; beyond the frame there is nothing."""
    square = np.ones((side, side), np.uint8)
    return np.asarray(cv2.morphologyEx(area, how, square, borderType=cv2.BORDER_CONSTANT, borderValue=0), np.uint8)
