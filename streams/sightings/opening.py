"""Opening a folder of segments: from the first damaged one on, everything is made anew from the log."""

from collections.abc import Sequence

import structlog

from streams.errors import ReplicaDamaged
from streams.sightings.building import Part
from streams.sightings.folder import Checkpoint, Folder, Named
from streams.sightings.segment import Segment

log = structlog.get_logger(__name__)


def opened(folder: Folder, *, writes: bool) -> tuple[Checkpoint, list[Part]]:
    """Return the last checkpoint whose segments are sound, and these, read from end to end (about a second a gigabyte).

    Who ``writes`` in the folder sets damaged files aside, and removes what no checkpoint names.
    """
    checkpoint = read(folder, writes=writes)
    parts = _sound(folder, checkpoint, writes=writes)
    if len(parts) < len(checkpoint.segments):
        checkpoint = _cut(checkpoint, checkpoint.segments[len(parts)].since)
        if writes:
            folder.commit(checkpoint)
    if writes:
        folder.clean(checkpoint)
    return checkpoint, parts


def reopened(folder: Folder, checkpoint: Checkpoint, open_parts: Sequence[Part]) -> list[Part]:
    """Return the parts of a checkpoint that the writing process has just written; those that are open stay so.

    They were read by their writer, so they are not read a second time. Raises FileNotFoundError where one was merged
    and removed since the checkpoint was read.
    """
    by_name = {part.segment.path.name: part for part in open_parts}
    return [by_name.get(named.file) or _touched(folder, named) for named in checkpoint.segments]


def read(folder: Folder, *, writes: bool) -> Checkpoint:
    """Return the last checkpoint, or the very first where its file is damaged."""
    try:
        return folder.read()
    except ReplicaDamaged as exc:
        log.error("the list of segments is damaged: all are made anew from the log", why=str(exc))  # noqa: TRY400 - the message says it all
        if writes:
            folder.set_list_aside()
        return Checkpoint()


def _touched(folder: Folder, named: Named) -> Part:
    segment = Segment(folder.path / named.file)
    segment.touch()
    return Part(segment, named.since)


def _sound(folder: Folder, checkpoint: Checkpoint, *, writes: bool) -> list[Part]:
    """Return the parts up to the first that is damaged or missing; that one is set aside."""
    sound: list[Part] = []
    for named in checkpoint.segments:
        try:
            segment = Segment(folder.path / named.file)
            segment.verify()
            segment.touch()
        except (ReplicaDamaged, FileNotFoundError) as exc:
            log.error(  # noqa: TRY400 - the message says it all
                "a segment of earlier photos cannot be used: it is made anew from the log",
                file=named.file,
                why=str(exc),
                from_position=named.since,
            )
            if writes:
                folder.set_aside(named.file)
            break
        sound.append(Part(segment, named.since))
    return sound


def _cut(checkpoint: Checkpoint, since: int) -> Checkpoint:
    """Return a checkpoint without what stands from ``since`` on."""
    return Checkpoint(
        number=checkpoint.number,
        position=since,
        segments=[named for named in checkpoint.segments if named.since < since],
        erased=[position for position in checkpoint.erased if position < since],
        withdrawn=[position for position in checkpoint.withdrawn if position < since],
        erased_since_ms=checkpoint.erased_since_ms,
    )
