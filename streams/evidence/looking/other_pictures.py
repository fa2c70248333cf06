"""Other pictures: whether a part of a picture holds a photo, on whatever ground a program laid it.

What an app has around its photo are letters, signs, lines and buttons: thin, small, or of two shades. A photo is a
large area that is neither the ground nor flat, and has many shades; it may be round, lie askew, or show goods on white.
"""

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.files.decoding import Grey
from streams.evidence.looking import few_shades, panels
from streams.evidence.looking.panels import Box

Mask = npt.NDArray[np.bool_]

_FLAT, _AROUND = 6, 9
"""A pixel is flat where no more grey levels than this are spanned within so many pixels."""
_GROUNDS, _GROUND = 4, 0.1
"""Shades that a ground has at most, as stripes do, and the least share of the part that each covers."""
_GAPS, _THIN = 5, 0.05
"""Gaps in a photo that are closed, in pixels; what is thinner than this share of the shorter side is letters, signs and
lines."""


def holds_a_photo(grey: Grey, part: Mask) -> bool:
    """Return whether a ``part`` (h, w) of a working picture holds a photo that is as large as a panel."""
    other = _varied(grey) & part & ~_ground(grey[part])[grey]
    _, groups, stats, _ = cv2.connectedComponentsWithStats(_thick(other), connectivity=8)
    boxes = [Box(*each) for each in stats[:, :4].tolist()]
    large = [at for at, box in enumerate(boxes) if at and panels.is_large(box, grey)]
    return not all(few_shades.is_drawn(grey[groups == at]) for at in large)


def _varied(grey: Grey) -> Mask:
    around = np.ones((_AROUND, _AROUND), np.uint8)
    return np.asarray(cv2.subtract(cv2.dilate(grey, around), cv2.erode(grey, around)) > _FLAT, bool)


def _ground(levels: Grey) -> Mask:
    """Return which of 256 grey levels are a ground's: the shades that are seen most often."""
    counts, found = np.bincount(levels, minlength=256), np.zeros(256, bool)
    for _ in range(_GROUNDS):
        shade, often = few_shades.commonest(counts)
        if often < _GROUND * len(levels):
            break
        found |= few_shades.near(shade)
        counts[found] = 0
    return found


def _thick(area: Mask) -> npt.NDArray[np.uint8]:
    """Return an area without gaps, and without what is thin in it."""
    thin = 2 * round(_THIN * min(area.shape) / 2) + 1
    room = np.pad(area.astype(np.uint8), thin)
    closed = cv2.morphologyEx(room, cv2.MORPH_CLOSE, np.ones((_GAPS, _GAPS), np.uint8))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((thin, thin), np.uint8))
    return np.ascontiguousarray(opened[thin:-thin, thin:-thin], np.uint8)
