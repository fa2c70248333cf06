"""One claim photo beside one reference: whether it was made from it, and where it is not the same.

The second stage of :mod:`streams.evidence.comparing.comparison`: for pairs whose likeness says that it is worth it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from schemas.records import Reading
from schemas.units import BOX
from streams.evidence.features.prefilter import Prefilter
from streams.evidence.files.colours import Colour, ColourImage
from streams.evidence.looking import pages
from streams.evidence.pixels import goods
from streams.evidence.pixels.alignment import Alignment, align, warped
from streams.evidence.pixels.copied import copied
from streams.evidence.pixels.derivation import LEAST_CORNERS, score, score_without_pixels
from streams.evidence.pixels.difference import Difference, Mask, difference
from streams.evidence.pixels.ground_seen import ground_seen
from streams.evidence.pixels.kept_colours import by_kept_colours
from streams.evidence.pixels.kept_light import by_kept_light
from streams.evidence.pixels.marks import refuse_marks
from streams.evidence.pixels.regions import Region, boxes_around
from streams.evidence.pixels.shared_part import is_shared_part
from streams.evidence.pixels.sister_colours import in_another_colour
from streams.evidence.pixels.views import Matrix, Points, mapped
from streams.evidence.readings import measured
from streams.wording import causes
from streams.wording.cause import unmeasured

METHOD = "aligned/15"

LOCATED_ABOVE = 0.3
"""Score above which the places that differ are located. It bounds the work; the policy says what counts as derived."""
_BOXED = 0.5
"""Share of the compared area up to which what differs is boxed. It bounds the work; the policy says what counts as
another scene."""
_DYED, _SOME_GOODS, _SURE = 0.4, 0.1, 0.5
"""A score from ``_SURE`` on is multiplied by ``_DYED`` where ``_SOME_GOODS`` of the goods only have another colour, as
sister articles do."""
_SHARED = 0.3
"""The score of photos of two products that share a banner, a badge or a portrait: a person looks, nobody is accused."""
_WORTH_TELLING, _MANY_INLIERS = 0.1, 12
"""Score, or number of matches, from which it is measured whether the claim was copied, and where both show the same."""
_MOST = 0.5
"""Share of the goods (or the ground) that must be the reference's to say that they are, where the other part is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelComparison:
    """What a claim has to do with a reference.

    ``altered`` is None where the score is too low to look, or pixels could not be compared. ``regions`` are x, y,
    width, height, largest first, in the claim's pixels after orientation; ``size`` is its width and height, and
    ``mask`` is (height, width) at the size at which pixels were compared, ``compared`` where that could be done and
    ``agreeing`` where the claim shows the reference, at :data:`streams.evidence.pixels.goods.COARSE`; ``matrix`` takes
    the claim's pixels to the reference's at that size, and ``seen`` is the reference as the claim would show it, None
    where nothing was located. A regenerated scene is altered, without regions or mask.
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
    agreeing: Mask | None = None
    matrix: Matrix | None = None
    seen: Colour | None = None
    size: tuple[int, int] = (0, 0)
    readings: tuple[Reading, ...] = ()

    @property
    def worth_locating(self) -> bool:
        """Whether the score is high enough to locate what differs."""
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

    Raises :class:`OnlyMarksShared` where both show one app's marks, and nothing else in common. Deterministic.
    """
    found = align(alike.projections, mine, other)
    lap("alignment")
    if found is None:
        low = score_without_pixels(alike)
        return PixelComparison(score=low, size=(mine.width, mine.height), readings=(derived_score(low),))
    refuse_marks(found, mine, other)
    seen, shared = warped(other.pixels, found.matrix, (mine.pixels.shape[1], mine.pixels.shape[0]), other.solid)
    shared = shared if mine.solid is None else shared & mine.solid
    unlike = difference(mine.pixels, seen, shared)
    lap("difference")
    shades = goods.Shades(mine.pixels, seen, unlike.unlike)
    shown, ground = goods.shown(other.pixels, unlike.unlike, shades.tinted, unlike.compared, found.matrix, other.solid)
    own = 1 - float((unlike.compared & ~unlike.unlike).mean())
    sure = score(found, alike, shown, ground, own)
    if sure >= _SURE and _in_other_colours(shades, shown, unlike):
        sure *= _DYED
    if sure >= _SURE and is_shared_part(found, mine, other):
        sure = _SHARED
    sure = round(sure, 4)
    pair = PixelComparison(
        score=sure,
        inliers=found.inliers,
        coverage=round(found.coverage, 4),
        mirrored=found.mirrored,
        quarter_turns=found.quarter_turns,
        scene_differs=round(unlike.share, 4),
        agreeing=unlike.compared & ~unlike.unlike,
        matrix=found.matrix,
        size=(mine.width, mine.height),
        readings=(
            derived_score(sure),
            measured("scene_differs", round(unlike.share, 4), "share of area", METHOD),
            measured("goods_differ", round(shown.differ, 4), "share of the goods", METHOD),
            *_kept(shown, ground, unlike.share),
        ),
    )
    if sure >= _WORTH_TELLING or max(alike.inliers, alike.most_similar) >= _MANY_INLIERS:
        made = by_kept_light(copied(found, alike.nearest_bits, mine, other), found, mine, other)
        told = (
            *_shared(found, mine, other),
            *by_kept_colours(made, found, mine, other).readings,
            *ground_seen(mine, other, found),
            measured("reference_page", _is_template(found, other), method=pages.VERSION),
        )
        pair = replace(pair, readings=pair.readings + told)
        lap("copied")
    if pair.worth_locating:
        pair = _located(replace(_posed(pair), seen=seen), found, unlike, mine)
        lap("regions")
    return pair


