"""What programs lay over a picture: pens, words, stickers, boxes, other pictures, and the page behind rounded corners.

Beside an own photo, such things on the listing are how buyers point at something. Whether all that was altered may be
that is asked generously, because nothing is cleared by it: a person looks, and nobody is accused. What is broken, torn,
stained or painted by hand is none of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.alignment import warped
from streams.evidence.comparison import PairResult
from streams.evidence.decoding import Grey
from streams.evidence.difference import Mask
from streams.evidence.outlines import is_drawn

_VIVID, _OTHER_HUE = 45, 35
"""Levels of colour that a pen's ink has, and by how many it is no shade of the colour below it."""
_WHITE, _BLACK, _CONTRAST = 200, 60, 50
"""From and up to which levels ink is white or black, and by how much lighter or darker than what is below it."""
_BESIDE, _BLURRED = 9, 13
"""Pixels (across) within which white ink has a black or a vivid rim, as letters that are to be read anywhere have, and
in which ink is blurred by JPEG."""
_STROKE, _REST = 0.012, 0.06
"""Half the width of a stroke at most, and the sides at most of what ink encloses, as shares of the longer side."""
_CLOSED = 0.02
"""Share of the longer side up to which what lies open within something with an outline is a part of it."""
_LETTER, _IN_A_LINE, _ALIGNED, _AS_HIGH, _APART = (7, 0.15), 3, 0.35, 1.7, 6.0
"""Height of a letter, in pixels and as share of the height; letters that make a line; shares of their height by which
their middles may differ; how many times as high one may be as the next, and how many heights away."""
_CORNER, _EDGE = 0.16, 0.03
"""Share of the shorter side within which a corner is rounded, and of a side within which something lies at the edge."""
_ONE_SHADE, _MOSTLY, _SOLID = 12, 0.8, 0.4
"""Levels within which so much of something is of one shade, and how much of its box it fills at an edge."""
_LEAST_SIDE, _LEAST_LEFT = 8, 10
"""Pixels of the sides of what has an outline, and of what is left that counts."""

Reals = npt.NDArray[np.float32]


def is_all(beside: PairResult) -> bool:
    """Return whether what was altered may all have been laid over the picture by a program; not where nothing was."""
    found, prints = beside.found, beside.prints
    if found is None or found.mask is None or found.matrix is None or prints is None or not found.mask.any():
        return False
    ours = prints[0].pixels
    below, _ = warped(prints[1].pixels, found.matrix, (ours.shape[1], ours.shape[0]))
    grey = np.asarray(cv2.cvtColor(ours, cv2.COLOR_RGB2GRAY), np.uint8)
    ink = _ink(ours, below) & _grown(found.mask, _BESIDE)
    left = found.mask
    for each in bodies(ours, below, found.mask):
        for spot in _spots(each):
            if _is_page(spot, grey) or _has_outline(spot, found.mask):
                left = left & ~_around(spot)
    left = _opened(left & ~_grown(ink, _BLURRED))
    near = _grown(ink, _BLURRED + 4)
    return all(_is_page(spot, grey) or _has_outline(spot, found.mask) or _is_rest(spot, near) for spot in _spots(left))


def bodies(ours: npt.NDArray[np.uint8], below: npt.NDArray[np.uint8], mask: Mask) -> tuple[Mask, Mask]:
    """Return where a picture (h, w, 3) differs from what is ``below``, without lines, and without what a pen drew.

    What lies under a thick line is lost to the second, what is itself narrow to the first.
    """
    ink = _ink(ours, below) & _grown(mask, _BESIDE)
    return _without_lines(mask), _opened(mask & ~_grown(_strokes(ink), _BESIDE))


def _strokes(ink: Mask) -> Mask:
    """Return ink that is as thin as a stroke."""
    side = 2 * max(3, round(_STROKE * max(ink.shape))) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    thick = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_OPEN, disc) > 0
    return np.asarray(ink & ~_grown(thick, _BESIDE), bool)


def _without_lines(mask: Mask) -> Mask:
    """Return a mask without what is as thin as a stroke or a letter, though that lies on what is thicker."""
    side = 2 * max(3, round(_STROKE * max(mask.shape))) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    room = np.pad(mask.astype(np.uint8), side, mode="edge")
    return np.asarray(cv2.morphologyEx(room, cv2.MORPH_OPEN, disc)[side:-side, side:-side] > 0)


def _opened(area: Mask) -> Mask:
    return np.asarray(cv2.morphologyEx(area.astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)) > 0)


def _is_rest(spot: "_Spot", near: Mask) -> bool:
    """Return whether a spot is what ink encloses, as the head of an arrow, or its blurred rim."""
    return max(spot.area.shape) <= _REST * max(spot.shape) and bool(near[spot.place][spot.area].any())


def _ink(ours: npt.NDArray[np.uint8], below: npt.NDArray[np.uint8]) -> Mask:
    """Return where vivid ink lies, and white or black letters: with a rim, or in lines."""
    mine, theirs = (cv2.cvtColor(each, cv2.COLOR_RGB2YCrCb).astype(np.float32) for each in (ours, below))
    apart = mine[..., 0] - theirs[..., 0]
    vivid = _of_another_hue(mine[..., 1:] - 128, theirs[..., 1:] - 128)
    white = (ours.min(axis=2) >= _WHITE) & (apart >= _CONTRAST)
    black = (ours.max(axis=2) <= _BLACK) & (apart <= -_CONTRAST)
    rimmed = (white & _grown(black | vivid, _BESIDE)) | (black & _grown(white | vivid, _BESIDE))
    return np.asarray(vivid | rimmed | _lines(white) | _lines(black), bool)


