"""What somebody drew on a photo to point at something: strokes of a vivid pen, and lines of letters.

A circle or a caption on the listing that stands beside an own photo makes no damage of it.
"""

import cv2
import numpy as np

from streams.evidence.comparing.ink import around, extremes, grown, in_line_with
from streams.evidence.files.colours import Colour
from streams.evidence.pixels.difference import Mask
from streams.evidence.pixels.spots import spots

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
    place = around(mask)
    if place is None:
        return mask
    left = np.zeros(mask.shape, bool)
    left[place] = _undrawn(pixels[place], mask[place], mask.shape)
    return left


def _undrawn(pixels: Colour, mask: Mask, whole: tuple[int, ...]) -> Mask:
    """Return the same of the part of a photo that was altered; the ``whole`` has that shape."""
    there = grown(mask, _NEAR)
    low, high = extremes(pixels)
    inks = (there & (cv2.subtract(high, low) >= _VIVID), there & (low >= _WHITE), there & (high <= _BLACK))
    vivid, white, black = (_altered(np.asarray(ink, bool), mask) for ink in inks)
    drawn = _strokes(vivid, whole) | _lines(white, whole) | _lines(black, whole)
    left = cv2.morphologyEx((mask & ~grown(drawn, _NEAR)).astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    return np.asarray(left > 0)


def _altered(ink: Mask, mask: Mask) -> Mask:
    """Return the connected ink that is mostly altered itself: what lies beside a crack is the goods' own colour."""
    count, groups = cv2.connectedComponents(ink.astype(np.uint8), connectivity=8)
    altered, all_of_it = (np.bincount(groups[each], minlength=count) for each in (ink & mask, ink))
    return np.asarray(ink & (altered >= _MOSTLY * all_of_it)[groups])


def _strokes(pen: Mask, whole: tuple[int, ...]) -> Mask:
    """Return what is as thin as a stroke everywhere."""
    if not pen.any():
        return pen
    count, groups = cv2.connectedComponents(pen.astype(np.uint8), connectivity=8)
    deep = cv2.distanceTransform(pen.astype(np.uint8), cv2.DIST_L2, 3) > max(3.0, _THIN * max(whole))
    thin = np.ones(count, bool)
    thin[groups[deep]] = False
    return np.asarray(pen & thin[groups])


def _lines(ink: Mask, whole: tuple[int, ...]) -> Mask:
    """Return the letters that stand in lines."""
    if not ink.any():
        return ink
    found = spots(ink.astype(np.uint8))
    stats, heights = found.boxes, found.boxes[:, cv2.CC_STAT_HEIGHT]
    fits = (heights >= _LETTER[0]) & (heights <= _LETTER[1] * whole[0])
    fits[0] = False
    letters = np.flatnonzero(fits)
    feet = stats[letters, cv2.CC_STAT_TOP] + heights[letters]
    high, left = heights[letters].astype(float), stats[letters, cv2.CC_STAT_LEFT].astype(float)
    in_a_line = np.zeros(len(stats), bool)
    in_a_line[letters[in_line_with(high, feet.astype(float), left, (_ALIGNED, _AS_HIGH, _APART)) >= _IN_A_LINE]] = True
    return found.of(in_a_line)
