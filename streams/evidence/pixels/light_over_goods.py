"""Light over goods: whether light falls on them from somewhere as before a camera, or as it did in the listing.

A file that is edited and sent on has one curve of tones for the whole picture: what is as bright in the listing is
as bright in it. A camera sees goods under a lamp or beside a window, through a lens that darkens corners: what is as
bright in the listing is brighter on one side. Who lays a gradient over a file on a computer does so too, so this says
only what it says beside places and detail.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from streams.evidence.files.decoding import Grey
from streams.evidence.pixels.alignment import warped
from streams.evidence.pixels.samples import BLUR, BRIGHTEST, DARKEST, FEWEST, LEAST_OFF, STEEPER, fitted, slopes, within
from streams.evidence.pixels.views import Matrix, Points


@dataclass(frozen=True, slots=True)
class Light:
    """How light varies over goods, all natural logarithms.

    ``varies`` is by how much one end of them is brighter than the other, ``explains`` by how much less a curve of tones
    misses once light may vary, and ``off`` what it still misses by.
    """

    varies: float
    explains: float
    off: float


def light_over_goods(claim: Grey, reference: Grey, matrix: Matrix, places: Points) -> Light | None:
    """Return how light varies within matched ``places`` of a claim; None where there is too little to say.

    ``matrix`` takes the claim's pixels to the reference's. Deterministic.
    """
    height, width = claim.shape
    seen, there = warped(reference, matrix, (width, height))
    rows, columns = within(there, places)
    ours, theirs = (cv2.blur(each, BLUR)[rows, columns].astype(np.float64) for each in (claim, seen))
    told = (ours > DARKEST) & (ours < BRIGHTEST) & (theirs < BRIGHTEST)
    if np.count_nonzero(told) < FEWEST:
        return None
    tones = np.vander(theirs[told] / 255, 4)
    falls = slopes(rows[told], columns[told])
    wanted = np.log(ours[told] + STEEPER)
    flat, _ = fitted(tones, wanted)
    off, curve = fitted(np.hstack([tones, falls]), wanted)
    low, high = np.quantile(falls @ curve[-falls.shape[1] :], (0.1, 0.9))
    return Light(float(high - low), math.log(max(flat, LEAST_OFF) / max(off, LEAST_OFF)), off)
