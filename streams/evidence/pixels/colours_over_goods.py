"""Colours over goods: whether one curve for each channel tells a claim's colours from its reference's, as of one file.

A press mixes inks, and a camera sees them through other filters than the listing's, so that each channel shows
something of the other two.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from streams.evidence.files.colours import ColourImage
from streams.evidence.pixels.alignment import Alignment, warped
from streams.evidence.pixels.samples import (
    BLUR,
    BRIGHTEST,
    DARKEST,
    FEWEST,
    LEAST_OFF,
    STEEPER,
    Reals,
    fitted,
    slopes,
    within,
)


@dataclass(frozen=True, slots=True)
class Colours:
    """Samples of goods: what the claim shows (n, 3; logarithms), what the reference does (0 to 1), how light falls."""

    ours: Reals
    theirs: Reals
    falls: Reals

    def hues_off(self) -> float:
        """Return by how much the channels' own curves typically miss how red and how blue goods are beside green."""
        red, green, blue = (np.vander(each, 4) for each in self.theirs.T)
        off = [
            fitted(np.hstack([one, green[:, :3]]), self.ours[:, at] - self.ours[:, 1])[0]
            for at, one in ((0, red), (2, blue))
        ]
        return float(np.mean(off))

    def mixed(self) -> float:
        """Return by how much less, a logarithm, a channel is missed once it may hold something of the other two."""
        return float(np.mean([self._mixed(at) for at in range(3)]))

    def colour(self) -> float:
        """Return by how many levels the channels of typical goods differ in the reference."""
        return 255 * float(np.median(np.ptp(self.theirs, axis=1)))

    def _mixed(self, at: int) -> float:
        own = np.hstack([np.vander(self.theirs[:, at], 4), self.falls])
        others = np.delete(self.theirs, at, axis=1)
        alone, _ = fitted(own, self.ours[:, at])
        together, _ = fitted(np.hstack([own, others, others * others]), self.ours[:, at])
        return math.log(max(alone, LEAST_OFF) / max(together, LEAST_OFF))


def colours_over_goods(found: Alignment, mine: ColourImage, other: ColourImage) -> Colours | None:
    """Return the colours within matched places of two aligned photos; None where there is too little to say.

    Deterministic.
    """
    if found.geometry is None:
        return None
    height, width = mine.pixels.shape[:2]
    warp, there = warped(other.pixels, found.matrix, (width, height))
    rows, columns = within(there, found.geometry.places)
    ours, theirs = (cv2.blur(each, BLUR)[rows, columns].astype(np.float64) for each in (mine.pixels, warp))
    told = ((ours > DARKEST) & (ours < BRIGHTEST) & (theirs < BRIGHTEST)).all(axis=1)
    if np.count_nonzero(told) < FEWEST:
        return None
    return Colours(np.log(ours[told] + STEEPER), theirs[told] / 255, slopes(rows[told], columns[told]))
