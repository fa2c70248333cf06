"""One look at a photo: bytes in, readings, features and what the file says of its origin out; it is decoded once.

The seam for more evidence of one photo: another step in :func:`examine`, another reading. What two photos have in
common is :mod:`streams.evidence.comparing.comparison`'s.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from schemas.records import Fingerprint, ProvenanceFinding, Reading
from streams.errors import MediaUnreadable
from streams.evidence.features import features, fingerprints
from streams.evidence.files.decoding import Picture, decode
from streams.evidence.files.limits import Limits
from streams.evidence.looking import collages, pages
from streams.evidence.looking.blankness import is_blank
from streams.evidence.looking.clarity import clarity
from streams.evidence.looking.softness import softness
from streams.evidence.provenance import report
from streams.evidence.provenance.visible import Labels
from streams.evidence.readings import measured
from streams.wording import causes
from streams.wording.cause import unmeasured

VERSION = "phash256-2.shows-5.features-7.origin-9.clarity-2.soft-1"
"""Names everything that the result depends on: what is kept under it may be used again instead of looking anew."""

_ONE_SCENE = frozenset({"MPO"})
"""Further frames are smaller copies or another eye's view of the same scene."""


@dataclass(frozen=True, slots=True)
class Examination:
    """What one look found: readings without a medium's id, the fingerprint, and features packed for comparisons.

    A picture that shows nothing has no fingerprint. Of a moving picture, ``features`` hold its stills
    (:mod:`streams.evidence.looking.kept_stills`), ``pictures`` the file of each in that order, and the fingerprint is
    that of the sharpest. Of a collage they hold its panels too (:mod:`streams.evidence.looking.kept_panels`), and
    ``pictures`` those.
    """

    readings: tuple[Reading, ...]
    fingerprint: Fingerprint | None
    features: bytes
    provenance: tuple[ProvenanceFinding, ...] = ()
    pictures: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Means:
    """What a look has at hand: certificates (PEM) whose C2PA signatures are trusted, and what reads visible labels.

    Without ``labels`` nobody looks for them, and nothing is said of them. ``mirrored`` is for claims: they may show a
    reference mirrored.
    """

    anchors: str | None = None
    labels: Labels | None = None
    mirrored: bool = True


NOTHING = Means()


def version(means: Means, look: str = VERSION) -> str:
    """Return what a look depends on, its means with it."""
    parts = [look]
    parts += [] if means.labels is None else [means.labels.version]
    parts += [] if means.mirrored else ["upright"]
    parts += [] if means.anchors is None else [hashlib.sha256(means.anchors.encode()).hexdigest()[:16]]
    return ".".join(parts)


def examine(
    photo: bytes, limits: Limits, lap: Callable[[str], None] = lambda _stage: None, means: Means = NOTHING
) -> Examination:
    """Return what a photo shows; ``lap`` is called with the name of each stage when it is over.

    Raises :class:`MediaUnreadable` with the cause when it cannot be looked at.
    """
    picture = decode(photo, limits)
    lap("decode")
    seen = None if means.labels is None else means.labels.read(picture.grey)
    lap("visible_label")
    origin = report.examine(photo, means.anchors, seen, hidden=picture.hides_settings)
    lap("provenance")
    try:
        poses = None if is_blank(picture.grey) else fingerprints.poses(picture.grey)
        lap("hash")
        found = (
            features.of_nothing(picture.grey)
            if poses is None
            else features.detect(picture.grey, poses, mirrored=means.mirrored)
        )
        packed = features.pack(found)
        lap("features")
        clear = clarity(picture.grey, picture.width * picture.height)
        soft = softness(picture.grey) if means.mirrored else ()
        page = means.mirrored and pages.is_page(picture.grey)
        may_be_collage = means.mirrored and not page and poses is not None
        collage = collages.examine(photo, limits, picture.grey, packed) if may_be_collage else None
        packed, pictures = collage or (packed, ())
        lap("clarity")
    except Exception as exc:
        raise MediaUnreadable(causes.PICTURE_NOT_MEASURABLE) from exc
    count = measured("feature_count", len(found.points), "features", features.VERSION)
    readings = [*_of_the_file(picture), count, *clear, *origin.readings]
    if means.mirrored:
        readings += [*soft, measured("page", page, method=pages.VERSION), *collages.readings(packed)]
    if poses is None:
        readings.append(unmeasured("fingerprint", causes.NOTHING_IN_PICTURE))
    return Examination(tuple(readings), None if poses is None else poses[0], packed, origin.findings, pictures)


def _of_the_file(picture: Picture) -> tuple[Reading, ...]:
    about = (
        measured("width_px", picture.width, "px"),
        measured("height_px", picture.height, "px"),
        measured("format", picture.format),
    )
    if picture.frames == 1 or picture.format in _ONE_SCENE:
        return about
    return (*about, unmeasured("frames", causes.only_first_frame(picture.frames)))
