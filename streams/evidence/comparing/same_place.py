"""Same place: a picture laid into a claim that its reference has too, as an app's box with a date or a shop's banner.

Whoever uses the same app has the same box in the same corner, and a shop lays one banner into the photos of all its
goods. It is no picture of the listing then, and the two photos are compared as wholes, which know of both.
"""

import numpy as np

from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.stills import Still
from streams.evidence.pixels.views import mapped

_LEAST_SHOWN = 0.3
"""Share of a reference from which what shows it is the listing, and no part that other photos may have too."""
_AS_LARGE, _MISSED = 0.04, 0.04
"""Share of its size by which the two may differ in size, and of its longer side by which they may lie apart."""


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
