"""What an index of earlier photos holds, in figures."""

from dataclasses import dataclass

from streams.sightings.photos import Photos


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What an index holds: photos below ``position`` of the log, of which ``in_memory`` are in no segment yet.

    ``segments`` are the photos in each, oldest first, and ``hashes`` how many different ones these have. ``erased`` and
    ``withdrawn`` are hidden in them. Of the files' bytes, ``index_bytes`` are what searches touch.
    """

    position: int
    photos: int
    in_memory: int
    hashes: int
    segments: tuple[int, ...]
    erased: int
    withdrawn: int
    index_bytes: int
    file_bytes: int


def stats_of(photos: Photos, position: int) -> Stats:
    """Return the figures of these photos, which are all below ``position``."""
    segments = [part.segment for part in photos.parts]
    return Stats(
        position=position,
        photos=len(photos),
        in_memory=photos.in_memory,
        hashes=sum(segment.hashes for segment in segments),
        segments=tuple(map(len, segments)),
        erased=len(photos.hidden.erased),
        withdrawn=len(photos.hidden.withdrawn),
        index_bytes=sum(segment.index_bytes for segment in segments),
        file_bytes=sum(segment.file_bytes for segment in segments),
    )
