"""One claim photo beside one reference: whether it was made from it, and where it is not the same.

The second stage of a comparison (:mod:`streams.evidence.comparison`): pairs come here whose likeness says that their
pixels are worth comparing.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from schemas.records import Reading
from schemas.units import NEAR_BITS
from streams.evidence import goods
from streams.evidence.alignment import Alignment, align, warped
from streams.evidence.colours import ColourImage
from streams.evidence.copied import copied
from streams.evidence.difference import Difference, Mask, difference
from streams.evidence.prefilter import Prefilter
from streams.evidence.readings import measured
from streams.wording import causes
from streams.wording.cause import unmeasured

METHOD = "aligned/6"
Region = tuple[int, int, int, int]

LOCATED_ABOVE = 0.3
"""Score above which it is located what differs: a bound of the work. Whether a pair is derived, the policy says."""
_ANOTHER_SCENE = 0.5
"""Share of the compared area from which boxes say nothing: regenerated, or another scene."""
_DYED, _SOME_GOODS, _SURE = 0.4, 0.1, 0.5
"""What is left of a score from ``_SURE`` on where so much of the goods has another colour: a sister article."""
_ALIKE, _ALIKE_CORNERS = LOCATED_ABOVE, 20
"""The least score where so many corners agree: products that share a model or a banner, or goods painted over whole."""
LEAST_CORNERS = 8
"""Corners that must agree to half a pixel before pixels may be compared."""
_SAME_FRAME = 0.9
"""Hash distance and correlation at which a photo without details to track is known by its frame alone."""
_WORTH_TELLING, _MANY_INLIERS = 0.1, 12
"""Score, or points that agree, from which it is told whether the claim was copied; less is made nothing of."""
_WITHOUT_PIXELS = 0.25
"""The highest score without pixels that agree."""
_FEW_CORNERS = 20
"""Fewer corners say less, even when all of them agree."""
_MOST_REGIONS = 40
_APART = 0.008
"""Share of the longer side within which two altered spots are one region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelComparison:
    """What a claim has to do with a reference.

    ``altered`` is None where the score is too low to look, or pixels could not be compared. ``regions`` are x, y,
    width, height, largest first, in the claim's pixels after orientation; ``size`` is its width and height, and
    ``mask`` is (height, width) at the size at which pixels were compared, ``compared`` where that could be done, at
    :data:`streams.evidence.goods.COARSE`. A regenerated scene is altered, without regions or mask.
    """

    score: float
    inliers: int = 0
    coverage: float = 0.0
    mirrored: bool = False
    quarter_turns: int = 0
    altered: bool | None = None
    altered_fraction: float | None = None
    scene_differs: float | None = None
    regions: tuple[Region, ...] = ()
    mask: Mask | None = None
    compared: Mask | None = None
    size: tuple[int, int] = (0, 0)
    readings: tuple[Reading, ...] = ()

    @property
    def worth_locating(self) -> bool:
        """Whether it is located what differs."""
        return self.score > LOCATED_ABOVE

    def whole_mask(self) -> Mask | None:
        """Return the mask in the claim's own size."""
        if self.mask is None:
            return None
        soft = cv2.resize(self.mask.astype(np.uint8) * 255, self.size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(soft > 127)  # noqa: PLR2004 - the half


def compare_pixels(
    alike: Prefilter, mine: ColourImage, other: ColourImage, lap: Callable[[str], None] = lambda _stage: None
) -> PixelComparison:
    """Return what two developed photos show of a claim that is like a reference; ``lap`` hears each stage's end.

    Deterministic.
    """
    found = align(alike.projections, mine, other)
    lap("alignment")
    if found is None:
        return PixelComparison(score=score(alike), readings=(derived_score(score(alike)),))
    seen, shared = warped(other.pixels, found.matrix, (mine.pixels.shape[1], mine.pixels.shape[0]), other.solid)
    shared = shared if mine.solid is None else shared & mine.solid
    unlike = difference(mine.pixels, seen, shared)
    lap("difference")
    shades = goods.Shades(mine.pixels, seen, unlike.unlike)
    shown = goods.shown(other.pixels, unlike.unlike, shades.tinted, unlike.compared, found.matrix, other.solid)
    own = 1 - float((unlike.compared & ~unlike.unlike).mean())
    sure = _score(found, alike.nearest_bits, shown.replaced, shown.gone * own)
    if sure >= _SURE and shown.differ >= _SOME_GOODS and goods.dyed(shades, unlike.compared):
        sure *= _DYED
    sure = round(sure, 4)
    pair = PixelComparison(
        score=sure,
        inliers=found.inliers,
        coverage=round(found.coverage, 4),
        mirrored=found.mirrored,
        quarter_turns=found.quarter_turns,
        scene_differs=round(unlike.share, 4),
        size=(mine.width, mine.height),
        readings=(
            derived_score(sure),
            measured("scene_differs", round(unlike.share, 4), "share of area", METHOD),
            measured("goods_differ", round(shown.differ, 4), "share of the goods", METHOD),
        ),
    )
    if sure >= _WORTH_TELLING or found.inliers >= _MANY_INLIERS:
        pair = replace(pair, readings=pair.readings + copied(found, alike.nearest_bits, mine, other).readings)
        lap("copied")
    if pair.worth_locating:
        pair = _located(_posed(pair), found, unlike, mine)
        lap("regions")
    return pair


def _posed(pair: PixelComparison) -> PixelComparison:
    how = (
        measured("mirrored", value=pair.mirrored),
        measured("quarter_turns", pair.quarter_turns, "quarter turns", METHOD),
    )
    return replace(pair, readings=pair.readings + how)


def _located(pair: PixelComparison, found: Alignment, unlike: Difference, mine: ColourImage) -> PixelComparison:
    """Return the pair with what was altered and where, or why nobody can say."""
    if unlike.share > _ANOTHER_SCENE:
        return replace(pair, altered=True)
    if found.corners < LEAST_CORNERS:
        why = causes.DIFFERENCE_NOT_LOCATED
        nowhere = unmeasured("altered_fraction", why), unmeasured("altered_regions", why)
        return replace(pair, readings=pair.readings + nowhere)
    fraction = round(float(unlike.mask.mean()), 6)
    regions = _regions(unlike.mask, mine)
    where = (
        measured("altered_fraction", fraction, "share of area", METHOD),
        measured("altered_regions", len(regions), "regions", METHOD),
    )
    return replace(
        pair,
        altered=bool(regions),
        altered_fraction=fraction,
        regions=regions,
        mask=unlike.mask,
        compared=unlike.compared,
        readings=pair.readings + where,
    )


def derived_score(value: float) -> Reading:
    """Return how sure derivation is as a reading."""
    return measured("derived_score", value, "probability", METHOD)


def score(alike: Prefilter) -> float:
    """Return how sure derivation is where no pixels agree: low, and the lower the less the photos have in common."""
    evidence = -6 + 0.06 * min(alike.inliers, 100) + 0.04 * max(0, 60 - alike.nearest_bits)
    return round(min(1 / (1 + math.exp(-evidence)), _WITHOUT_PIXELS), 4)


def _score(found: Alignment, bits: int, replaced: float, apart: float) -> float:
    """Return how sure it is that one photo was made from the other, 0 to 1: a logistic, as fitted on known pairs.

    ``replaced`` is the share of the reference's goods in whose place the claim shows something else, of those that it
    shows; ``apart`` is the share of all its goods that are so or not shown, times the share of the claim that is not
    from the reference. Goods under a stain are still shown: their light and shade shines through. A cut loses goods
    and adds nothing, a new scene adds much and loses none: both together are another photo that shares a part. What was
    replaced counts more, the less the two are alike as pictures: a patch leaves the rest. Decision record 5 gives the
    fit.
    """
    agreeing = found.corners / max(_FEW_CORNERS, found.tracked)
    unlike = replaced * (1 - max(0.0, found.correlation))
    evidence = 1.5 + 9 * agreeing - 8 * replaced - 30 * unlike - 7 * apart
    if bits <= NEAR_BITS and found.correlation > _SAME_FRAME:
        evidence += 4
    elif found.corners < LEAST_CORNERS:  # plain goods of one tone agree anywhere
        evidence = min(evidence, -2)
    return max(1 / (1 + math.exp(-evidence)), _ALIKE if found.corners >= _ALIKE_CORNERS else 0.0)


def _regions(mask: Mask, of: ColourImage) -> tuple[Region, ...]:
    """Return boxes around altered spots in pixels of the whole claim, largest first, near ones joined."""
    reach = max(1, int(_APART * max(mask.shape)))
    near = cv2.dilate(mask.astype(np.uint8), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    count, groups = cv2.connectedComponents(near, connectivity=8)
    rows, columns = np.nonzero(mask)
    group = groups[rows, columns]
    sizes, (first, last), (top, bottom) = np.bincount(group, minlength=count), _ends(group, columns), _ends(group, rows)
    across, down = of.width / mask.shape[1], of.height / mask.shape[0]
    boxes: list[tuple[int, Region]] = []
    for at in range(1, count):
        left, upper = math.floor(first[at] * across), math.floor(top[at] * down)
        right = min(of.width, math.ceil((last[at] + 1) * across))
        lower = min(of.height, math.ceil((bottom[at] + 1) * down))
        boxes.append((int(sizes[at]), (left, upper, right - left, lower - upper)))
    return tuple(box for _, box in sorted(boxes, reverse=True)[:_MOST_REGIONS])


def _ends(group: npt.NDArray[Any], places: npt.NDArray[np.intp]) -> tuple[list[int], list[int]]:
    """Return the least and the greatest place of each group."""
    count = int(group.max(initial=0)) + 1
    low, high = np.full(count, np.iinfo(np.intp).max), np.zeros(count, np.intp)
    np.minimum.at(low, group, places)
    np.maximum.at(high, group, places)
    return low.tolist(), high.tolist()
