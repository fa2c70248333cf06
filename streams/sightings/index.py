"""The index of earlier photos: segments on disk, and the newest in memory; answered as of a position in the log.

The replica of the log fills it, position by position, from one thread. What is sealed is built in another thread:
searches go on, over the photos that are being sealed too. After a crash the log is read again from the last
checkpoint's position on, so nothing that was taken up is lost.
"""

import os
import threading
from collections.abc import Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import numpy as np
import structlog

from schemas.records import PhotoSighted
from streams.errors import ReplicaDamaged
from streams.sightings import owner
from streams.sightings.building import Built, Part, Task, build, kept_whole
from streams.sightings.folder import Checkpoint, Folder, Named
from streams.sightings.found import Found, Room
from streams.sightings.log_record import Sighting
from streams.sightings.rows import Row, Rows, row_of
from streams.sightings.searching import AT_MOST, NEAR_BITS, Hidden, Span, asked_for, best
from streams.sightings.segment import Segment

DAY_MS = 86_400_000
MAX_BITS = NEAR_BITS
"""Distance that links two photos by their hash alone."""
SEAL_ROWS = 32_768
"""So many photos are compared one and all before they are sealed."""
MOST_IN_MEMORY = 8 * SEAL_ROWS
ERASED_KEPT_MS = DAY_MS
"""How long an erased photo, which nobody finds any more, may still be in a segment before that is rewritten for it."""
_RETRY_S = 30.0
_LOOK_S = 1.0
_BUILDER_NICENESS = 10

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a sighting stands in the log: where it came first, when that was, and whether it was taken back since."""

    position: int
    seen_at_ms: int
    withdrawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What an index holds. Bytes are those of the files: ``index_bytes`` what searches touch, the rest is whose."""

    position: int
    photos: int
    in_memory: int
    hashes: int
    segments: tuple[int, ...]
    erased: int
    withdrawn: int
    index_bytes: int
    file_bytes: int


