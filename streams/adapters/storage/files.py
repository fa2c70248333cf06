"""Files as they come from a store, piece by piece: a photo is put together in memory, a video on disk."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from streams.errors import MediaUnreadable
from streams.evidence.files.media_kinds import HEAD_BYTES, video_format
from streams.evidence.files.video_file import VideoFile
from streams.wording import causes

File = bytes | VideoFile
"""A photo's bytes, or a video on disk, which whoever gets it has to close."""
PIECE = 8 * 1024 * 1024
"""Bytes that are in memory of a video at a time."""


class IsVideo(Exception):
    """The file is a video, and none was expected: it was sent as a photo, and there is no more than a photo's time."""


@dataclass(frozen=True, slots=True)
class Room:
    """How many bytes a photo and a video may have; None: any number. Videos go into ``folder``."""

    photo_bytes: int | None = None
    video_bytes: int | None = None
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Bytes of one photo and of one video at most, and seconds for one answer of a store or host.

    A host behind https, which sends a file in one answer, has ``video_s`` for a video. Videos go into ``folder`` (none:
    where temporary files are) while they are looked at.
    """

    size_bytes: int
    answer_s: float
    video_bytes: int = 300_000_000
    video_s: float = 60.0
    folder: Path | None = None

    @property
    def room(self) -> Room:
        """The same as :func:`gathered` takes it."""
        return Room(self.size_bytes, self.video_bytes, self.folder)


def gathered(
    pieces: Iterator[bytes], room: Room, *, videos: bool = True, on_video: Callable[[], None] = lambda: None
) -> File:
    """Return the file that comes in pieces, held as its own format asks for it; ``on_video`` is told before a video.

    Raises :class:`MediaUnreadable` where it is larger than there is room for, :class:`IsVideo` for a video unless
    ``videos`` are expected, and :class:`streams.errors.StoreUnavailable` where the disk is full.
    """
    head = next(pieces, b"")
    while len(head) < HEAD_BYTES and (more := next(pieces, None)) is not None:
        head += more
    whole = chain([head], pieces)
    if video_format(head[:HEAD_BYTES]) is None:
        return b"".join(_within(whole, room.photo_bytes))
    if not videos:
        raise IsVideo
    on_video()
    return VideoFile.of(_within(whole, room.video_bytes), room.folder)


def _within(pieces: Iterator[bytes], limit: int | None) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if limit is not None and size > limit:
            raise MediaUnreadable(causes.file_over_limit(limit))
        yield piece


def close(file: File | None) -> None:
    """Close a file; a photo, or none, has nothing to close."""
    if isinstance(file, VideoFile):
        file.close()
