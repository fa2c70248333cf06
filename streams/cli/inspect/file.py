"""One file that ``inspect`` was given, looked at: a photo, a video or an animated picture, by what it is."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from streams.errors import MediaUnreadable
from streams.evidence.comparing import stills
from streams.evidence.comparing.stills import Still
from streams.evidence.files.colours import ColourImage, develop
from streams.evidence.files.limits import Limits
from streams.evidence.files.media_kinds import HEAD_BYTES, video_format
from streams.evidence.files.video_file import VideoFile
from streams.evidence.looking import kept_panels
from streams.evidence.looking.examination import Examination, Means
from streams.evidence.looking.looking import look
from streams.wording import causes


@dataclass(frozen=True, slots=True)
class InspectedFile:
    """What a file shows, the looks at it that are compared, its SHA-256, and its bytes where it is one picture."""

    found: Examination
    stills: list[Still]
    sha256: str
    photo: bytes = b""


def is_video(path: Path) -> bool:
    """Return whether a file is a video.

    Raises OSError where it cannot be opened, :class:`streams.errors.MediaUnreadable` for a pipe or a device.
    """
    if path.exists() and not path.is_file():
        raise MediaUnreadable(causes.ADDRESS_NOT_A_FILE)
    try:
        with path.open("rb") as file:
            return video_format(file.read(HEAD_BYTES)) is not None
    except ValueError as exc:
        raise MediaUnreadable(causes.file_not_opened("no file can have this name")) from exc


def inspected(path: Path, limits: Limits, means: Means) -> InspectedFile:
    """Return a file looked at; raises OSError, and :class:`streams.errors.MediaUnreadable` as looking does."""
    if is_video(path):
        with VideoFile.at(path) as video:
            found = look(video, limits, means=means)
            return InspectedFile(found, _looks(found, b"", limits), video.sha256())
    if (size := path.stat().st_size) > limits.size_bytes:
        raise MediaUnreadable(causes.file_too_large(size, limits.size_bytes))
    photo = path.read_bytes()
    found = look(photo, limits, means=means)
    looks = _looks(found, photo, limits)
    still = photo if looks[0].at_ms is None else b""
    return InspectedFile(found, looks, hashlib.sha256(photo).hexdigest(), still)


def _looks(found: Examination, photo: bytes, limits: Limits) -> list[Still]:
    names = [sha256 for _, sha256 in kept_panels.parts(found.features)]
    pictures = dict(zip(names, found.pictures, strict=True))

    @cache
    def developed(still: str | None) -> ColourImage:
        return develop(photo if still is None else pictures[still], limits)

    return stills.looks(found.features, developed)
