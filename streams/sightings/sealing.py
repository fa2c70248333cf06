"""Sealing: the newest photos become a segment, built in a thread of its own while searches go on."""

import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic

import structlog

from streams.sightings.building import Built, Task, build, kept_whole
from streams.sightings.folder import Checkpoint, Folder
from streams.sightings.photos import Photos, held
from streams.sightings.rows import Rows
from streams.sightings.segment import Segment

RETRY_S = 30.0
_BUILDER_NICENESS = 10

log = structlog.get_logger(__name__)


class Sealing:
    """Builds one segment at a time of a folder's newest photos, and puts it in use. Not safe for several threads.

    ``checkpoint`` is what the segments in use hold. After a failure, :attr:`may_begin` is False for :data:`RETRY_S`.
    """

    def __init__(self, folder: Folder, photos: Photos) -> None:
        self._folder, self._photos = folder, photos
        self._thread = ThreadPoolExecutor(1, "sightings-building", initializer=_yielding)
        self._building: Future[Built] | None = None
        self._to = 0
        self._not_before = 0.0
        self.checkpoint = Checkpoint()

    @property
    def active(self) -> bool:
        """Whether a segment is being built."""
        return self._building is not None

    @property
    def may_begin(self) -> bool:
        """Whether the last failure, if any, is long enough ago."""
        return monotonic() >= self._not_before

    def begin(self, position: int, *, everything: bool = False, purging: bool = False) -> None:
        """Begin to build a segment of all photos below ``position`` that are in none, unless one is being built.

        ``everything`` merges all segments into it; ``purging`` rewrites whatever holds an erased photo.
        """
        if self._building is not None:
            return
        if self._photos.sealing is None:
            self._to = position
        task = self._task(self._photos.set_aside(), everything=everything, purging=purging)
        self._building = self._thread.submit(build, task)

    def finish(self) -> None:
        """Return when what is being built, if anything, is in use, or has failed."""
        if self._building is not None:
            self._building.exception()
            self.take_over()

    def take_over(self) -> None:
        """Use what was built, once it is; where building failed, the photos stay in memory, to be sealed later."""
        if self._building is None or not self._building.done():
            return
        building, self._building = self._building, None
        try:
            built = building.result()
        except OSError as exc:
            self._not_before = monotonic() + RETRY_S
            log.exception("earlier photos cannot be sealed: they stay in memory, and it is tried again", why=str(exc))
            return
        self._photos.parts, self._photos.sealing = built.parts, None
        self.checkpoint = built.checkpoint
        self._photos.hidden.forget(built.purged)

    def close(self) -> None:
        """Return once nothing is being built any more."""
        self._thread.shutdown(wait=True)

    def _task(self, newest: Rows, *, everything: bool, purging: bool) -> Task:
        photos, parts = self._photos, self._photos.parts
        before_ms, hidden = photos.expired_before_ms, photos.hidden
        erased = [len(held(part.segment, hidden.erased)) for part in parts]
        dead = [gone + _expired(part.segment, before_ms) for part, gone in zip(parts, erased, strict=True)]
        kept = 0 if everything else kept_whole([len(part.segment) for part in parts], len(newest), dead)
        if purging:
            kept = next((rank for rank, number in enumerate(erased[:kept]) if number), kept)
        return Task(
            folder=self._folder,
            parts=parts,
            kept=kept,
            newest=newest,
            since=self.checkpoint.position,
            before_ms=before_ms,
            checkpoint=Checkpoint(
                number=self.checkpoint.number + 1,
                position=self._to,
                erased=sorted(hidden.erased),
                withdrawn=sorted(hidden.withdrawn),
                erased_since_ms=hidden.erased_since_ms,
            ),
        )


def _expired(segment: Segment, before_ms: int) -> int:
    """Return how many photos of a segment are older than the look-back."""
    return int((segment.column("seen_at_ms") < before_ms).sum())


def _yielding() -> None:
    """Let searches go first where threads want one core (Linux gives each thread a niceness of its own)."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _BUILDER_NICENESS)
