"""Videos of packing, dispatch or damage, and animated pictures: the sharpest still of each scene is looked at.

Stills are compared like photos. Where a part was not seen (the video is too long, its decoded frames lie too far apart,
or it has too many scenes), a reading says so, and the claim is not cleared.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from schemas.records import Fingerprint, Reading
from streams.evidence.features import features, fingerprints
from streams.evidence.files import clips
from streams.evidence.files.clips import Clip
from streams.evidence.files.decoding import Grey, decode
from streams.evidence.files.limits import Limits
from streams.evidence.files.video_file import VideoFile
from streams.evidence.looking import examination, kept_stills, scenes
from streams.evidence.looking.blankness import is_blank
from streams.evidence.looking.clarity import clarity
from streams.evidence.looking.examination import NOTHING, Examination, Means
from streams.evidence.looking.kept_stills import KeptStill
from streams.evidence.looking.scenes import Seen
from streams.evidence.provenance import report
from streams.evidence.readings import measured
from streams.wording import causes
from streams.wording.cause import unmeasured

VERSION = f"video-6.{examination.VERSION}"
"""Names everything that a look at a video depends on, beside its means: see :func:`version`."""

MOST_FRAMES = 240
"""Most frames that are decoded: about four minutes of a telephone's video."""
LONGEST_UNSEEN_S = 1.5
"""Whole frames that are further apart are not enough: telephones store one a second, chat apps one in ten."""
SHORT_S = 4.0
"""Of a video up to this length every frame is decoded: a card with words may be all that its whole frame shows."""
EVERY_APART_S, EVERY_MOST_APART_S = 0.5, 1.0
"""How far apart frames are that are looked at where every one is decoded; the second is for long videos."""
FEWEST_FRAMES = 16
"""Frames of a short video that are looked at, if it has as many."""
LONGEST_GAP_S = 12.0
"""Longest gap between decoded frames that counts as looked at: a recorded screen on which nothing moves has none."""

Lap = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Look:
    """One still, looked at; ``label`` is the visible label that was read in it, None where nobody looked."""

    kept: KeptStill
    picture: bytes
    fingerprint: Fingerprint | None
    points: int
    readings: tuple[Reading, ...]
    sharpness: float
    label: str | None


def version(means: Means) -> str:
    """Return what a look at a video depends on, its means with it."""
    return examination.version(means, VERSION)


def examine(video: VideoFile, limits: Limits, lap: Lap = lambda _stage: None, means: Means = NOTHING) -> Examination:
    """Return what a video shows: readings, the pictures of its stills, and their features as they are kept.

    What its file says of its origin is read as a photo's is, and visible labels are looked for on each still. Raises
    :class:`MediaUnreadable` with the cause when it cannot be looked at.
    """
    clip, seen = _seen(video, limits)
    lap("decode")
    found, label = examine_stills(clip, seen, limits, means)
    lap("features")
    origin = report.examine(video, means.anchors, label)
    lap("provenance")
    return Examination(
        (*found.readings, *origin.readings), found.fingerprint, found.features, origin.findings, found.pictures
    )


def _seen(video: VideoFile, limits: Limits) -> tuple[Clip, Seen]:
    """Return the scenes of the frames that a video stores whole; of all, where these are few or lie too far apart."""
    with clips.opened(video, limits) as clip:
        seen = scenes.seen(clip.frames, MOST_FRAMES)
    gap_s = _longest_gap(seen.times_s, clip.length_s)
    if len(seen.times_s) < MOST_FRAMES and (clip.length_s <= SHORT_S or gap_s > LONGEST_UNSEEN_S):
        longest_s = max(EVERY_APART_S, clip.length_s / MOST_FRAMES)
        apart_s = min(EVERY_MOST_APART_S, longest_s, clip.length_s / FEWEST_FRAMES)
        with clips.opened(video, limits, every_frame=True, apart_s=apart_s) as clip:
            seen = scenes.seen(clip.frames, MOST_FRAMES)
    return clip, seen


def examine_stills(clip: Clip, seen: Seen, limits: Limits, means: Means) -> tuple[Examination, str | None]:
    """Return what the frames of a clip show, and the visible label that was read on one of its stills.

    "" where there is no label, None where nobody looked.
    """
    looks = [_look(scene, clip, limits, means) for scene in seen.scenes]
    clearest = max(looks, key=lambda one: one.sharpness)
    readings = (
        measured("width_px", clip.width, "px"),
        measured("height_px", clip.height, "px"),
        measured("format", clip.format),
        measured("feature_count", max(one.points for one in looks), "features", features.VERSION),
        *clearest.readings,
        measured("video_s", round(clip.length_s, 1), "s"),
        measured("video_stills", len(looks), "stills", VERSION),
        *_unseen(seen, clip.length_s),
        *([unmeasured("fingerprint", causes.NOTHING_IN_PICTURE)] if clearest.fingerprint is None else []),
    )
    packed = kept_stills.pack([one.kept for one in looks])
    labels = [one.label for one in looks if one.label is not None]
    found = Examination(readings, clearest.fingerprint, packed, pictures=tuple(one.picture for one in looks))
    return found, max(labels, default=None)


def _look(scene: scenes.Scene, clip: Clip, limits: Limits, means: Means) -> _Look:
    """Return what a still shows, from its file: whoever decodes that again sees the same."""
    grey = decode(scene.picture, limits).grey
    blank = is_blank(grey)
    poses = None if blank else fingerprints.poses(grey)
    found = features.of_nothing(grey) if poses is None else features.detect(grey, poses, mirrored=means.mirrored)
    sha256 = hashlib.sha256(scene.picture).hexdigest()
    return _Look(
        KeptStill(scene.at_ms, sha256, clip.width, clip.height, features.pack(found)),
        scene.picture,
        None if poses is None else poses[0],
        len(found.points),
        tuple(clarity(grey, clip.width * clip.height)),
        scene.sharpness,
        _label(grey, means),
    )


def _label(grey: Grey, means: Means) -> str | None:
    return None if means.labels is None else means.labels.read(grey)


def _unseen(seen: Seen, length_s: float) -> Iterator[Reading]:
    """Yield an unmeasured reading where a part of the video was not looked at."""
    if seen.left_out:
        yield unmeasured("frames", causes.VIDEO_SCENES_LEFT_OUT)
    elif len(seen.times_s) == MOST_FRAMES:
        yield unmeasured("frames", causes.video_longer_than_looked_at(round(seen.times_s[-1])))
    elif not length_s:
        yield unmeasured("frames", causes.VIDEO_LENGTH_UNKNOWN)
    elif (gap := _longest_gap(seen.times_s, length_s)) > LONGEST_GAP_S:
        yield unmeasured("frames", causes.video_gap(round(gap)))


def _longest_gap(times_s: Sequence[float], length_s: float) -> float:
    return max(after - before for before, after in pairwise([0.0, *times_s, length_s]))
