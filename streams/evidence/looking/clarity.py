"""Whether a photo is clear enough to show anything: sharpness and exposure of the working picture, as readings.

A reason to ask for a better photo, never one for suspicion: who is in distress photographs badly.
"""

import cv2

from schemas.records import Reading
from streams.evidence.files.decoding import WORKING_PIXELS, Grey
from streams.evidence.readings import measured

VERSION = "clarity/2"

_TILES = 4
"""Tiles in each direction. The sharpest counts: goods before a plain or a blurred background are clear all the same."""
_DARK, _BRIGHT = 15, 250
"""Luma (0 to 255) up to which, and from which, nothing can be told apart."""


def clarity(grey: Grey, whole_pixels: int = 0) -> tuple[Reading, ...]:
    """Return ``sharpness``, ``dark_share`` and ``bright_share`` of a working picture of a photo of so many pixels.

    A photo that was reduced to fewer pixels than most looks the sharper for it, so its sharpness is told as that of one
    of :data:`streams.evidence.files.decoding.WORKING_PIXELS`: by the third power of the sides, right to a third at 10
    to 60.

    Sharpness is the variance of the Laplacian in the sharpest sixteenth of the picture, in squared grey levels: about 5
    for a photo blurred beyond use, hundreds for a sharp one. The shares are of the picture's area, 0 to 1.
    """
    scale = min(1.0, grey.size / min(WORKING_PIXELS, max(grey.size, whole_pixels))) ** 1.5
    return (
        measured("sharpness", round(_sharpest(grey) * scale, 2), "squared grey levels", VERSION),
        measured("dark_share", _share(grey, 0, _DARK), "share of area", VERSION),
        measured("bright_share", _share(grey, _BRIGHT, 255), "share of area", VERSION),
    )


def _share(grey: Grey, lowest: int, highest: int) -> float:
    return round(cv2.countNonZero(cv2.inRange(grey, lowest, highest)) / grey.size, 4)


def _sharpest(grey: Grey) -> float:
    """Return the largest variance of the Laplacian of any tile; a picture too tiny for tiles is one."""
    edges = cv2.Laplacian(grey, cv2.CV_16S)
    height, width = (max(1, side // _TILES) for side in grey.shape)
    spreads = [
        float(cv2.meanStdDev(edges[top : top + height, left : left + width])[1][0, 0])
        for top in range(0, height * _TILES, height)
        for left in range(0, width * _TILES, width)
        if top < grey.shape[0] and left < grey.shape[1]
    ]
    return max(spreads) ** 2
