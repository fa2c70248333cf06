"""The looks that a medium offers: a photo one, a video one for each still, a collage the whole and one for each panel.

Of all pairs of looks the one that tells most counts.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import cv2
import numpy as np

from streams.errors import MediaUnreadable
from streams.evidence.comparing import comparison
from streams.evidence.comparing.comparison import PairResult, Photo, Within
from streams.evidence.features import features
from streams.evidence.features.features import Features
from streams.evidence.features.prefilter import likeness
from streams.evidence.files.colours import ColourImage
from streams.evidence.looking import kept_panels, kept_stills
from streams.evidence.looking.kept_stills import KeptStill
from streams.evidence.looking.panels import Box
from streams.evidence.readings import measured

MOST_PAIRS = 3
"""Pairs of looks that are compared further for each reference, the likeliest."""


@dataclass(frozen=True, slots=True)
class Still:
    """One look at a medium; ``at_ms`` is its time in a video, None of a photo.

    Of a panel, ``part`` is its name and ``box`` its place in the whole photo, which is the look before all panels.
    ``beside`` says of a whole photo that its panels were laid into it: it counts as one more of them.
    """

    at_ms: int | None
    photo: Photo
    part: str | None = None
    box: Box | None = None
    beside: bool = False


def looks(packed: bytes, develop: Callable[[str | None], ColourImage]) -> list[Still]:
    """Return the looks that kept features offer; ``develop`` gives the pixels of a still's file, of None the photo's.

    Pixels of a still are told in those of the whole frame. Raises :class:`streams.errors.MediaUnreadable` when what was
    kept is damaged.
    """
    kept = kept_stills.unpack(packed)
    if not kept:
        photo = Photo(kept_panels.whole(packed), partial(develop, None))
        whole = Still(None, photo, beside=kept_panels.are_laid_in(packed))
        return [whole, *_panels(packed, develop)]
    return [Still(one.at_ms, Photo(one.features, partial(_whole, one, develop))) for one in kept]


def developed_once(look: Still) -> Still:
    """Return a look whose pixels are kept: a reference is compared with each panel of a claim."""
    return replace(look, photo=replace(look.photo, develop=cache(look.photo.develop)))


def _panels(packed: bytes, develop: Callable[[str | None], ColourImage]) -> Iterator[Still]:
    kept = kept_panels.unpack(packed)
    whole = kept_panels.whole(packed) if kept else b""
    for number, one in enumerate(kept):
        photo = Photo(one.features, partial(develop, one.sha256), Within(whole, one.place))
        yield Still(None, photo, kept_panels.part(number), one.box)


def _whole(still: KeptStill, develop: Callable[[str | None], ColourImage]) -> ColourImage:
    return replace(develop(still.sha256), width=still.width, height=still.height)


def compare(
    claim: Sequence[Still], references: Sequence[Sequence[Still]], lap: Callable[[str], None] = lambda _stage: None
) -> list[PairResult]:
    """Return what a claim has to do with each reference: of the looks at both, the pair that tells most.

    ``claim_second`` and ``reference_second`` say which moment of a video that is. Features choose the pairs that are
    looked at further: :data:`MOST_PAIRS` of each reference.
    """
    best: dict[int, PairResult] = {}
    for place, chosen in _chosen(claim, references).items():
        others = [references[at][number] for at, number in chosen]
        found = comparison.compare(claim[place].photo, [other.photo for other in others], lap)
        for (at, _), other, beside in zip(chosen, others, found, strict=True):
            if at not in best or tells(beside) > tells(best[at]):
                best[at] = _timed(beside, claim[place], other)
    return [best[at] for at in range(len(references))]


def _chosen(claim: Sequence[Still], references: Sequence[Sequence[Still]]) -> dict[int, list[tuple[int, int]]]:
    """Return for each look of the claim the (reference, look) pairs that it is compared with, all as indexes."""
    chosen: dict[int, list[tuple[int, int]]] = {}
    ours = [_unpacked(look) for look in claim] if len(claim) > 1 or any(len(one) > 1 for one in references) else []
    for at, looks in enumerate(references):
        pairs = [(place, number) for place in range(len(claim)) for number in range(len(looks))]
        if len(pairs) > 1:
            theirs = [_unpacked(look) for look in looks]
            pairs.sort(key=lambda pair: _likelihood(ours[pair[0]], theirs[pair[1]]))
        for place, number in pairs[:MOST_PAIRS]:
            chosen.setdefault(place, []).append((at, number))
    return chosen


def _unpacked(look: Still) -> Features | None:
    try:
        return features.unpack(look.photo.features)
    except MediaUnreadable:
        return None


def _likelihood(ours: Features | None, theirs: Features | None) -> tuple[int, int]:
    """Return a sort key that is least for the likeliest pair."""
    if ours is None or theirs is None:
        return 1, 0
    try:
        alike = likeness(ours, theirs)
    except (cv2.error, np.linalg.LinAlgError):
        return 1, 0
    return -alike.inliers, alike.nearest_bits


def tells(beside: PairResult) -> tuple[float, bool, float]:
    """Return a sort key that grows with what a pair tells: sure derivation, then complete readings, then nearness."""
    values = {reading.name: reading.value for reading in beside.readings}
    distance = values.get("hash_distance_bits")
    nearness = -float(distance) if isinstance(distance, int) else -math.inf
    return comparison.derivation(beside), all(value is not None for value in values.values()), nearness


def _timed(beside: PairResult, mine: Still, other: Still) -> PairResult:
    times = {"claim_second": mine.at_ms, "reference_second": other.at_ms}
    told = [measured(name, at_ms / 1000, "s") for name, at_ms in times.items() if at_ms is not None]
    return replace(beside, readings=(*beside.readings, *told)) if told else beside
