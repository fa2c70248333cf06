"""Where a claim lies in its reference by light and shade alone, of pictures so small that no detail is left.

Who blurs all of a listing but the damage takes its corners away, and heavy filters do so too. What is light and what is
dark stays where it was. Of either photo a tiny picture (:mod:`streams.evidence.features.small_pictures`) is kept; the
claim's is looked for in the reference's, at half of its size to all of it, as it is and mirrored.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.features import coarse_features
from streams.evidence.features.features import Features
from streams.evidence.features.matching import MIRROR, Matrix, Projection
from streams.evidence.files.decoding import Grey

_NARROW, _WIDE = 0.8, 2.4
"""Standard deviations of the blurs whose difference is compared: slow light, which many photos share, is left out."""
_STEP, _STEPS = 1.1, 8
"""The claim's sizes, from that of the reference down to half of it."""
_FINER = tuple(1.1 ** (part / 6) for part in (-4, -3, -2, -1, 0, 1, 2, 3, 4))
"""Sizes around the best one, by which it is found to a hundredth."""
_LEAST_SIDE, _LEAST_SPREAD = 12, 1.0
"""Pixels of a side, and the spread in grey levels, below which a picture says nothing of where it lies."""
_CELLS, _EVERYWHERE = 8, 0.7
"""Cells in each direction, and the share of them with a coarse corner from which a claim is not looked for so: it has
detail all over, and features find it. Of 70 real photos of printed goods one in five has less, of 30 blurred listings
one has more."""
_NEGATIVE = -0.8
"""Correlation down to which a claim is the reference's negative: of 1,163 unrelated pairs none is below -.75, of 9
negatives that nothing else told 8."""
_PERHAPS = 0.4
"""Correlation, either way, at every second size from which the sizes between are tried."""
_MAYBE = 0.7
"""Correlation from which the place is found more exactly."""

Shades = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Found:
    correlation: float
    least: float
    mirrored: bool
    size: tuple[int, int]
    place: tuple[float, float]


def by_shades(claim: Features, reference: Features) -> tuple[Projection, float] | None:
    """Return where a claim lies in a reference by shades alone, and how well they correlate there; None of too little.

    The view has no inliers, and covers the whole of the claim. Of a negative the correlation is below 0, and the view
    says nothing. Deterministic.
    """
    beside = reference.shades
    if min(*beside.shape, *claim.shades.shape) < _LEAST_SIDE or _detailed(claim):
        return None
    theirs = _shades(beside)
    best = _roughly(claim.shades, theirs)
    if best is None:
        return None
    if is_negative(best.least):
        return _projection(best, beside), best.least
    if best.correlation >= _MAYBE:
        scale = max(best.size) / max(claim.shades.shape)
        best = _best(claim.shades, theirs, (scale * finer for finer in _FINER), (best.mirrored,)) or best
    return _projection(best, beside), best.correlation


def _roughly(ours: Grey, theirs: Shades) -> _Found | None:
    """Return the best place at one of the sizes: of every second, and of all where it may be one of those between."""
    every = [_STEP**-step for step in range(_STEPS)]
    first = _best(ours, theirs, every[::2], (False, True))
    if first is None or max(first.correlation, -first.least) < _PERHAPS:
        return first
    other = _best(ours, theirs, every[1::2], (False, True))
    if other is None:
        return first
    best = max(first, other, key=lambda one: one.correlation)
    return replace(best, least=min(first.least, other.least))


def is_negative(correlation: float) -> bool:
    """Return whether a claim is a reference's negative, by how light and shade correlate."""
    return correlation <= _NEGATIVE


def _projection(found: _Found, beside: Grey) -> Projection:
    return Projection(_matrix(found, (beside.shape[1], beside.shape[0])), found.mirrored, 0, 1.0)


def _detailed(claim: Features) -> bool:
    """Return whether a claim has corners nearly everywhere."""
    size = coarse_features.size(claim.width, claim.height)
    columns, rows = (claim.coarse.points * _CELLS / size).astype(np.intp).clip(0, _CELLS - 1).T
    held = np.bincount(rows * _CELLS + columns, minlength=_CELLS**2)
    return bool(np.count_nonzero(held) >= _EVERYWHERE * _CELLS**2)


def _best(ours: Grey, theirs: Shades, scales: Iterable[float], ways: tuple[bool, ...]) -> _Found | None:
    """Return the place of the size, and of the ways (mirrored or not), at which the two correlate best."""
    found, least = None, 0.0
    for scale in scales:
        size = round(ours.shape[1] * scale), round(ours.shape[0] * scale)
        if min(size) < _LEAST_SIDE or size[0] > theirs.shape[1] or size[1] > theirs.shape[0]:
            continue
        shown = _shown(ours.tobytes(), (ours.shape[1], ours.shape[0]), size)
        if shown is None:
            continue
        for mirrored in ways:
            as_seen = shown[mirrored]
            fits = np.asarray(cv2.matchTemplate(theirs, as_seen, cv2.TM_CCOEFF_NORMED), np.float32)
            low, most, _, (column, row) = cv2.minMaxLoc(fits)
            least = min(least, low)
            if found is None or most > found.correlation:
                place = column + _between(fits[row], column), row + _between(fits[:, column], row)
                found = _Found(float(most), 0.0, mirrored, size, place)
    return None if found is None else replace(found, least=least)


@lru_cache(maxsize=64)
def _shown(ours: bytes, whole: tuple[int, int], size: tuple[int, int]) -> tuple[Shades, Shades] | None:
    """Return a claim's shades at a size, as it is and mirrored; None where it is plain. Once for all its references."""
    grey = np.frombuffer(ours, np.uint8).reshape(whole[1], whole[0])
    shown = _shades(np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8))
    if float(cv2.meanStdDev(shown)[1][0, 0]) < _LEAST_SPREAD:
        return None
    return shown, shown[:, ::-1].copy()


def _shades(grey: Grey) -> Shades:
    light = grey.astype(np.float32)
    wide = cv2.GaussianBlur(light, (0, 0), _WIDE)
    return np.asarray(cv2.GaussianBlur(light, (0, 0), _NARROW) - wide, np.float32)


def _between(line: Shades, at: int) -> float:
    """Return by how much of a pixel the top of the parabola through a line's highest value lies beside it."""
    if not 0 < at < len(line) - 1:
        return 0.0
    before, top, after = (float(value) for value in line[at - 1 : at + 2])
    bend = before - 2 * top + after
    return 0.0 if bend >= 0 else 0.5 * (before - after) / bend


def _matrix(found: _Found, size: tuple[int, int]) -> Matrix:
    """Return what takes places of the claim's frame to those of the reference's, both in shares of their sides."""
    (width, height), (left, top), (across, down) = found.size, found.place, size
    into: Matrix = np.array([[width / across, 0, left / across], [0, height / down, top / down], [0, 0, 1.0]])
    return into @ MIRROR if found.mirrored else into
