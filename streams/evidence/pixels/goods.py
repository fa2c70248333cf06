"""The goods in two aligned photos: whether those of the reference are in the claim, or a sister article's.

Photos of different products may share pixels (a banner, the same model's head), and the colours of one article share a
whole shot. A forgery keeps the goods: what differs lies on them, or around them.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.files.colours import Colour

Mask = npt.NDArray[np.bool_]
Opaque = npt.NDArray[np.uint8]
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
_MOSTLY = 0.5
"""Share of what is unlike that must be tinted, before the tinted part is looked at alone."""
_SMALLEST = 50
_SOME_SHADE, _SHINES_THROUGH = 2.0, 0.5
"""Light and shade (its variance in levels) that says something, and how far it must correlate to shine through."""
_REPLACED, _SAME, _TINTED = np.uint8(1), np.uint8(2), np.uint8(3)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a claim shows of a reference's goods, counted in coarse pixels: of ``every`` one it shows ``shown``.

    Of these ``same`` are as in the reference, and ``tinted`` are not, but have the reference's light and shade.
    """

    every: int
    shown: int
    same: int
    tinted: int

    @property
    def differ(self) -> float:
        """The share that is not the same, of what is shown."""
        return (self.shown - self.same) / max(1, self.shown)

    @property
    def replaced(self) -> float:
        """The share that is neither the same nor tinted, of what is shown."""
        return (self.shown - self.same - self.tinted) / max(1, self.shown)

    @property
    def kept(self) -> float:
        """The share of all of it that is shown and the same."""
        return self.same / max(1, self.every)

    @property
    def gone(self) -> float:
        """The share that is not shown, or replaced."""
        return 1 - (self.same + self.tinted) / max(1, self.every)


def shown(
    reference: Colour, unlike: Mask, tinted: Mask, compared: Mask, matrix: Matrix, solid: Opaque | None = None
) -> tuple[Shown, Shown | None]:
    """Return what a claim shows of a reference's goods and of its ground, None of a plain ground, which any photo has.

    In a full scene the goods are taken to be in the middle. Cut out on transparent ground they are what is ``solid``
    (not 0); None where the reference is opaque all over.

    ``unlike`` is where the claim, ``compared`` at :data:`COARSE`, is not the reference, ``tinted`` is as in
    :class:`Shades`; ``matrix`` takes the claim's pixels to the reference's.
    """
    if solid is not None:
        goods: Mask | None = np.asarray(solid[COARSE] > 0, bool)
    else:
        goods = on_plain_ground(coarse_tones(reference))
    scene = goods is None
    goods = _middle(reference[COARSE].shape) if goods is None else goods
    there = at_coarse(matrix)
    marks = np.where(unlike, np.where(tinted, _TINTED, _REPLACED), _SAME) * compared.astype(np.uint8)
    found = cv2.warpPerspective(marks, there, (goods.shape[1], goods.shape[0]), flags=cv2.INTER_NEAREST)
    return _counted(found[goods]), _counted(found[~goods]) if scene else None


def at_coarse(matrix: Matrix) -> Matrix:
    """Return what takes a claim's pixels to a reference's where both are at :data:`COARSE`."""
    coarse = np.array([[3.0, 0, 1], [0, 3, 1], [0, 0, 1]])
    return np.asarray(np.linalg.inv(coarse) @ matrix @ coarse, np.float64)


def _counted(found: npt.NDArray[Any]) -> Shown:
    counts = np.bincount(found, minlength=_TINTED + 1).tolist()
    return Shown(int(found.size), int(found.size) - counts[0], counts[_SAME], counts[_TINTED])


def coarse_tones(picture: Colour) -> npt.NDArray[np.int16]:
    """Return a picture at :data:`COARSE` as luma and two channels of colour."""
    return cv2.cvtColor(np.ascontiguousarray(picture[COARSE]), cv2.COLOR_RGB2YCrCb).astype(np.int16)


def _goods(coarse: npt.NDArray[np.int16]) -> Mask:
    """Return what is not ground, or where nothing is plain, the middle."""
    found = on_plain_ground(coarse)
    return _middle(coarse.shape) if found is None else found


