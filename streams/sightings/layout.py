"""How a segment cuts its hashes into chunks: what a search must look up to miss nothing.

Of 256 bits, chunks of ``width`` bits are cut, and of each the first ``bits`` are looked up as they are and with up to
``flips`` of them flipped. A hash that differs in fewer than ``chunks * (flips + 1)`` bits has a chunk with at most
``flips`` differences, so it is found whichever bits they are (the pigeonhole principle).
"""

from functools import cache
from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

LARGE = 1_500_000
"""From so many hashes on, two flips in twelve chunks cost less than one flip in sixteen: fewer are compared."""
SMALL = 400_000
"""Below so many hashes tables are larger for their number: such segments are a small share of all."""
_FEWEST_BITS = 6


class Layout(NamedTuple):
    """One way to cut."""

    chunks: int
    width: int
    bits: int
    flips: int

    @property
    def buckets(self) -> int:
        """How many lists of hashes one chunk has."""
        return 1 << self.bits


def layout_for(hashes: int) -> Layout:
    """Return the layout for so many hashes: tables grow with them, so that they stay a small share of the memory."""
    if hashes >= LARGE:
        return Layout(12, 21, min(21, (hashes * 5 // 12).bit_length() - 1), 2)
    to_a_bucket = 6 if hashes < SMALL else 12
    return Layout(16, 16, max(_FEWEST_BITS, min(15, (hashes // to_a_bucket).bit_length() - 1)), 1)


@cache
def masks(bits: int, flips: int) -> npt.NDArray[np.int64]:
    """Return every way to flip at most ``flips`` of ``bits``, none first, then one, then two."""
    ways = (ones for count in range(flips + 1) for ones in combinations(range(bits), count))
    return np.array([sum(1 << one for one in ones) for ones in ways], np.int64)
