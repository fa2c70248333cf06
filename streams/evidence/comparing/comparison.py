"""One claim photo against its references: readings, and for what was derived, what was altered and where.

The one engine behind the workers, ``inspect`` and the evaluation. What is kept of the photos
(:mod:`streams.evidence.features.prefilter`) settles most pairs; pixels are developed and compared
(:mod:`streams.evidence.pixels.pixel_comparison`) only where that is worth it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import cv2
import numpy as np

from schemas.records import Reading
from streams.errors import MediaUnreadable
from streams.evidence.comparing import prior_damage
from streams.evidence.features import coarse_features, features, fingerprints
from streams.evidence.features.features import Features
from streams.evidence.features.matching import Matrix
from streams.evidence.features.prefilter import Prefilter, likeness
from streams.evidence.files.colours import ColourImage
from streams.evidence.pixels import pixel_comparison
from streams.evidence.pixels.derivation import score_without_pixels
from streams.evidence.pixels.marks import Marks, OnlyMarksShared
from streams.evidence.pixels.pixel_comparison import PixelComparison
from streams.evidence.readings import measured
from streams.wording import causes
from streams.wording.cause import Cause, unmeasured

MOST_COMPARED = 8
"""References whose pixels are compared, the likeliest first: an order has a few, and each takes a while."""

Lap = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Within:
    """The picture that a photo is a panel of: packed features, and what takes the panel's frame to its frame.

    There the panel is seen at another size, at which it may have more in common with a reference.
    """

    features: bytes
    place: Matrix


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo to compare: its packed features, and its pixels for whoever needs them.

    ``develop`` may raise :class:`streams.errors.MediaUnreadable`, which is then the reason why nothing was measured.
    """

    features: bytes
    develop: Callable[[], ColourImage]
    within: Within | None = None


@dataclass(frozen=True, slots=True)
class PairResult:
    """A claim beside one reference; ``found`` and ``prints`` (of both) are None where no pixels were compared.

    ``kept`` is what :mod:`streams.evidence.comparing.once` keeps of this pair alone.
    """

    readings: tuple[Reading, ...]
    found: PixelComparison | None = None
    prints: tuple[ColourImage, ColourImage] | None = None
    kept: dict[Callable[..., Any], Any] = field(default_factory=dict, init=False, repr=False, compare=False)


def compare(claim: Photo, references: Sequence[Photo], lap: Lap = lambda _stage: None) -> list[PairResult]:
    """Return what a claim has to do with each reference; ``lap`` is called with the name of each stage at its end.

    Of pairs that the prefilter does not pass, the score of derivation comes from features alone, and is low.
    Deterministic.
    """
    pairs = [_within(claim, reference, _alike(claim.features, reference.features)) for reference in references]
    lap("compare")
    worth = [at for at, pair in enumerate(pairs) if pair.worth_comparing]
    worth.sort(key=lambda at: _likeliest(pairs[at].alike))
    developed = cache(claim.develop)
    found = [_without_pixels(pair) for pair in pairs]
    for place, at in enumerate(worth):
        if place < MOST_COMPARED:
            found[at] = _compared(claim, references[at], pairs[at], developed, lap)
        else:
            found[at] = PairResult(
                (*pairs[at].readings, unmeasured("derived_score", causes.references_over_limit(MOST_COMPARED)))
            )
    return _with_witnesses(found)


def _with_witnesses(found: Sequence[PairResult]) -> list[PairResult]:
    """Return the same, and of each reference how much it shows of what differs from another one."""
    shares = prior_damage.vouched([beside.found for beside in found])
    return [
        beside
        if share is None
        else replace(beside, readings=(*beside.readings, measured("damage_in_reference", share, "share of damage")))
        for beside, share in zip(found, shares, strict=True)
    ]


def best(found: Sequence[PairResult]) -> int | None:
    """Return which reference the claim was most likely made from, or None where none comes near that."""
    near = [(at, one.found) for at, one in enumerate(found) if one.found is not None and one.found.worth_locating]
    return max(near, key=lambda one: (one[1].score, -(one[1].scene_differs or 0.0)))[0] if near else None


def derivation(beside: PairResult) -> float:
    """Return how sure derivation is, 0 where that could not be measured."""
    scores = [reading.value for reading in beside.readings if reading.name == "derived_score"]
    return float(scores[0]) if scores and isinstance(scores[0], int | float) else 0.0


@dataclass(frozen=True, slots=True)
class _Pair:
    """What is known of a pair before its pixels; ``alike`` is None where not even that could be said."""

    readings: tuple[Reading, ...]
    alike: Prefilter | None = None
    too_plain: bool = False
    suggested: bool = False
    """Whether the picture that the claim is a panel of says in which view it may show the reference."""

    @property
    def worth_comparing(self) -> bool:
        """Whether their pixels should be compared."""
        return self.alike is not None and (self.suggested or self.alike.worth_comparing)


