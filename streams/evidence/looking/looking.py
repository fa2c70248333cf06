"""One look at a medium's file, whatever it was sent as: a photo, a video, or an animated picture."""

from collections.abc import Callable

from streams.evidence.files import animations
from streams.evidence.files.limits import Limits
from streams.evidence.files.video_file import VideoFile
from streams.evidence.looking import examination, scenes, videos
from streams.evidence.looking.examination import NOTHING, Examination, Means
from streams.evidence.provenance import report

Lap = Callable[[str], None]


def look(
    file: bytes | VideoFile, limits: Limits, lap: Lap = lambda _stage: None, means: Means = NOTHING
) -> Examination:
    """Return what a file shows; raises :class:`streams.errors.MediaUnreadable` where it cannot be looked at.

    A photo comes as bytes, a video as a file on disk (:func:`streams.evidence.files.media_kinds.video_format` tells
    which).
    """
    if isinstance(file, VideoFile):
        return videos.examine(file, limits, lap, means)
    found = examination.examine(file, limits, lap, means)
    if not animations.is_animated(found.readings):
        return found
    with animations.opened(file, limits) as clip:
        seen = scenes.seen(clip.frames, videos.MOST_FRAMES)
    moving, label = videos.examine_stills(clip, seen, limits, means)
    lap("features")
    origin = report.examine(file, means.anchors, label)
    return Examination(
        (*moving.readings, *origin.readings), moving.fingerprint, moving.features, origin.findings, moving.pictures
    )


def version(file_is_video: bool, means: Means) -> str:  # noqa: FBT001 - what follows is all that it says
    """Return the name of all that a look depends on: what was kept under it may be used again."""
    return videos.version(means) if file_is_video else examination.version(means)
