"""Corners of a picture as ORB finds them, and sooner where the picture is full of them: noise, a sieve, gravel.

Of each level ORB keeps the strongest corners alone, and looks at the others for nothing: of noise at nine in ten. Where
strong ones are enough it is told to look for no others, and finds the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.files.decoding import Grey

Points = npt.NDArray[np.float32]

_STRONG = 50
"""Contrast of a strong corner (of 255): ordinary photos have some hundreds of them."""
_CROWDED = 1_500
"""Strong corners from which a picture is looked at level by level."""
_KEPT_FIRST = 2
"""Of corners ORB keeps so many times what it is asked for by their contrast, and of these the best by their shape."""


@dataclass(frozen=True, slots=True)
class Corners:
    """How corners are looked for: at most ``most`` of ``candidates`` are chosen.

    ``contrast`` is the least of a corner (of 255), ``cell`` the pixels within which corners compete, and ``edge`` the
    pixels at each edge where ORB sees nothing. Each of ``levels`` is smaller by ``step`` than the one before.
    """

    most: int
    candidates: int
    contrast: int
    cell: int
    edge: int
    levels: int = 8
    step: float = 1.2

    def in_too_small(self, grey: Grey) -> bool:
        """Return whether a picture has no room between its edges."""
        return bool(min(grey.shape) <= 2 * self.edge)

    def orb(self) -> cv2.ORB:
        """Return what finds and describes such corners."""
        return self._orb(self.candidates, self.contrast, self.levels)

    def shares(self) -> list[int]:
        """Return how many candidates ORB looks for on each level."""
        smaller = 1 / self.step
        first = self.candidates * (1 - smaller) / (1 - smaller**self.levels)
        shares = [round(first * smaller**level) for level in range(self.levels - 1)]
        return [*shares, max(0, self.candidates - sum(shares))]

    def in_level(self, grey: Grey, most: int, *, strong: bool) -> Sequence[cv2.KeyPoint]:
        """Return ``most`` corners of one level alone; ``strong`` looks for no others."""
        return self._orb(most, _STRONG if strong else self.contrast, 1).detect(grey, None)

    def _orb(self, most: int, contrast: int, levels: int) -> cv2.ORB:
        return cv2.ORB.create(
            nfeatures=most, scaleFactor=self.step, nlevels=levels, edgeThreshold=self.edge, fastThreshold=contrast
        )


def strong(grey: Grey) -> Points:
    """Return where the strong corners of a picture are (n, 2)."""
    found = cv2.FastFeatureDetector.create(_STRONG).detect(grey)
    return np.asarray(cv2.KeyPoint.convert(found), np.float32).reshape(-1, 2)


def corners(grey: Grey, how: Corners, known: Points | None = None) -> Sequence[cv2.KeyPoint]:
    """Return the corners that ORB finds, in the order of levels; ``known`` are the strong ones, to be faster.

    They make no difference but this: of corners that are alike to the last bit others may come first.
    """
    if known is None or len(known) < _CROWDED:
        return how.orb().detect(grey, None)
    found: list[cv2.KeyPoint] = []
    seen, enough = grey, _enough(known, grey, how.edge, how.shares()[0])
    for level, most in enumerate(how.shares()):
        scale = float(np.float32(float(np.float32(how.step)) ** level))  # in single precision, as ORB reckons
        if level:
            size = (round(grey.shape[1] / scale), round(grey.shape[0] / scale))
            seen = np.asarray(cv2.resize(seen, size, interpolation=cv2.INTER_LINEAR_EXACT), np.uint8)
            # Where one level has too few, smaller and softer ones have fewer still.
            enough = enough and _enough(strong(seen), seen, how.edge, most)
        found += [_of_level(one, level, scale) for one in how.in_level(seen, most, strong=enough)]
    return found


def _enough(places: Points, grey: Grey, edge: int, most: int) -> bool:
    """Return whether so many strong corners lie where ORB sees them that it would keep no other."""
    height, width = grey.shape
    inside = ((places >= edge) & (places < (width - edge, height - edge))).all(axis=1)
    return int(inside.sum()) >= _KEPT_FIRST * most


def _of_level(corner: cv2.KeyPoint, level: int, scale: float) -> cv2.KeyPoint:
    """Return a corner of a level as one of the picture."""
    if level:
        corner.pt = (corner.pt[0] * scale, corner.pt[1] * scale)
        corner.octave, corner.size = level, corner.size * scale
    return corner