class SightingIndex:
    """Photos seen, by position. The first position of a sighting's id stays; what is erased or withdrawn is not found.

    ``look_back_ms`` is how much older than the photo in question an earlier one may be. Not safe for several threads.
    """

    def __init__(
        self, path: Path, look_back_ms: int = 180 * DAY_MS, seal_rows: int = SEAL_ROWS, *, only_look: bool = False
    ) -> None:
        """Open a folder, or begin one; its files are read and checked, which takes a second a gigabyte or so.

        One process writes, the first that can; with ``only_look`` this one does not want to.
        """
        self._look_back_ms, self._seal_rows = look_back_ms, seal_rows
        self.folder = Folder(path)
        self.writes = not only_look and self.folder.lock()
        self._builder = ThreadPoolExecutor(1, "sightings-building", initializer=_yielding)
        self._building: Future[Built] | None = None
        self._sealing: Rows | None = None
        self._sealed_from, self._sealed_to = 0, 0
        self._not_before = 0.0
        self._parts: tuple[Part, ...] = ()
        self._newest = Rows()
        self._hidden = Hidden()
        self._checkpoint = Checkpoint()
        self._latest_ms = 0
        self.position = 0
        self._open()

    def __len__(self) -> int:
        return sum(run.known for run in self._runs()) - len(self._hidden.erased)

    @property
    def sealing(self) -> bool:
        """Whether a segment is being built."""
        return self._building is not None

    # --- taking up the log -------------------------------------------------------------------------------------------

    def add(self, position: int, sighting: Sighting) -> None:
        """Take up what stands at a position. A repeat changes nothing but whether the photo is withdrawn."""
        self.add_all([(position, sighting)])

    def add_all(self, sightings: Sequence[tuple[int, Sighting]]) -> None:
        """Take up sightings, in the order of their positions: many at once cost less."""
        if not sightings:
            return
        names = [sighting.sighting_id for _, sighting in sightings]
        keys = [owner.key(name) for name in names]
        held, new = self._may_hold(keys), dict[str, Row]()
        for (position, sighting), name, key, maybe in zip(sightings, names, keys, held, strict=True):
            if position < self.position:
                continue
            known = new[name].position if name in new else self._known(name, in_segments=maybe)
            if known is None:
                try:
                    new[name] = row_of(position, sighting, key)
                except ValueError:  # only enrich writes the log, so it is a fault of ours
                    log.exception("a sighting cannot be read", offset=position)
                    continue
                self._latest_ms = max(self._latest_ms, sighting.seen_at_ms)
            if sighting.withdrawn or self._hidden.withdrawn:
                self._hidden.withdraw(position if known is None else known, withdrawn=sighting.withdrawn)
        if new:
            self._newest.extend(list(new.values()), list(new))

    def erase(self, sighting_id: str, at_ms: int = 0) -> None:
        """Forget a sighting: it is not found again, and what is kept of it goes with the next rewriting.

        ``at_ms`` is when that was asked: see :meth:`tidy`.
        """
        position = self._known(sighting_id)
        if position is None:
            return
        if self._newest.find(sighting_id) is not None:
            self._newest.wipe(sighting_id)
        else:
            self._hidden.erase(position, at_ms)
        self._hidden.withdraw(position, withdrawn=False)

    def advance(self, position: int, *, more: bool = False) -> None:
        """Note that the log was taken up to below ``position``; seal, or take over what was sealed, where it is due.

        While there is ``more`` to catch up with, and nobody searches, larger pieces are sealed: they are merged less.
        Afterwards :attr:`position` may lie further on: then another process had read further and sealed what it read.
        """
        self.position = max(self.position, position)
        if not self.writes:
            self._share()
        elif self._building is not None and len(self._newest) < 2 * MOST_IN_MEMORY:
            self._take_over()
        elif self._building is not None:
            self.finish_sealing()  # a long log is read faster than it is sealed
        elif len(self._newest) >= (MOST_IN_MEMORY if more else self._seal_rows) and monotonic() >= self._not_before:
            self.begin_sealing()

    def tidy(self, now_ms: int) -> None:
        """Rewrite the segments that still hold what was erased :data:`ERASED_KEPT_MS` ago, or take over what was built.

        Where another process writes, use what it has rewritten, and let go of its old files.
        """
        since_ms = self._hidden.erased_since_ms
        long_ago = since_ms is not None and now_ms - since_ms >= ERASED_KEPT_MS
        due = long_ago and bool(self._hidden.erased) and monotonic() >= self._not_before
        if self.writes and self._building is not None:
            self._take_over()
        elif self.writes and due:
            self.begin_sealing(purging=True)
        elif due:
            self._share(at_once=True)
            held = {position for part in self._parts for position in _held(part.segment, self._hidden.erased)}
            self._hidden.forget(self._hidden.erased - held)

    def last(self) -> tuple[int, str] | None:
        """Return position and id of the latest photo in the segments; None where there is none."""
        if not self._parts:
            return None
        segment = self._parts[-1].segment
        return int(segment.column("position")[-1]), segment.whose(len(segment) - 1).name()

    def start_over(self) -> None:
        """Forget everything: it is not of this log."""
        log.error("the segments are of another log of earlier photos: all are made anew", folder=str(self.folder.path))
        self.finish_sealing()
        checkpoint = Checkpoint(number=self._checkpoint.number + 1)
        if self.writes:
            self.folder.commit(checkpoint)
            self.folder.clean(checkpoint)
        self._newest, self._sealing, self._hidden = Rows(), None, Hidden()
        self.position = self._latest_ms = 0
        self._use(checkpoint, ())

    # --- answering ---------------------------------------------------------------------------------------------------

    def position_of(self, sighting_id: str) -> int | None:
        """Return the first position of a sighting, or None when it was never seen, was erased, or has expired."""
        return self._known(sighting_id)

    def standing(self, sighting_id: str) -> Standing | None:
        """Return how a sighting stands in the log, or None as :meth:`position_of` does."""
        position = self._known(sighting_id)
        if position is None:
            return None
        run = next(run for run in self._runs() if len(run) and int(run.column("position")[-1]) >= position)
        row = int(np.searchsorted(run.column("position"), position))
        return Standing(position, int(run.column("seen_at_ms")[row]), withdrawn=position in self._hidden.withdrawn)

    def search(
        self,
        sighting: PhotoSighted,
        below_position: int,
        *,
        variants: Sequence[str] = (),
        max_bits: int = MAX_BITS,
        at_most: int | Room = AT_MOST,
        before_ms: int | None = None,
    ) -> Found:
        """Return the photos below a position within ``max_bits`` of this one, nearest first, then earliest first.

        ``variants`` are further fingerprints of the same photo, mirrored or turned: the nearest of all counts. Left out
        are the same request, the same buyer on the same order, other fingerprint versions, and what was withdrawn,
        erased, or seen longer ago than the look-back. Nothing else is up to 31 bits; beyond, the recall is high.
        ``at_most`` is how many are told in all, or of each kind; ``before_ms`` leaves out what was first seen later.
        """
        span = Span(sighting.seen_at_ms - self._look_back_ms, before_ms)
        asked = asked_for(sighting, variants, below_position, span, max_bits)
        return best(asked, self._runs(), self._hidden, at_most)

    def stats(self) -> Stats:
        """Return what is held now."""
        segments = [part.segment for part in self._parts]
        return Stats(
            position=self.position,
            photos=len(self),
            in_memory=sum(len(run) for run in self._runs() if isinstance(run, Rows)),
            hashes=sum(segment.hashes for segment in segments),
            segments=tuple(map(len, segments)),
            erased=len(self._hidden.erased),
            withdrawn=len(self._hidden.withdrawn),
            index_bytes=sum(segment.index_bytes for segment in segments),
            file_bytes=sum(segment.file_bytes for segment in segments),
        )

    # --- sealing -----------------------------------------------------------------------------------------------------

    def begin_sealing(self, *, everything: bool = False, purging: bool = False) -> None:
        """Begin to build a segment of the newest photos, and of ``everything`` where that is asked.

        ``purging`` rewrites whatever holds an erased photo.
        """
        if not self.writes:
            msg = f"another process writes in {self.folder.path}: stop it first"
            raise ReplicaDamaged(msg)
        if self._building is None:
            if self._sealing is None:
                self._sealing, self._newest = self._newest, Rows()
                self._sealed_to = self.position
            self._building = self._builder.submit(
                build, self._task(self._sealing, everything=everything, purging=purging)
            )

    def finish_sealing(self) -> None:
        """Return when what is being built, if anything, is in use; raises what made it fail."""
        if self._building is not None:
            self._building.exception()
            self._take_over()

    def seal(self, *, everything: bool = False) -> None:
        """Put everything that was taken up on the disk; ``everything`` into one segment without the erased."""
        self.finish_sealing()
        self.begin_sealing(everything=everything)
        self.finish_sealing()

    def close(self) -> None:
        """Stop building and let another process write; what is not sealed is in the log."""
        self._builder.shutdown(wait=True)
        self.folder.close()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _runs(self) -> list[Segment | Rows]:
        sealing = [] if self._sealing is None else [self._sealing]
        return [*(part.segment for part in self._parts), *sealing, self._newest]

    def _may_hold(self, keys: Sequence[int]) -> list[bool]:
        """Return which keys are in a segment, so that their ids may be."""
        wanted = np.array(keys, np.uint64)
        held = np.zeros(len(keys), np.bool_)
        for part in self._parts:
            held |= part.segment.may_hold(wanted)
        return held.tolist()

    def _known(self, name: str, *, in_segments: bool = True) -> int | None:
        """Return the position of an id that is neither erased nor expired."""
        for rows in (self._newest, self._sealing):
            row = None if rows is None else rows.find(name)
            if rows is not None and row is not None and (position := self._alive(rows, row)) is not None:
                return position
        for part in self._parts if in_segments else ():
            for row in part.segment.find(name):
                if (position := self._alive(part.segment, row)) is not None:
                    return position
        return None

    def _alive(self, run: Segment | Rows, row: int) -> int | None:
        position = int(run.column("position")[row])
        expired = int(run.column("seen_at_ms")[row]) < self._latest_ms - self._look_back_ms
        return None if expired or position in self._hidden.erased else position

    def _task(self, sealing: Rows, *, everything: bool, purging: bool) -> Task:
        before_ms = self._latest_ms - self._look_back_ms
        erased = [len(_held(part.segment, self._hidden.erased)) for part in self._parts]
        dead = [gone + _expired(part.segment, before_ms) for part, gone in zip(self._parts, erased, strict=True)]
        kept = 0 if everything else kept_whole([len(part.segment) for part in self._parts], len(sealing), dead)
        if purging:
            kept = next((rank for rank, number in enumerate(erased[:kept]) if number), kept)
        return Task(
            folder=self.folder,
            parts=self._parts,
            kept=kept,
            newest=sealing,
            since=self._sealed_from,
            before_ms=before_ms,
            checkpoint=Checkpoint(
                number=self._checkpoint.number + 1,
                position=self._sealed_to,
                erased=sorted(self._hidden.erased),
                withdrawn=sorted(self._hidden.withdrawn),
                erased_since_ms=self._hidden.erased_since_ms,
            ),
        )

    def _take_over(self) -> None:
        """Use what was built, once it is; where building failed, try again later: the photos stay in memory."""
        if self._building is None or not self._building.done():
            return
        building, self._building = self._building, None
        try:
            built = building.result()
        except OSError as exc:
            self._not_before = monotonic() + _RETRY_S
            log.exception("earlier photos cannot be sealed: they stay in memory, and it is tried again", why=str(exc))
            return
        self._parts, self._checkpoint, self._sealing = built.parts, built.checkpoint, None
        self._sealed_from = built.checkpoint.position
        self._hidden.forget(built.purged)

    # --- opening, and sharing with the process that writes -----------------------------------------------------------

    def _open(self) -> None:
        checkpoint = self._read()
        parts = self._sound(checkpoint)
        if len(parts) < len(checkpoint.segments):
            checkpoint = _cut(checkpoint, checkpoint.segments[len(parts)].since)
            if self.writes:
                self.folder.commit(checkpoint)
        if self.writes:
            self.folder.clean(checkpoint)
        self._use(checkpoint, parts)

    def _opened(self, named: Named) -> Part:
        """Return what the writing process has just written and read: it is not read a second time."""
        segment = Segment(self.folder.path / named.file)
        segment.touch()
        return Part(segment, named.since)

    def _read(self) -> Checkpoint:
        try:
            return self.folder.read()
        except ReplicaDamaged as exc:
            log.error("the list of segments is damaged: all are made anew from the log", why=str(exc))  # noqa: TRY400 - the message says it all
            if self.writes:
                self.folder.set_list_aside()
            return Checkpoint()

    def _sound(self, checkpoint: Checkpoint) -> list[Part]:
        """Return the parts up to the first that is damaged or missing; that one is set aside."""
        sound: list[Part] = []
        for named in checkpoint.segments:
            try:
                segment = Segment(self.folder.path / named.file)
                segment.verify()
                segment.touch()
            except (ReplicaDamaged, FileNotFoundError) as exc:
                log.error(  # noqa: TRY400 - the message says it all
                    "a segment of earlier photos cannot be used: it is made anew from the log",
                    file=named.file,
                    why=str(exc),
                    from_position=named.since,
                )
                if self.writes:
                    self.folder.set_aside(named.file)
                break
            sound.append(Part(segment, named.since))
        return sound

    def _use(self, checkpoint: Checkpoint, parts: Sequence[Part]) -> None:
        """Go on from a checkpoint. What was read beyond it stays; where it goes further, it counts."""
        self._parts, self._checkpoint = tuple(parts), checkpoint
        self._sealed_from = checkpoint.position
        self._latest_ms = max([self._latest_ms, *(part.segment.latest_ms for part in parts)])
        self._newest = self._newest.since(checkpoint.position)
        if checkpoint.position >= self.position:
            self.position = checkpoint.position
            self._hidden = Hidden(set(checkpoint.erased), set(checkpoint.withdrawn), checkpoint.erased_since_ms)

    def _share(self, *, at_once: bool = False) -> None:
        """Take over what the writing process has sealed, once it has; where there is none any more, become it."""
        if not at_once and (len(self._newest) < self._seal_rows or monotonic() < self._not_before):
            return
        self.writes = self.folder.lock()
        self._not_before = 0.0 if self.writes else monotonic() + _LOOK_S
        checkpoint = self._read()
        if checkpoint.number == self._checkpoint.number:
            return
        open_parts = {part.segment.path.name: part for part in self._parts}
        try:
            parts = [open_parts.get(named.file) or self._opened(named) for named in checkpoint.segments]
        except FileNotFoundError:  # merged and removed since its list was read
            self.writes = False
            self.folder.close()
            return
        self._use(checkpoint, parts)


def still_found(index: SightingIndex, sighting_ids: Collection[str], alike: Sequence[PhotoSighted]) -> set[str]:
    """Return which of these sightings are found, by their ids or among all that is like one of ``alike``."""
    found = {one for one in sighting_ids if index.position_of(one) is not None}
    for sighting in alike:
        near = index.search(sighting, index.position, at_most=max(1, len(index)))
        found.update(one.sighting_id for one in near.sightings)
    return found.intersection(sighting_ids)


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


def _held(segment: Segment, positions: Collection[int]) -> list[int]:
    """Return which of the positions a segment holds."""
    column, wanted = segment.column("position"), np.array(sorted(positions), np.int64)
    there = column[np.minimum(np.searchsorted(column, wanted), len(column) - 1)] == wanted
    held: list[int] = wanted[there].tolist()
    return held


def _expired(segment: Segment, before_ms: int) -> int:
    """Return how many photos of a segment are older than the look-back."""
    return int((segment.column("seen_at_ms") < before_ms).sum())


def _yielding() -> None:
    """Let searches go first where threads want one core (Linux gives each thread a niceness of its own)."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _BUILDER_NICENESS)
