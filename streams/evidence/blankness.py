"""Whether a picture shows anything: of flat colour, a gradient or noise no fingerprint can be taken.

Two such pictures are bits apart, or none, by chance alone: a fingerprint of nothing would join strangers' claims.
"""

import cv2
import numpy as np

from streams.evidence.decoding import Grey

MOST_CELLS = 8
"""Of 256 cells, those in which something may be seen though the picture shows nothing: a grain of dust is in 1 to 8. A
hair-thin crack across plain ground is in 18 and more, the least of 600 photos of goods in 39, blurred beyond use."""
_SIDE, _CELL = 64, 4
_SIGMA = 1.0
_EDGE = 3
"""64ths of a side along each edge that are left out: there shading is mirrored, and so bends."""
_BENT = 2.0
"""Grey levels by which shading bends from one 64th of a side to the next: noise that is averaged over it and steps of
JPEG bend it by less than one, the edge of anything by ten and more."""


def is_blank(grey: Grey) -> bool:
    """Return whether a working picture shows nothing: shading that bends hardly anywhere, whatever it is otherwise."""
    return cells_with_detail(grey) <= MOST_CELLS


def cells_with_detail(grey: Grey) -> int:
    """Return in how many of 16 x 16 cells shading bends as it does at the edge of something."""
    reduced = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    small = cv2.GaussianBlur(reduced, (0, 0), _SIGMA)[_EDGE - 1 : 1 - _EDGE, _EDGE - 1 : 1 - _EDGE]
    middle = 2 * small[1:-1, 1:-1]
    across = np.abs(small[1:-1, 2:] + small[1:-1, :-2] - middle)
    down = np.abs(small[2:, 1:-1] + small[:-2, 1:-1] - middle)
    skew = np.abs(small[2:, 2:] + small[:-2, :-2] - small[2:, :-2] - small[:-2, 2:]) / 4
    bent = np.pad(np.maximum(np.maximum(across, down), skew) > _BENT, _EDGE)
    cells = bent.reshape(_SIDE // _CELL, _CELL, _SIDE // _CELL, _CELL).any(axis=(1, 3))
    return int(np.count_nonzero(cells))
