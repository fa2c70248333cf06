"""One claim photo beside one reference: whether it was made from it, and where it is not the same.

Two stages. What is kept of both photos says whether their pixels are worth comparing (:mod:`likeness`); only then are
both developed, aligned and compared here. One engine for the workers, ``inspect`` and the evaluation.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np

from schemas.records import Reading
from streams.evidence.alignment import Alignment, align, warped
from streams.evidence.colours import Print, develop
from streams.evidence.decoding import decode
from streams.evidence.difference import Mask, difference
from streams.evidence.features import Features, detect
from streams.evidence.fingerprints import poses
from streams.evidence.likeness import Likeness, likeness
from streams.evidence.limits import Limits
from streams.evidence.readings import measured

METHOD = "aligned/1"
Region = tuple[int, int, int, int]

DERIVED_AT = 0.5
"""Score from which a pair counts as derived."""
_ANOTHER_SCENE = 0.5
"""Share of the compared area from which boxes say nothing: regenerated, or another scene."""
_OTHER_GOODS, _LARGEST_EDIT, _DOUBT = 0.5, 0.15, 0.4
"""When more than half of the goods and a sixth of the frame differ while the rest agrees, it is the photo of a sister
article (another colour, or another garment on the same model): what they share does not lie on the goods."""
_CORNERS = 8
"""Corners that must agree to half a pixel before pixels may be compared."""
_SAME_FRAME_BITS, _ALIKE = 31, 0.9
"""Hash distance and correlation at which a photo without details to track is known by its frame alone."""
_MOST_REGIONS = 40
_APART = 0.008
"""Share of the longer side within which two altered spots are one region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairInspection:
    """What a claim has to do with a reference.

    ``altered`` is None where it is not derived, or its pixels could not be compared. ``regions`` are x, y, width,
    height, largest first, and ``mask`` is (height, width), both in the claim's pixels after orientation; a regenerated
    scene is altered, without regions or mask. ``seconds`` are by stage.
    """

    derived: bool
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
    readings: tuple[Reading, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)


def inspect_pair(
    claim: bytes, reference: bytes, limits: Limits, clock: Callable[[], float] = time.process_time
) -> PairInspection:
    """Return what a claim photo has to do with a reference, from their files. Deterministic but for ``seconds``.

    Raises :class:`streams.errors.MediaUnreadable` when either cannot be looked at.
    """
    watch = Laps(clock)
    alike = likeness(_features(claim, limits), _features(reference, limits))
    watch.lap("look")
    if not alike.worth_comparing:
        return PairInspection(
            derived=False, score=score(alike, None), readings=(_derived(score(alike, None)),), seconds=watch.seconds
        )
    mine, other = develop(claim, limits), develop(reference, limits)
    watch.lap("develop")
    return compare_pixels(alike, mine, other, watch)


def compare_pixels(alike: Likeness, mine: Print, other: Print, watch: "Laps | None" = None) -> PairInspection:
    """Return what two developed photos show of a claim that is like a reference. Deterministic but for ``seconds``."""
    watch = watch or Laps(time.process_time)
    found = align(alike.projections, mine, other)
    watch.lap("alignment")
    if found is None:
        unaligned = score(alike, None)
        return PairInspection(derived=False, score=unaligned, readings=(_derived(unaligned),), seconds=watch.seconds)
    return _compared(found, mine, other, alike, watch)


def _derived(value: float) -> Reading:
    return measured("derived_score", value, "probability", METHOD)