def _in_other_colours(shades: goods.Shades, shown: goods.Shown, unlike: Difference) -> bool:
    """Return whether the goods are the reference's in other colours, seen as different or explained by tones."""
    if shown.differ >= _SOME_GOODS and goods.dyed(shades, unlike.compared):
        return True
    return in_another_colour(shades, unlike.compared)


def _kept(shown: goods.Shown, ground: goods.Shown | None, differs: float) -> tuple[Reading, ...]:
    """Return a reading for the goods or the ground where only that one is the reference's; nothing otherwise."""
    if shown.kept >= _MOST and (differs > _BOXED or (ground is not None and ground.kept < _MOST)):
        return (measured("goods_kept", round(shown.kept, 4), "share of the goods", METHOD),)
    if shown.kept < _MOST and ground is not None and ground.kept >= _MOST:
        return (measured("ground_kept", round(ground.kept, 4), "share of the ground", METHOD),)
    return ()


def _shared(found: Alignment, mine: ColourImage, other: ColourImage) -> tuple[Reading, ...]:
    """Return the boxes around what both photos show in the same way, in pixels of either whole photo."""
    if found.geometry is None or found.geometry.corners < LEAST_CORNERS:
        return ()
    places = found.geometry.places
    seen = {"shared_in_claim": (places, mine), "shared_in_reference": (mapped(found.matrix, places), other)}
    return tuple(measured(name, _box(points, image), BOX, METHOD) for name, (points, image) in seen.items())


def _is_template(found: Alignment, other: ColourImage) -> bool:
    """Return whether the reference is a page of which the claim shows no more than what surrounds its photographs."""
    places = np.zeros((0, 2)) if found.geometry is None else mapped(found.matrix, found.geometry.places)
    return pages.is_template(other.pixels, places)


def _box(points: Points, of: ColourImage) -> str:
    height, width = of.pixels.shape[:2]
    zoom = np.array([of.width / width, of.height / height])
    first, last = (np.clip(np.quantile(points, end, axis=0) * zoom, 0, (of.width, of.height)) for end in (0.02, 0.98))
    left, top, right, bottom = (round(float(each)) for each in (*first, *last))
    return f"{left},{top},{right - left},{bottom - top}"


def _posed(pair: PixelComparison) -> PixelComparison:
    turns = measured("quarter_turns", pair.quarter_turns, "quarter turns", METHOD)
    return replace(pair, readings=(*pair.readings, measured("mirrored", value=pair.mirrored), turns))


def _located(pair: PixelComparison, found: Alignment, unlike: Difference, mine: ColourImage) -> PixelComparison:
    """Return the pair with what was altered and where, or why nobody can say."""
    if unlike.share > _BOXED:
        return replace(pair, altered=True, compared=unlike.compared)
    if found.corners < LEAST_CORNERS:
        why = causes.DIFFERENCE_NOT_LOCATED
        nowhere = unmeasured("altered_fraction", why), unmeasured("altered_regions", why)
        return replace(pair, compared=unlike.compared, readings=pair.readings + nowhere)
    fraction = round(float(unlike.mask.mean()), 6)
    regions = boxes_around(unlike.mask, (mine.width, mine.height))
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
