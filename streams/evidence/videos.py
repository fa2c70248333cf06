"""Videos of packing, dispatch or damage: the sharpest still of each scene, looked at and compared like a photo.

Only the frames that a video stores whole are decoded: encoders set one every second or so, and where a scene changes.
Whatever was not seen (a video too long, or with long stretches between such frames) is said, and is never clear.

FFmpeg is handed an anonymous file in memory; it may open nothing else, and only the two containers named here.
"""

import math
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from PIL import Image

from schemas.records import Fingerprint, Reading
from streams.errors import MediaUnreadable
from streams.evidence import examination, features, fingerprints, stills
from streams.evidence.clarity import clarity
from streams.evidence.colours import Colour, ColourImage, compared_size
from streams.evidence.decoding import Grey, working_picture
from streams.evidence.examination import NOTHING, Examination, Means
from streams.evidence.limits import Limits
from streams.evidence.media_kinds import HEAD_BYTES, VideoFormat, video_format
from streams.evidence.provenance import report
from streams.evidence.readings import measured
from streams.wording import causes
from streams.wording.cause import unmeasured

VERSION = f"video-2.{examination.VERSION}"
"""Names everything that a look at a video depends on, beside its means: see :func:`version`."""

MOST_STILLS = 6
"""Scenes of which a still is kept: enough to turn goods once around; each costs a comparison with every photo."""
MOST_FRAMES = 240
"""Whole frames that are decoded at most: about four minutes as telephones record."""
LONGEST_GAP_S = 12.0
"""Longest stretch between whole frames that still counts as looked at: what x264 leaves at 24 frames a second."""
SCENE_BITS = 60
"""Distance of fingerprints from which a frame shows another scene than the one before it."""

LATEST_S = 1e6
"""A frame that claims to be later than eleven days is a sign of damage."""

_OPTIONS = "OPENCV_FFMPEG_CAPTURE_OPTIONS"


def version(means: Means) -> str:
    """Return what a look at a video depends on, its means with it."""
    return examination.version(replace(means, reader=None, mirrored=True), VERSION)


@dataclass(frozen=True, slots=True)
class _Frame:
    at_s: float
    poses: tuple[Fingerprint, ...]
    grey: Grey
    sharpness: float


def examine(
    video: bytes, limits: Limits, lap: Callable[[str], None] = lambda _stage: None, means: Means = NOTHING
) -> Examination:
    """Return what a video shows: readings, and the features of its stills, packed by :mod:`streams.evidence.stills`.

    What its file says of its origin is read as a photo's is; no visible label is looked for.

    Raises :class:`MediaUnreadable` with the cause when it cannot be looked at.
    """
    frames: list[_Frame] = []
    with _opened(video, limits) as (capture, name):
        size, length_s = _size(capture), _length_s(capture)
        for at_s, pixels in _whole_frames(capture):
            frames.append(_frame(at_s, pixels))
            if len(frames) == MOST_FRAMES:
                break
    if not frames:
        raise _damaged()
    lap("decode")
    chosen = [max(scene, key=lambda frame: frame.sharpness) for scene in scenes(frames)]
    found = [features.detect(frame.grey, frame.poses) for frame in chosen]
    packed = stills.pack(
        [(round(frame.at_s * 1000), features.pack(one)) for frame, one in zip(chosen, found, strict=True)]
    )
    lap("features")
    origin = report.examine(video, means.anchors)
    lap("provenance")
    clearest = max(chosen, key=lambda frame: frame.sharpness)
    readings = (
        measured("width_px", size[0], "px"),
        measured("height_px", size[1], "px"),
        measured("format", name),
        measured("feature_count", max(len(one.points) for one in found), "features", features.VERSION),
        *clarity(clearest.grey),
        measured("video_s", round(length_s, 1), "s"),
        measured("video_stills", len(chosen), "stills", VERSION),
        *_unseen(frames, length_s),
        *origin.readings,
    )
    return Examination(readings, clearest.poses[0], packed, origin.findings)