def _compared(found: Alignment, mine: Print, other: Print, alike: Likeness, watch: "Laps") -> PairInspection:
    size = mine.pixels.shape[1], mine.pixels.shape[0]
    seen, shared = warped(other.pixels, found.matrix, size)
    unlike = difference(mine.pixels, seen, shared)
    watch.lap("difference")
    other_goods = unlike.goods > _OTHER_GOODS and unlike.unlike > _LARGEST_EDIT
    sure = round(score(alike, found) * (_DOUBT if other_goods else 1), 4)
    derived = sure >= DERIVED_AT
    facts = {
        "derived": derived,
        "score": sure,
        "inliers": found.inliers,
        "coverage": round(found.coverage, 4),
        "mirrored": found.mirrored,
        "quarter_turns": found.quarter_turns,
        "scene_differs": round(unlike.unlike, 4),
    }
    known = [
        _derived(sure),
        measured("scene_differs", round(unlike.unlike, 4), "share of area", METHOD),
        measured("goods_differ", round(unlike.goods, 4), "share of the goods", METHOD),
    ]
    if not derived or found.corners < _CORNERS or unlike.unlike > _ANOTHER_SCENE:
        altered = True if derived and unlike.unlike > _ANOTHER_SCENE else None
        return PairInspection(altered=altered, readings=tuple(known), seconds=watch.seconds, **facts)  # type: ignore[arg-type] # a mapping of the fields
    fraction = round(float(unlike.mask.mean()), 5)
    regions = _regions(unlike.mask, mine)
    known += [
        measured("altered_fraction", fraction, "share of area", METHOD),
        measured("altered_regions", len(regions), "regions", METHOD),
    ]
    mask = _full_size(unlike.mask, mine)
    watch.lap("regions")
    return PairInspection(
        altered=bool(regions),
        altered_fraction=fraction,
        regions=regions,
        mask=mask,
        readings=tuple(known),
        seconds=watch.seconds,
        **facts,  # type: ignore[arg-type] # a mapping of the fields
    )


def score(alike: Likeness, found: Alignment | None) -> float:
    """Return how sure it is that one photo was made from the other, 0 to 1; without an alignment it is hardly so."""
    bits = alike.nearest_bits
    if found is None:
        evidence = -6 + 0.06 * min(alike.inliers, 100) + 0.04 * max(0, 60 - bits)
        return round(min(1 / (1 + math.exp(-evidence)), DERIVED_AT / 2), 4)
    agreeing = found.corners / max(1, found.tracked)
    evidence = -6 + 0.06 * min(found.inliers, 100) + 0.12 * min(found.corners, 60) + 4 * agreeing
    evidence += 0.04 * max(0, 60 - bits) + (6 if bits <= _SAME_FRAME_BITS and found.correlation > _ALIKE else 0)
    return 1 / (1 + math.exp(-evidence))


def _features(photo: bytes, limits: Limits) -> Features:
    grey = decode(photo, limits).grey
    return detect(grey, poses(grey))


def _regions(mask: Mask, of: Print) -> tuple[Region, ...]:
    """Return boxes around altered spots in pixels of the whole claim, largest first, near ones joined."""
    reach = max(1, int(_APART * max(mask.shape)))
    near = cv2.dilate(mask.astype(np.uint8), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    count, groups = cv2.connectedComponents(near, connectivity=8)
    groups[~mask] = 0
    across, down = of.width / mask.shape[1], of.height / mask.shape[0]
    boxes: list[tuple[int, Region]] = []
    for group in range(1, count):
        rows, columns = np.nonzero(groups == group)
        left, top = math.floor(columns.min() * across), math.floor(rows.min() * down)
        right = min(of.width, math.ceil((columns.max() + 1) * across))
        bottom = min(of.height, math.ceil((rows.max() + 1) * down))
        boxes.append((len(rows), (left, top, right - left, bottom - top)))
    return tuple(box for _, box in sorted(boxes, reverse=True)[:_MOST_REGIONS])


def _full_size(mask: Mask, of: Print) -> Mask:
    soft = cv2.resize(mask.astype(np.uint8) * 255, (of.width, of.height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(soft > 127)  # noqa: PLR2004 - the half


class Laps:
    """Seconds by stage."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.seconds: dict[str, float] = {}
        self._clock = clock
        self._last = clock()

    def lap(self, stage: str) -> None:
        """Count the time since the last lap to a stage."""
        now = self._clock()
        self.seconds[stage] = now - self._last
        self._last = now