def on_plain_ground(coarse: npt.NDArray[np.int16]) -> Mask | None:
    """Return what is not ground, of what :func:`coarse_tones` gives; None where the frame's border is not plain."""
    rim = np.concatenate([coarse[:2].reshape(-1, 3), coarse[:, :2].reshape(-1, 3), coarse[:, -2:].reshape(-1, 3)])
    ground = np.median(rim, axis=0)
    if float((np.abs(rim - ground).max(axis=1) <= _GROUND).mean()) > _PLAIN:
        return np.asarray(_strongest(np.abs(coarse - ground)) > _GROUND, bool)
    return None


def _middle(shape: tuple[int, ...]) -> Mask:
    height, width = shape[:2]
    middle = np.zeros((height, width), bool)
    middle[height // 4 : height - height // 4, width // 4 : width - width // 4] = True
    return middle


class Shades:
    """Light and shade of two aligned photos at :data:`COARSE`; ``reference`` is as the claim would show it."""

    def __init__(self, claim: Colour, reference: Colour, unlike: Mask) -> None:
        """``unlike`` is where they are unlike; ``tinted`` is what lies there under a stain, or was dyed."""
        self.mine, self.theirs = (
            np.ascontiguousarray(np.asarray(cv2.blur(each, (3, 3)), np.uint8)[COARSE]) for each in (claim, reference)
        )
        ours, theirs = _shades(self.mine), _shades(self.theirs)
        self.our, self.their, self.both = (
            np.asarray(cv2.blur(each, (7, 7)), np.float32) for each in (ours * ours, theirs * theirs, ours * theirs)
        )
        self.alike = self.both / np.sqrt(np.maximum(self.our * self.their, 0) + 2)
        self.unlike = unlike
        self.tinted = np.asarray(unlike & (self.their > _SOME_SHADE) & (self.alike > _SHINES_THROUGH), bool)


def dyed(shades: Shades, compared: Mask) -> bool:
    """Return whether what is unlike is a thing of the reference, whole and with its shades, in another colour.

    Its outline lies on edges of both photos: a stain's is not in the reference, and where a thing was removed there is
    none in the claim. Within it neither has light and shade of its own: what was put in its place would, and
    what is drawn over it hides it. Of what is unlike, the tinted part alone may be that thing, beside a caption.
    ``compared`` is at :data:`COARSE`.
    """
    if _dyed(shades, shades.unlike, compared):
        return True
    if np.count_nonzero(shades.tinted) < _MOSTLY * np.count_nonzero(shades.unlike):  # else what is tinted by chance
        return False
    tinted = _kernel(cv2.MORPH_CLOSE, shades.tinted.astype(np.uint8), 7) > 0
    return _dyed(shades, shades.unlike & tinted, compared)


def _dyed(shades: Shades, unlike: Mask, compared: Mask) -> bool:
    area = _kernel(cv2.MORPH_CLOSE, _kernel(cv2.MORPH_OPEN, unlike.astype(np.uint8), 3), 5)
    inside = _kernel(cv2.MORPH_ERODE, area, 3) > 0
    outline = (_kernel(cv2.MORPH_GRADIENT, area, 3) > 0) & (_kernel(cv2.MORPH_ERODE, compared.astype(np.uint8), 7) > 0)
    if np.count_nonzero(inside) < _SMALLEST or not outline.any():
        return False
    if float(_goods(cv2.cvtColor(shades.theirs, cv2.COLOR_RGB2YCrCb).astype(np.int16))[inside].mean()) <= _ON_GOODS:
        return False
    if min(_along_edges(each, outline, inside) for each in (shades.mine, shades.theirs)) < _ALONG_EDGES:
        return False
    our, their, both = shades.our, shades.their, shades.both
    alone = max(
        float(np.median((one - both * both / (other + 1))[inside])) for one, other in ((our, their), (their, our))
    )
    return float(np.median(shades.alike[inside])) >= _SAME_SHADE or alone <= _OWN_SHADE


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
