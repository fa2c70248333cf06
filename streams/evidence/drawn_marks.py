"""What somebody drew on a photo to point at something: strokes of a vivid pen, and lines of letters.

A circle or a caption on the listing that stands beside an own photo makes no damage of it.
"""

import cv2
import numpy as np

from streams.evidence.colours import Colour
from streams.evidence.difference import Mask

_VIVID, _WHITE, _BLACK = 150, 225, 35
"""Levels by which the channels of a pen's colour differ, and from and up to which letters are white and black."""
_THIN = 0.012
"""Half the width of a stroke at most, as a share of the longer side."""
_NEAR = 9
"""Pixels around a stroke or a letter that show it too, as JPEG blurs it."""
_LETTER, _IN_A_LINE, _ALIGNED = (5, 0.12), 4, 0.3
"""Height of a letter, in pixels and as a share of the height; letters that make a line; shares of their height by which
their feet may differ."""


def undrawn(pixels: Colour, mask: Mask) -> Mask:
    """Return where a photo was altered, (h, w) as its ``pixels``, without what is drawn on it."""
    if not mask.any():
        return mask
    there = cv2.dilate(mask.astype(np.uint8), np.ones((_NEAR, _NEAR), np.uint8)) > 0
    least, most = pixels.min(axis=2), pixels.max(axis=2)
    vivid = there & (most.astype(np.int16) - least >= _VIVID)
    drawn = _strokes(vivid) | _lines(there & (least >= _WHITE)) | _lines(there & (most <= _BLACK))
    shown = cv2.dilate(drawn.astype(np.uint8), np.ones((_NEAR, _NEAR), np.uint8)) > 0
    left = cv2.morphologyEx((mask & ~shown).astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    return np.asarray(left > 0)


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
    near = np.abs(feet[:, None] - feet[None, :]) <= _ALIGNED * heights[letters][:, None]
    return np.isin(groups, letters[near.sum(axis=1) >= _IN_A_LINE])
