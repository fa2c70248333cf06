"""Same place: a picture laid into a claim that its reference has too, as an app's box with a date or a shop's banner.

Whoever uses the same app has the same box in the same corner, and a shop lays one banner into the photos of all its
goods. It is no picture of the listing then, and the two photos are compared as wholes, which know of both.
"""

import cv2
import numpy as np

from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.edges import PARTED, around, parted
from streams.evidence.comparing.stills import Still
from streams.evidence.files.colours import ColourImage
from streams.evidence.files.decoding import Grey
from streams.evidence.looking import panels
from streams.evidence.looking.panels import Box
from streams.evidence.pixels.pixel_comparison import PixelComparison
from streams.evidence.pixels.views import mapped

_LEAST_SHOWN = 0.3
"""Share of a reference from which what shows it is the listing, and no part that other photos may have too."""
_AS_LARGE, _MISSED = 0.04, 0.04
"""Share of its size by which the two may differ in size, and of its longer side by which they may lie apart."""

_AT_THE_EDGE, _DEEPEST, _LONG, _JUMPS = 0.03, 0.3, 0.4, 0.7
"""Of a banner: share of a reference's side within which it reaches its edge, how deep it is at most, the share of the
edge that it takes at least, without white at its ends, and of its seam along which brightness jumps."""


def is_laid_into_both(panel: Still, whole: Still, beside: PairResult) -> bool:
    """Return whether what a panel shows is a small part of a reference, or as large there and as far from a corner.

    False where the panel was not found in the reference.
    """
    found, prints, box = beside.found, beside.prints, panel.box
    if found is None or found.matrix is None or prints is None or box is None or not found.worth_locating:
        return False
    (mine, reference), claim = prints, whole.photo.develop()
    height, width = mine.pixels.shape[:2]
    corners = np.array([[0.0, 0.0], [width, height]])
    there = mapped(found.matrix, corners)
    there *= np.array([reference.width, reference.height]) / reference.pixels.shape[1::-1]
    if abs(np.linalg.det(found.matrix[:2, :2])) * width * height < _LEAST_SHOWN * reference.pixels[..., 0].size:
        return True
    here = np.array([[box.x, box.y], [box.x + box.width, box.y + box.height]], np.float64)
    if np.abs((there[1] - there[0]) / (here[1] - here[0]) - 1).max() > _AS_LARGE:
        return False
    sizes = np.array([claim.width, claim.height]) - (reference.width, reference.height)
    off = np.abs(there[0] - here[0]), np.abs(there[0] - here[0] + sizes)  # from the left and top, the right and bottom
    return bool(np.minimum(*off).max() <= _MISSED * max(box.width, box.height))


def is_banner(panel: Still, beside: PairResult) -> bool:
    """Return whether a panel of a collage shows a strip along an edge of a reference, which ends at a seam there too.

    A shop's banner lies above all its goods. It says nothing of the goods beyond that seam, in either picture. A photo
    among others of a listing is no strip, and where no seam is in the listing the panel was cut from it.
    """
    found, prints = beside.found, beside.prints
    if panel.box is None or found is None or prints is None or not found.worth_locating:
        return False
    there = _in_the_reference(found, *prints)
    if there is None:
        return False
    grey = np.asarray(cv2.cvtColor(prints[1].pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    sides = {"below": "top", "top": "below", "right": "left", "left": "right"}
    return any(_is_strip(there, grey, edge) and _ends(there, grey, side) for edge, side in sides.items())


def _is_strip(there: Box, grey: Grey, edge: str) -> bool:
    """Return whether a box lies along an edge of a picture, for much of its length, and is not deep."""
    height, width = grey.shape
    beyond, box = around(there, grey)[edge], there
    if edge in {"left", "right"}:
        height, width, box = width, height, Box(there.y, there.x, there.height, there.width)
    gap = min(beyond.width, beyond.height)
    return bool(gap <= _AT_THE_EDGE * height and box.height < _DEEPEST * height and box.width >= _LONG * width)


def _ends(there: Box, grey: Grey, side: str) -> bool:
    """Return whether a box ends at a seam there, beyond which something is shown."""
    if not panels.is_panel(around(there, grey)[side], grey) or parted(grey, there, side) < PARTED:
        return False
    return parted(grey, there, side, by_ground=False) >= _JUMPS


def _in_the_reference(found: PixelComparison, mine: ColourImage, reference: ColourImage) -> Box | None:
    """Return where an upright view of a reference shows it, in the reference's print; None where it slants."""
    if found.matrix is None:
        return None
    height, width = mine.pixels.shape[:2]
    corners = mapped(found.matrix, np.array([[0.0, 0], [width, 0], [width, height], [0, height]]))
    if not np.isfinite(corners).all():
        return None
    rows, columns = reference.pixels.shape[:2]
    first, last = (np.clip(each, 0, (columns, rows)) for each in (corners.min(axis=0), corners.max(axis=0)))
    (left, top), (right, below) = np.rint(first).astype(int), np.rint(last).astype(int)
    if min(right - left, below - top) < panels.BAND:
        return None
    return Box(int(left), int(top), int(right - left), int(below - top))