def _of_another_hue(mine: Reals, theirs: Reals) -> Mask:
    """Return where a colour is vivid and no paler or darker shade of the one below it, from two channels of colour."""
    along = (mine * theirs).sum(axis=2) / np.maximum((theirs * theirs).sum(axis=2), np.float32(1))
    own = mine - along.clip(0, 1)[..., None] * theirs
    return np.asarray(
        (np.hypot(*np.moveaxis(mine, 2, 0)) >= _VIVID) & (np.hypot(*np.moveaxis(own, 2, 0)) >= _OTHER_HUE)
    )


def _lines(ink: Mask) -> Mask:
    """Return the letters that stand in lines; strokes of one letter that lie apart are joined."""
    joined = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, groups, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    heights = stats[:, cv2.CC_STAT_HEIGHT]
    fits = (heights >= _LETTER[0]) & (heights <= _LETTER[1] * ink.shape[0])
    fits[0] = False
    letters = np.flatnonzero(fits)
    high, left = heights[letters].astype(float), stats[letters, cv2.CC_STAT_LEFT].astype(float)
    middle = stats[letters, cv2.CC_STAT_TOP] + high / 2
    near = np.abs(middle[:, None] - middle) <= _ALIGNED * high[:, None]
    near &= np.maximum(high[:, None], high) <= _AS_HIGH * np.minimum(high[:, None], high)
    near &= np.abs(left[:, None] - left) <= _APART * high[:, None]
    return ink & np.isin(groups, letters[near.sum(axis=1) >= _IN_A_LINE])


@dataclass(frozen=True, slots=True)
class _Spot:
    """A connected part of what was altered: where it is in its box, that box's place, and the picture's shape."""

    area: Mask
    left: int
    top: int
    shape: tuple[int, int]

    @property
    def place(self) -> tuple[slice, slice]:
        """Its rows and columns in the picture."""
        height, width = self.area.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)

    def whole(self) -> Mask:
        """Return it in the whole picture, (h, w)."""
        whole = np.zeros(self.shape, bool)
        whole[self.place] = self.area
        return whole

    def to_edges(self) -> tuple[int, int, int, int]:
        """Return how many pixels lie between its box and the picture's left, top, right and bottom edge."""
        (height, width), (rows, columns) = self.shape, self.place
        return columns.start, rows.start, width - columns.stop, height - rows.stop


def _spots(left: Mask) -> Iterator[_Spot]:
    """Yield what is left, spot by spot, without specks."""
    shape = left.shape[0], left.shape[1]
    _, groups, stats, _ = cv2.connectedComponentsWithStats(left.astype(np.uint8), connectivity=8)
    for at, (x, y, width, height, size) in enumerate(stats.tolist()):
        if at and size >= _LEAST_LEFT:
            yield _Spot(groups[y : y + height, x : x + width] == at, x, y, shape)


def _is_page(spot: _Spot, grey: Grey) -> bool:
    """Return whether a spot is of one shade and lies at the picture's edge: the page, a button, a box around words."""
    shades = grey[spot.place][spot.area].astype(np.int16)
    if float((np.abs(shades - np.median(shades)) <= _ONE_SHADE).mean()) < _MOSTLY:
        return False
    height, width = spot.area.shape
    across, down = (_EDGE * side for side in (spot.shape[1], spot.shape[0]))
    at_edge = [gap <= reach for gap, reach in zip(spot.to_edges(), (across, down, across, down), strict=True)]
    in_corner = (at_edge[0] or at_edge[2]) and (at_edge[1] or at_edge[3])
    if in_corner and max(height, width) <= _CORNER * min(spot.shape):
        return True
    solid = min(height, width) >= _LEAST_SIDE and float(spot.area.mean()) >= _SOLID
    return any(at_edge) and solid


def _has_outline(spot: _Spot, mask: Mask) -> bool:
    """Return whether a spot is round or straight on all sides; what else was altered within it is a part of it."""
    if min(spot.area.shape) < _LEAST_SIDE:
        return False
    return is_drawn(whole_outline(spot.whole(), mask))


def whole_outline(area: Mask, mask: Mask) -> Mask:
    """Return an area without gaps, together with what of the ``mask`` lies within it: strokes over it are no holes."""
    side = 2 * round(_CLOSED * max(area.shape) / 2) + 1
    room = np.pad(area.astype(np.uint8), side)
    closed = cv2.morphologyEx(room, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))[side:-side, side:-side]
    found, _ = cv2.findContours(np.ascontiguousarray(closed), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros_like(closed), found, -1, 1, cv2.FILLED)
    return np.asarray((closed > 0) | ((filled > 0) & mask), bool)


def _around(spot: _Spot) -> Mask:
    """Return a spot and the rim of it that is blurred."""
    return _grown(spot.whole(), _BESIDE)


def _grown(area: Mask, side: int) -> Mask:
    return np.asarray(cv2.dilate(area.astype(np.uint8), np.ones((side, side), np.uint8)) > 0)
