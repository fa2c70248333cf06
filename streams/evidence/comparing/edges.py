"""Edges of a box in a picture: what lies beyond each, and whether something else begins there."""

from typing import Any

import cv2
import numpy as np

from streams.evidence.files.decoding import Grey
from streams.evidence.looking import panels
from streams.evidence.looking.panels import Box

CORNER = 0.14
"""Share of a side at either end where a reference that was laid into a photo may have rounded corners."""
BESIDE = 10
"""Pixels on either side of an edge that are looked at."""
PARTED = 0.8
"""Share of an edge along which the ground is plain, or brightness jumps, where it divides two pictures."""
_PLAIN = 12
"""Levels within which ground is plain."""
_WITHIN = 3
"""Neighbouring columns in which an edge may lie, as saving and resizing move it."""


def around(box: Box, grey: Grey) -> dict[str, Box]:
    """Return what lies on each side of a box, from edge to edge of the picture."""
    height, width = grey.shape
    left, top = min(width, max(0, box.x)), min(height, max(0, box.y))
    right, below = (min(side, max(0, end)) for side, end in ((width, box.x + box.width), (height, box.y + box.height)))
    return {
        "left": Box(0, 0, left, height),
        "right": Box(right, 0, width - right, height),
        "top": Box(0, 0, width, top),
        "below": Box(0, below, width, height - below),
    }


def parted(grey: Grey, box: Box, side: str, corner: float = CORNER, *, by_ground: bool = True) -> float:
    """Return the share of one edge of a box along which brightness jumps, or the ground on both its sides is plain.

    Not ``by_ground`` only jumps count. Corners may be rounded, up to a share of a side. The box may go on beyond the
    picture: of an edge there it is 0.
    """
    if side in {"top", "below"}:
        grey, box = np.ascontiguousarray(grey.T), Box(box.y, box.x, box.height, box.width)
    place = box.x if side in {"left", "top"} else box.x + box.width
    off = round(corner * min(box.width, box.height))
    rows = slice(max(0, box.y + off), max(0, box.y + box.height - off))
    band = grey[rows, max(0, place - BESIDE) : max(0, place + BESIDE)]
    if not band.size:
        return 0.0
    plain = (band.max(axis=1).astype(np.int16) - band.min(axis=1) <= _PLAIN) & by_ground
    jumps = panels.jumps(band)
    if not jumps.size:
        return float(plain.mean())
    wider: Any = cv2.dilate(jumps, np.ones((1, _WITHIN), np.uint8), borderValue=0) > 0
    return float((wider | plain[:, None]).mean(axis=0).max(initial=plain.mean()))
