"""One look at a photo, and one comparison of two: bytes in, readings out, each photo decoded once.

The seam for more evidence (provenance, clarity, localised differences): another step here, another reading.
"""

from collections.abc import Callable
from dataclasses import dataclass

from schemas.records import Fingerprint, Reading
from streams.errors import MediaUnreadable
from streams.evidence import features, fingerprints
from streams.evidence.decoding import Picture, decode
from streams.evidence.likeness import likeness
from streams.evidence.limits import Limits
from streams.evidence.readings import measured, unmeasured

VERSION = "phash256-1.orb500-2"
"""Names everything that the result depends on: what is kept under it may be used again instead of looking anew."""

FEWEST_POINTS = 25
"""Fewer would agree by chance, so nothing was compared. Of 110 catalogue photos none has fewer than 59."""
_ONE_SCENE = frozenset({"MPO"})
"""Further frames are smaller copies or another eye's view of the same scene."""


@dataclass(frozen=True, slots=True)
class Examination:
    """What one look found: readings without a medium's id, the fingerprint, and features as :func:`compare` takes."""

    readings: tuple[Reading, ...]
    fingerprint: Fingerprint
    features: bytes


def examine(photo: bytes, limits: Limits, lap: Callable[[str], None] = lambda _stage: None) -> Examination:
    """Return what a photo shows; ``lap`` is called with the name of each stage when it is over.

    Raises :class:`MediaUnreadable` with a sentence for people when it cannot be looked at.
    """
    picture = decode(photo, limits)
    lap("decode")
    try:
        poses = fingerprints.poses(picture.grey)
        lap("hash")
        found = features.detect(picture.grey, poses)
        packed = features.pack(found)
        lap("features")
    except Exception as exc:
        msg = "the picture could be opened, but not measured"
        raise MediaUnreadable(msg) from exc
    readings = (*_of_the_file(picture), measured("feature_count", len(found.points), "features", features.VERSION))
    return Examination(readings, poses[0], packed)


def compare(claim: bytes, reference: bytes) -> tuple[Reading, ...]:
    """Return what two packed photos have in common: ``hash_distance_bits``, ``feature_inliers``, ``inlier_coverage``.

    Raises :class:`MediaUnreadable` when either is not what :func:`examine` packed.
    """
    ours, theirs = features.unpack(claim), features.unpack(reference)
    distance = measured(
        "hash_distance_bits",
        fingerprints.distance_bits(ours.fingerprint, theirs.fingerprint),
        "bits",
        fingerprints.VERSION,
    )
    if min(len(ours.points), len(theirs.points)) < FEWEST_POINTS:
        why = "one of the two photos shows too little detail to compare them by"
        return (distance, unmeasured("feature_inliers", why), unmeasured("inlier_coverage", why))
    alike = likeness(ours, theirs)
    return (
        distance,
        measured("feature_inliers", alike.inliers, "matches", features.VERSION),
        measured("inlier_coverage", round(alike.coverage, 4), "share of area", features.VERSION),
    )


def _of_the_file(picture: Picture) -> tuple[Reading, ...]:
    about = (
        measured("width_px", picture.width, "px"),
        measured("height_px", picture.height, "px"),
        measured("format", picture.format),
    )
    if picture.frames == 1 or picture.format in _ONE_SCENE:
        return about
    return (*about, unmeasured("frames", f"only the first of the picture's {picture.frames} frames was looked at"))
