"""How sure a share is that was counted: 95 % confidence intervals."""

import math
from typing import NamedTuple

Z = 1.959964
"""The standard normal quantile of 95 %, two-sided."""


class Interval(NamedTuple):
    """Both ends of a confidence interval."""

    low: float
    high: float


def wilson(hits: int, of: int) -> Interval:
    """Return the Wilson score interval of a share; of nothing, anything is possible."""
    if of == 0:
        return Interval(0.0, 1.0)
    share, square = hits / of, Z * Z
    middle = share + square / (2 * of)
    reach = Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    low, high = ((middle + side * reach) / (1 + square / of) for side in (-1, 1))
    return Interval(0.0 if hits == 0 else max(0.0, low), 1.0 if hits == of else min(1.0, high))
