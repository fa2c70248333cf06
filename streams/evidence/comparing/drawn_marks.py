"""What somebody drew on a photo to point at something: strokes of a vivid pen, and lines of letters.

A circle or a caption on the listing that stands beside an own photo makes no damage of it.
"""

import cv2
import numpy as np

from streams.evidence.files.colours import Colour
from streams.evidence.pixels.difference import Mask

_VIVID, _WHITE, _BLACK = 150, 225, 35
"""Levels by which the channels of a pen's colour differ, and from and up to which letters are white and black."""
_THIN = 0.012
"""Half the width of a stroke at most, as a share of the longer side."""
_MOSTLY = 0.5
"""Share of a stroke or a letter that must have been altered."""
_NEAR = 9
"""Pixels around a stroke or a letter that show it too, as JPEG blurs it."""
_LETTER, _IN_A_LINE, _ALIGNED = (5, 0.12), 4, 0.3
"""Height of a letter, in pixels and as a share of the height; letters that make a line; shares of their height by which
their feet may differ."""
_AS_HIGH, _APART = 2.0, 8.0
"""How many times as high one letter may be as the next, and how many heights away four of a line may lie: the pieces of
a crack are of all sizes, and lie below each other."""


def undrawn(pixels: Colour, mask: Mask) -> Mask:
    """Return where a photo was altered, (h, w) as its ``pixels``, without what is drawn on it."""
    if not mask.any():
        return mask
    there = cv2.dilate(mask.astype(np.uint8), np.ones((_NEAR, _NEAR), np.uint8)) > 0
    least, most = pixels.min(axis=2), pixels.max(axis=2)
    inks = (
        there & (most.astype(np.int16) - least >= _VIVID),
        there & (least >= _WHITE),
        there & (most <= _BLACK),
    )
    vivid, white, black = (_altered(ink, mask) for ink in inks)
    drawn = _strokes(vivid) | _lines(white) | _lines(black)
    shown = cv2.dilate(drawn.astype(np.uint8), np.ones((_NEAR, _NEAR), np.uint8)) > 0
    left = cv2.morphologyEx((mask & ~shown).astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    return np.asarray(left > 0)


def _altered(ink: Mask, mask: Mask) -> Mask:
    """Return the connected ink that is mostly altered itself: what lies beside a crack is the goods' own colour."""
    _, groups = cv2.connectedComponents(ink.astype(np.uint8), connectivity=8)
    own = np.bincount(groups.ravel(), weights=mask.ravel()) >= _MOSTLY * np.bincount(groups.ravel())
    return np.asarray(ink & own[groups])


def _strokes(pen: Mask) -> Mask:
    """Return what is as thin as a stroke everywhere."""
    _, groups = cv2.connectedComponents(pen.astype(np.uint8), connectivity=8)
    deep = cv2.distanceTransform(pen.astype(np.uint8), cv2.DIST_L2, 3) > max(3.0, _THIN * max(pen.shape))
    thick = np.unique(groups[deep])
    return np.asarray(pen & ~np.isin(groups, thick))


def _lines(ink: Mask) -> Mask:
    """Return the letters that stand in lines."""
    _, groups, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    heights = stats[:, cv2.CC_STAT_HEIGHT]
    fits = (heights >= _LETTER[0]) & (heights <= _LETTER[1] * ink.shape[0])
    fits[0] = False
    letters = np.flatnonzero(fits)
    feet = stats[letters, cv2.CC_STAT_TOP] + heights[letters]
    high, left = heights[letters].astype(float), stats[letters, cv2.CC_STAT_LEFT].astype(float)
    near = np.abs(feet[:, None] - feet[None, :]) <= _ALIGNED * high[:, None]
    near &= np.maximum(high[:, None], high) <= _AS_HIGH * np.minimum(high[:, None], high)
    near &= np.abs(left[:, None] - left) <= _APART * high[:, None]
    return np.isin(groups, letters[near.sum(axis=1) >= _IN_A_LINE])
