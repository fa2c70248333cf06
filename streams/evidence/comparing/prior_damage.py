"""Damage that a reference shows already: the claim differs from one reference there, and not from another.

A dispatch photo that shows the damage speaks for the buyer: the goods left like that.
"""

from collections.abc import Sequence

import numpy as np

from streams.evidence.pixels.difference import Mask
from streams.evidence.pixels.goods import COARSE
from streams.evidence.pixels.pixel_comparison import PixelComparison


def vouched(pairs: Sequence[PixelComparison | None]) -> list[float | None]:
    """Return for each reference the share (0 to 1) of the claim's damage that it shows as the claim does.

    All pairs are of one claim photo. Its damage is what differs from the other reference that differs most. None where
    the reference was not compared place by place, or the claim differs from no other one.
    """
    altered = [None if one is None or one.mask is None or not one.mask.any() else one.mask[COARSE] for one in pairs]
    return [_share(pair, [mask for other, mask in enumerate(altered) if other != at]) for at, pair in enumerate(pairs)]


def _share(pair: PixelComparison | None, others: Sequence[Mask | None]) -> float | None:
    differing = max((mask for mask in others if mask is not None), key=np.count_nonzero, default=None)
    if pair is None or pair.mask is None or pair.compared is None or differing is None or not differing.any():
        return None
    agreeing = pair.compared & ~pair.mask[COARSE]
    return round(float(np.count_nonzero(differing & agreeing) / np.count_nonzero(differing)), 4)
