"""95 % confidence intervals. Pure."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

_Z = 1.959964
_RESAMPLES = 1_000


class Interval(NamedTuple):
    """Both ends of a confidence interval."""

    low: float
    high: float


def wilson(hits: int, count: int) -> Interval:
    """Return the Wilson score interval of a share; of nothing, anything is possible."""
    if count == 0:
        return Interval(0.0, 1.0)
    share, square = hits / count, _Z**2
    middle = share + square / (2 * count)
    reach = _Z * math.sqrt(share * (1 - share) / count + square / (4 * count**2))
    low, high = ((middle + side * reach) / (1 + square / count) for side in (-1, 1))
    return Interval(0.0 if hits == 0 else max(0.0, low), 1.0 if hits == count else min(1.0, high))


def bootstrap(values: Sequence[float]) -> Interval:
    """Return the percentile bootstrap interval of a mean, from a fixed seed; NaN of nothing."""
    if not values:
        return Interval(math.nan, math.nan)
    sample = np.asarray(values)
    chance = np.random.default_rng(len(values))
    means = [sample[chance.integers(len(sample), size=len(sample))].mean() for _ in range(_RESAMPLES)]
    low, high = np.percentile(means, (2.5, 97.5))
    return Interval(float(low), float(high))
