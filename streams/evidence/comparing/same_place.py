"""Same place: a picture laid into a claim that its reference has at the very same place, as an app's box with a date.

Whoever uses the same app has the same box in the same corner. It is no picture of its own then, and the two photos are
compared as wholes, which know of an app's marks.
"""

import numpy as np

from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.stills import Still
from streams.evidence.pixels.views import mapped

_AS_LARGE, _MISSED = 0.04, 0.04
"""Share of its size by which the two may differ in size, and of its longer side by which they may lie apart."""


def is_at_the_same_place(panel: Still, whole: Still, beside: PairResult) -> bool:
    """Return whether a reference has what a panel shows as large, and as far from one of its corners.

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
    here = np.array([[box.x, box.y], [box.x + box.width, box.y + box.height]], np.float64)
    if np.abs((there[1] - there[0]) / (here[1] - here[0]) - 1).max() > _AS_LARGE:
        return False
    sizes = np.array([claim.width, claim.height]) - (reference.width, reference.height)
    off = np.abs(there[0] - here[0]), np.abs(there[0] - here[0] + sizes)  # from the left and top, the right and bottom
    return bool(np.minimum(*off).max() <= _MISSED * max(box.width, box.height))