def _within(claim: Photo, reference: Photo, pair: _Pair) -> _Pair:
    """Return a pair with the views that the whole picture suggests, of which the claim is a panel."""
    if claim.within is None or pair.alike is None:
        return pair
    try:
        alike = likeness(_there(claim.within), features.unpack(reference.features))
    except (MediaUnreadable, cv2.error, np.linalg.LinAlgError):
        return pair
    seen = [replace(one, matrix=one.matrix @ claim.within.place) for one in alike.projections if one.inliers]
    if not seen:
        return pair
    more = replace(pair.alike, projections=(*pair.alike.projections, *seen))
    return replace(pair, alike=more, suggested=alike.worth_comparing)


def _there(within: Within) -> Features:
    """Return the features of a picture that lie in one of its panels."""
    whole = features.unpack(within.features)
    places = np.hstack([whole.points / (whole.width, whole.height), np.ones((len(whole.points), 1))])
    inside = places @ np.linalg.inv(within.place).T[:, :2]
    return whole.of(((inside >= 0) & (inside <= 1)).all(axis=1))


def _alike(claim: bytes, reference: bytes) -> _Pair:
    try:
        ours, theirs = features.unpack(claim), features.unpack(reference)
        if ours.blank or theirs.blank:
            return _Pair(_of_nothing(causes.NOTHING_IN_PICTURE if ours.blank else causes.TOO_LITTLE_DETAIL))
        return _pair(ours, theirs, likeness(ours, theirs))
    except (MediaUnreadable, cv2.error, np.linalg.LinAlgError):
        return _Pair((unmeasured("comparison", causes.PHOTOS_NOT_COMPARABLE),))


def _pair(ours: Features, theirs: Features, alike: Prefilter) -> _Pair:
    distance = measured("hash_distance_bits", alike.distance_bits, "bits", fingerprints.VERSION)
    if min(len(ours.points), len(theirs.points)) < features.FEWEST_POINTS:
        return _Pair((distance, _too_plain("feature_inliers"), _too_plain("inlier_coverage")), alike, too_plain=True)
    return _Pair(
        (
            distance,
            measured("feature_inliers", alike.inliers, "matches", features.VERSION),
            measured("inlier_coverage", round(alike.coverage, 4), "share of area", features.VERSION),
            *_similar(alike),
        ),
        alike,
    )


def _similar(alike: Prefilter) -> tuple[Reading, ...]:
    if alike.similar is None:
        return ()
    return (measured("similar_inliers", alike.similar, "matches", coarse_features.VERSION),)


def _of_nothing(why: Cause) -> tuple[Reading, ...]:
    names = ("hash_distance_bits", "feature_inliers", "inlier_coverage", "derived_score")
    return tuple(unmeasured(name, why) for name in names)


def _too_plain(name: str) -> Reading:
    return unmeasured(name, causes.TOO_LITTLE_DETAIL)


def _likeliest(alike: Prefilter | None) -> tuple[int, int]:
    return (0, 0) if alike is None else (-alike.inliers, alike.nearest_bits)


def _without_pixels(pair: _Pair) -> PairResult:
    if pair.alike is None:
        return PairResult(pair.readings)
    if pair.too_plain:
        return PairResult((*pair.readings, _too_plain("derived_score")))
    return PairResult((*pair.readings, pixel_comparison.derived_score(score_without_pixels(pair.alike))))


def _compared(claim: Photo, reference: Photo, pair: _Pair, ours: Callable[[], ColourImage], lap: Lap) -> PairResult:
    """Return a pair by its pixels; of photos that share one app's marks, and no more there, by what is besides."""
    try:
        return _with_pixels(pair, ours, reference.develop, lap)
    except OnlyMarksShared as exc:
        besides = _besides(claim.features, reference.features, exc.marks)
        lap("compare")
    try:
        if besides.worth_comparing:
            return _with_pixels(besides, ours, reference.develop, lap)
    except OnlyMarksShared:
        pass
    return _without_pixels(besides)


def _besides(claim: bytes, reference: bytes, shared: Marks) -> _Pair:
    ours = features.unpack(claim).outside(shared.mine)
    theirs = features.unpack(reference).outside(shared.other)
    return replace(_pair(ours, theirs, likeness(ours, theirs)), too_plain=False)


def _with_pixels(
    pair: _Pair, ours: Callable[[], ColourImage], theirs: Callable[[], ColourImage], lap: Lap
) -> PairResult:
    if pair.alike is None:
        return PairResult(pair.readings)
    try:
        mine, other = ours(), theirs()
        lap("develop")
        found = pixel_comparison.compare_pixels(pair.alike, mine, other, lap)
    except MediaUnreadable as exc:
        return PairResult((*pair.readings, unmeasured("derived_score", exc.cause)))
    except (cv2.error, np.linalg.LinAlgError):
        return PairResult((*pair.readings, unmeasured("derived_score", causes.PHOTOS_NOT_COMPARABLE)))
    readings = pair.readings + found.readings
    return PairResult(readings, replace(found, readings=readings), (mine, other))
