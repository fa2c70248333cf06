"""One file that ``inspect`` was given, looked at: a photo, a video or an animated picture, by what it is."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from streams.evidence import kept_panels, stills
from streams.evidence.colours import ColourImage, develop
from streams.evidence.examination import Examination, Means
from streams.evidence.limits import Limits
from streams.evidence.looking import look
from streams.evidence.media_kinds import HEAD_BYTES, video_format
from streams.evidence.stills import Still
from streams.evidence.video_file import VideoFile


@dataclass(frozen=True, slots=True)
class InspectedFile:
    """What a file shows, the looks at it that are compared, and its SHA-256."""

    found: Examination
    stills: list[Still]
    sha256: str


def is_video(path: Path) -> bool:
    """Return whether a file is a video; raises OSError where it cannot be opened."""
    with path.open("rb") as file:
        return video_format(file.read(HEAD_BYTES)) is not None


def inspected(path: Path, limits: Limits, means: Means) -> InspectedFile:
    """Return a file looked at; raises OSError, and :class:`streams.errors.MediaUnreadable` as looking does."""
    if is_video(path):
        with VideoFile.at(path) as video:
            found = look(video, limits, means=means)
            return InspectedFile(found, _looks(found, b"", limits), video.sha256())
    photo = path.read_bytes()
    found = look(photo, limits, means=means)
    return InspectedFile(found, _looks(found, photo, limits), hashlib.sha256(photo).hexdigest())


def _looks(found: Examination, photo: bytes, limits: Limits) -> list[Still]:
    names = [sha256 for _, sha256 in kept_panels.parts(found.features)]
    pictures = dict(zip(names, found.pictures, strict=True))

    @cache
    def developed(still: str | None) -> ColourImage:
        return develop(photo if still is None else pictures[still], limits)

    return stills.looks(found.features, developed)