def still(video: bytes, at_ms: int, limits: Limits) -> ColourImage:
    """Return the whole frame at a time that :func:`examine` named, in colour; raises :class:`MediaUnreadable`."""
    with _opened(video, limits) as (capture, _):
        width, height = _size(capture)
        for at_s, pixels in _whole_frames(capture):
            if round(at_s * 1000) == at_ms:
                rgb = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), dtype=np.uint8)
                return ColourImage(compared_size(rgb), width, height)
    raise _damaged()


def scenes(frames: Sequence[_Frame]) -> list[Sequence[_Frame]]:
    """Return frames by scene, cut at the largest changes, so that there are at most :data:`MOST_STILLS`."""
    changes = [
        (fingerprints.distance_bits(before.poses[0], after.poses[0]), at)
        for at, (before, after) in enumerate(pairwise(frames), 1)
    ]
    largest = sorted((change for change in changes if change[0] > SCENE_BITS), key=lambda one: (-one[0], one[1]))
    cuts = [0, *sorted(at for _, at in largest[: MOST_STILLS - 1]), len(frames)]
    return [frames[start:end] for start, end in pairwise(cuts)]


@contextmanager
def _opened(video: bytes, limits: Limits) -> Iterator[tuple[Any, str]]:
    """Give a capture of the whole frames of a video, and its container's name."""
    if len(video) > limits.size_bytes:
        raise MediaUnreadable(causes.file_too_large(len(video), limits.size_bytes))
    container = _container(video)
    descriptor = os.memfd_create("video", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, video)
        os.environ[_OPTIONS] = f"protocol_whitelist;file|format_whitelist;{container.demuxer}|avdiscard;nonkey"
        capture = cv2.VideoCapture(f"/proc/self/fd/{descriptor}", cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
        try:
            _check(capture, limits)
            yield capture, container.name
        finally:
            capture.release()
    except cv2.error as exc:
        raise _damaged() from exc
    finally:
        os.close(descriptor)


def _container(video: bytes) -> VideoFormat:
    found = video_format(video[:HEAD_BYTES])
    if found is None:
        raise MediaUnreadable(causes.NOT_A_VIDEO)
    return found


def _check(capture: Any, limits: Limits) -> None:
    if not capture.isOpened():
        raise _damaged()
    width, height = _size(capture)
    if width * height > limits.pixels:
        raise MediaUnreadable(causes.picture_too_large(width, height, limits.pixels))


def _size(capture: Any) -> tuple[int, int]:
    return round(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), round(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))


def _length_s(capture: Any) -> float:
    """Return the length that the file states, 0 where it states none."""
    rate, count = capture.get(cv2.CAP_PROP_FPS), capture.get(cv2.CAP_PROP_FRAME_COUNT)
    return count / rate if rate > 0 and count > 0 and math.isfinite(count / rate) else 0.0


def _whole_frames(capture: Any) -> Iterator[tuple[float, Colour]]:
    while capture.grab():
        read, pixels = capture.retrieve()
        if read and pixels is not None and pixels.size:
            at_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            if not at_s <= LATEST_S:  # or no number at all
                raise _damaged()
            yield max(0.0, at_s), pixels


def _frame(at_s: float, pixels: Colour) -> _Frame:
    grey = working_picture(Image.fromarray(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY))))
    sharpness = next(float(one.value) for one in clarity(grey) if one.name == "sharpness" and one.value is not None)
    return _Frame(at_s, fingerprints.poses(grey), grey, sharpness)


def _unseen(frames: Sequence[_Frame], length_s: float) -> tuple[Reading, ...]:
    """Return what says that a part of the video was not looked at, or nothing."""
    if not length_s:
        return (unmeasured("frames", causes.VIDEO_LENGTH_UNKNOWN),)
    if len(frames) == MOST_FRAMES:
        return (unmeasured("frames", causes.video_longer_than_looked_at(round(frames[-1].at_s))),)
    times = [0.0, *(frame.at_s for frame in frames), length_s]
    gap = max(after - before for before, after in pairwise(times))
    if gap > LONGEST_GAP_S:
        return (unmeasured("frames", causes.video_gap(round(gap))),)
    return ()


def _damaged() -> MediaUnreadable:
    return MediaUnreadable(causes.VIDEO_DAMAGED)
