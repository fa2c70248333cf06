"""Coarse features: many faint corners of a small picture, which find goods again in a scene that is not theirs.

Of a photo whose scene was generated anew around the goods, or whose goods were put in place of others, a few hundred
strong corners mostly lie on what is new. Small pictures with a low threshold have corners everywhere for little time.
"""

import math

import cv2
import numpy as np

from streams.evidence.features.corners import Corners
from streams.evidence.features.key_points import Described, describe
from streams.evidence.files.decoding import Grey

VERSION = "coarse800/1"

MOST, FIRST, TURNED_OVER = 800, 400, 250
"""Corners that are kept, those that are matched first (what they have nothing of is not matched further), and those of
a claim's negative."""
_PIXELS = 320 * 240
_CORNERS = Corners(most=MOST, candidates=1_200, contrast=5, cell=20, edge=16, levels=5, step=1.3)
"""Five levels that lie further apart took a third less time than ORB's eight, and found as much."""
_OF_NEGATIVE = Corners(most=TURNED_OVER, candidates=800, contrast=5, cell=20, edge=16, levels=5, step=1.3)


def reduced(grey: Grey) -> Grey:
    """Return a working picture at the size that coarse features lie in."""
    height, width = grey.shape
    small = size(width, height)
    seen = grey if small == (width, height) else cv2.resize(grey, small, interpolation=cv2.INTER_AREA)
    return np.asarray(seen, np.uint8)


def detect(seen: Grey, *, mirrored: bool) -> Described:
    """Return the coarse features of a :func:`reduced` picture; points are in its pixels.

    ``mirrored`` describes the first of them in the mirrored picture too.
    """
    return describe(seen, _CORNERS, mirrored=mirrored, most_mirrored=FIRST)


def of_negative(seen: Grey) -> Described:
    """Return fewer of the coarse features that a reduced picture's negative has, as it is and mirrored.

    A claim that is a reference's negative has them in common with it, and none of its own.
    """
    return describe(np.asarray(~seen, np.uint8), _OF_NEGATIVE, mirrored=True)


def size(width: int, height: int) -> tuple[int, int]:
    """Return the width and height of the small picture that a working picture's coarse features lie in."""
    scale = min(1.0, math.sqrt(_PIXELS / (width * height)))
    return max(1, round(width * scale)), max(1, round(height * scale))
