"""Building: the newest photos, and the segments that they are merged with, become one new segment.

It runs in a thread of its own, beside searches: it only reads what no longer changes, and what it wrote counts from
one checkpoint on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from streams.sightings.folder import Checkpoint, Folder, Named
from streams.sightings.rows import Mask, Rows, Stored
from streams.sightings.segment import Segment, write_segment

RATIO = 8
"""An older segment is merged with the newer ones once it is smaller than so many times all of them: a search looks into
two segments on average, and a photo is rewritten seven times by a million, twelve times by ten million."""
DEAD_SHARE = 0.25
"""A segment is rewritten once so much of it is erased or expired."""


@dataclass(frozen=True)
class Part:
    """A segment in use, and the position from which on it holds the log."""

    segment: Segment
    since: int


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is to be built: the parts from ``kept`` on and the newest photos, up to ``checkpoint.position``.

    ``checkpoint`` has the number, the position and the hidden photos; its segments are still to be named.
    """

    folder: Folder
    parts: Sequence[Part]
    kept: int
    newest: Rows
    since: int
    before_ms: int
    checkpoint: Checkpoint


@dataclass(frozen=True)
class Built:
    """The parts in use from now on, the checkpoint that says so, and positions that are gone for good."""

    parts: tuple[Part, ...]
    checkpoint: Checkpoint
    purged: frozenset[int]


def kept_whole(sizes: Sequence[int], newest: int, dead: Sequence[int]) -> int:
    """Return how many of the oldest segments stay as they are when ``newest`` photos are sealed.

    ``dead`` says how many photos of each are erased or expired. Of what follows the first segment that is to be
    rewritten, nothing stays: segments follow each other in position.
    """
    kept, total = len(sizes), newest
    while kept and sizes[kept - 1] < RATIO * total:
        kept -= 1
        total += sizes[kept]
    mostly_dead = (rank for rank in range(kept) if dead[rank] > DEAD_SHARE * sizes[rank])
    return min(mostly_dead, default=kept)


def build(task: Task) -> Built:
    """Return what was built, after its file and the checkpoint are on the disk and the files it replaces are gone."""
    merged = task.parts[task.kept :]
    stored, purged = _stored(task, merged)
    parts = list(task.parts[: task.kept])
    if stored:
        path = task.folder.path / f"{task.checkpoint.number:010d}.segment"
        write_segment(path, stored)
        segment = Segment(path)
        segment.touch()
        parts.append(Part(segment, merged[0].since if merged else task.since))
    checkpoint = Checkpoint(
        number=task.checkpoint.number,
        position=task.checkpoint.position,
        segments=[Named(part.segment.path.name, part.since) for part in parts],
        erased=[position for position in task.checkpoint.erased if position not in purged],
        withdrawn=[position for position in task.checkpoint.withdrawn if position not in purged],
        erased_since_ms=None if purged.issuperset(task.checkpoint.erased) else task.checkpoint.erased_since_ms,
    )
    task.folder.commit(checkpoint)
    for part in merged:
        part.segment.path.unlink(missing_ok=True)
    return Built(tuple(parts), checkpoint, purged)


def _stored(task: Task, merged: Sequence[Part]) -> tuple[list[Stored], frozenset[int]]:
    erased = np.array(task.checkpoint.erased, np.int64)
    stored, purged = [], set()
    runs: list[Segment | Rows] = [*(part.segment for part in merged), task.newest]
    for run in runs:
        position = run.column("position")
        dead: Mask = np.isin(position, erased) | (run.column("seen_at_ms") < task.before_ms) | run.wiped()
        purged.update(position[dead].tolist())
        if not dead.all():
            stored.append(run.stored(~dead if dead.any() else None))
    return stored, frozenset(purged)
