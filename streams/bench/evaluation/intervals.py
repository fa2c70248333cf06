"""The 95 % confidence interval of a mean, by drawing from what was measured again and again. Pure."""

import math
from collections.abc import Sequence

import numpy as np

from streams.cases.intervals import Interval

_RESAMPLES = 1_000


def bootstrap(values: Sequence[float]) -> Interval:
    """Return the percentile bootstrap interval of a mean, from a fixed seed; NaN of nothing."""
    if not values:
        return Interval(math.nan, math.nan)
    sample = np.asarray(values)
    chance = np.random.default_rng(len(values))
    means = [sample[chance.integers(len(sample), size=len(sample))].mean() for _ in range(_RESAMPLES)]
    low, high = np.percentile(means, (2.5, 97.5))
    return Interval(float(low), float(high))
