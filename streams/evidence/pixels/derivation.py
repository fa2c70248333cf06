"""Derivation: how sure it is that a claim was made from a reference, by what the two show of goods and of ground.

Asked separately: a new scene around goods that are the reference's is as derived as new goods on its ground.
"""

import math

from schemas.units import NEAR_BITS
from streams.evidence.features.prefilter import Prefilter
from streams.evidence.pixels.alignment import Alignment
from streams.evidence.pixels.goods import Shown

LEAST_CORNERS = 8
"""Corners that must agree to half a pixel before pixels may be compared."""
_LEAST_WITH_CORNERS, _ALIKE_CORNERS = 0.3, 20
"""The least score where so many corners agree: products that share a model or a banner, or goods painted over whole.
From then on goods and ground are asked what of them is there as it was."""
_SIMILAR = 28
"""Coarse matches of one similar picture that stand for corners: goods that were lit anew agree to a pixel or two."""
_SAME_FRAME = 0.9
"""Hash distance and correlation at which a photo without details to track is known by its frame alone."""
_ALIKE_SHADES, _LEAST_WITH_SHADES = 0.82, 0.2
"""The least score where light and shade agree so well: of what was blurred but for a spot few corners, and hardly any
pixels, are left to agree. Of 3,449 pairs of other products five agree so well, trousers seen from behind; of 70 real
photos of printed goods none beyond .7."""
_WITHOUT_PIXELS = 0.25
"""The highest score without pixels that agree."""
_FEW_CORNERS = 20
"""Fewer corners say less, even when all of them agree."""
_GOODS_KEPT, _GROUND_KEPT, _SLOPE = 0.72, 0.55, 12.0
"""How much of the goods, or of the ground, must be there as it was to be as likely as not, whatever the rest shows, and
the log odds that the whole of it is worth. Sister articles on one model share half of what is not white."""


def score_without_pixels(alike: Prefilter) -> float:
    """Return how sure derivation is where no pixels agree: low, and the lower the less the photos have in common.

    Pixels of a negative never agree: a person looks at one.
    """
    if alike.negative:
        return _WITHOUT_PIXELS
    evidence = -6 + 0.06 * min(alike.inliers, 100) + 0.04 * max(0, 60 - alike.nearest_bits)
    return round(max(min(_sure(evidence), _WITHOUT_PIXELS), _least(alike)), 4)


def _least(alike: Prefilter) -> float:
    """Return the least score, by light and shade alone."""
    return _LEAST_WITH_SHADES if alike.shades >= _ALIKE_SHADES else 0.0


def score(found: Alignment, alike: Prefilter, goods: Shown, ground: Shown | None, own: float) -> float:
    """Return how sure it is that one photo was made from the other, 0 to 1.

    ``own`` is the share of the claim's area that shows nothing of the reference, 0 to 1. ``ground`` is None where it is
    plain, or nobody knows it: then the goods alone are asked.
    """
    evidence = _by_goods(found, alike, goods, own)
    if found.corners < _ALIKE_CORNERS:
        return max(_sure(evidence), _least(alike))
    evidence = max(evidence, _SLOPE * (goods.kept - _GOODS_KEPT))
    if ground is not None:
        evidence = max(evidence, _SLOPE * (ground.kept - _GROUND_KEPT))
    return max(_sure(evidence), _LEAST_WITH_CORNERS)


def _sure(evidence: float) -> float:
    return 1 / (1 + math.exp(-evidence))


def _by_goods(found: Alignment, alike: Prefilter, goods: Shown, own: float) -> float:
    """Return the log odds from the goods: a logistic, as fitted on known pairs.

    Of the reference's goods that the claim shows, some have something else in their place. Goods under a stain are
    still shown: their light and shade shines through. A cut loses goods and adds nothing, a new scene adds much and
    loses none: both together are another photo that shares a part. What was replaced counts more, the less the two are
    alike as pictures: a patch leaves the rest. Decision record 5 gives the fit.
    """
    agreeing = found.corners / max(_FEW_CORNERS, found.tracked)
    unlike = goods.replaced * (1 - max(0.0, found.correlation))
    evidence = 1.5 + 9 * agreeing - 8 * goods.replaced - 30 * unlike - 7 * goods.gone * own
    if alike.nearest_bits <= NEAR_BITS and found.correlation > _SAME_FRAME:
        return evidence + 4
    if found.corners < LEAST_CORNERS and alike.most_similar < _SIMILAR:  # plain goods of one tone agree anywhere
        return min(evidence, -2)
    return evidence
