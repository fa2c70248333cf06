"""Photos and scans of paper, lit unevenly and with grain, as a screen would show the same page: on one white."""

import cv2
import numpy as np

from streams.evidence.files.decoding import Grey

_SMALLER, _LEAST_SIDE = 4, 64
_LETTER, _SOFT = 11, 5.0
"""Sides and spread in pixels of the picture made a quarter as large: no letter is as wide, no shadow as narrow."""
_WHITE, _LEAST_WHITE = 240, 223
"""What paper becomes, and from which level on: light is 7 % uneven within what a letter spans, grain included."""
_CELL, _MOSTLY_WHITE = 4, 0.5
"""Side of the squares of that picture of which so many are white all over where it is paper."""


def flattened(grey: Grey) -> Grey | None:
    """Return a working picture (h, w) with its paper white; None where less than half of it is empty paper."""
    if min(grey.shape) < _LEAST_SIDE:
        return None
    height, width = grey.shape
    small = cv2.resize(grey, (width // _SMALLER, height // _SMALLER), interpolation=cv2.INTER_AREA)
    light = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((_LETTER, _LETTER), np.uint8))
    light = cv2.GaussianBlur(light, (0, 0), _SOFT)
    white = (cv2.divide(small, light, scale=_WHITE) >= _LEAST_WHITE).astype(np.uint8)
    if cv2.erode(white, np.ones((_CELL, _CELL), np.uint8))[::_CELL, ::_CELL].mean() < _MOSTLY_WHITE:
        return None
    lit = cv2.resize(light, (width, height), interpolation=cv2.INTER_LINEAR)
    evened = np.asarray(cv2.divide(cv2.medianBlur(grey, 3), lit, scale=_WHITE), np.uint8)
    evened[evened >= _LEAST_WHITE] = _WHITE
    return evened
