"""Bending: whether places that miss a similar picture miss it alike where they are neighbours, as through a lens.

Tracking errs anyhow at each place. A camera that is not quite before goods, its lens and bent cardboard move whole
parts: what neighbours miss says what a place misses.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_Points = npt.NDArray[np.float64]

_FEWEST = 24
"""Places that surfaces with six terms a direction say something of."""
_STIFF = 1e-3
_MOST_OWN = 0.95
"""The most that a place says of itself."""


@dataclass(frozen=True, slots=True)
class Bending:
    """``px`` is what places typically miss a similar picture by, ``alike`` the share of it (squared) that others tell.

    Of a place, the others are asked without it: errors without a pattern give 0 or less. At most 1. ``own_px`` is what
    is left where they tell all that a lens or a program bends, which may be a third power.
    """

    px: float
    alike: float
    own_px: float = 0.0


STRAIGHT = Bending(0.0, 0.0)


def bending(places: _Points, missed: _Points) -> Bending:
    """Return how what each of ``places`` (n, 2) has ``missed`` (n, 2) hangs together; nothing of few places."""
    if len(places) < _FEWEST:
        return STRAIGHT
    middle = places - places.mean(axis=0)
    x, y = (middle / max(1e-9, float(np.abs(middle).max()))).T
    plain = np.column_stack([np.ones(len(x)), x, y, x * x, x * y, y * y])
    cubic = np.column_stack([plain, x**3, x * x * y, x * y * y, y**3])
    off = missed - missed.mean(axis=0)
    whole, rest, own = (_typical(each) for each in (off, _untold(off, plain), _untold(off, cubic)))
    return Bending(whole**0.5, 0.0 if whole <= 0 else 1 - rest / whole, own**0.5)


def _untold(off: _Points, terms: _Points) -> _Points:
    """Return by how much the others, without it, miss what each place is off."""
    told = terms @ np.linalg.solve(terms.T @ terms + np.eye(terms.shape[1]) * _STIFF, terms.T)
    return np.asarray((off - told @ off) / (1 - np.diag(told).clip(0, _MOST_OWN))[:, None], np.float64)


def _typical(off: _Points) -> float:
    """Return the median of squared lengths."""
    return float(np.median((off**2).sum(axis=1)))
