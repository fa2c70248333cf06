"""The index of earlier photos: segments on disk, and the newest in memory; answered as of a position in the log.

The replica of the log fills it, position by position, from one thread. What is sealed is built in another thread:
searches go on, over the photos that are being sealed too. After a crash the log is read again from the last
checkpoint's position on, so nothing that was taken up is lost.
"""

from collections.abc import Collection, Sequence
from pathlib import Path
from time import monotonic

import structlog

from schemas.records import PhotoSighted
from schemas.units import DAY_MS, NEAR_BITS
from streams.errors import ReplicaDamaged
from streams.sightings.building import Part
from streams.sightings.folder import Checkpoint, Folder
from streams.sightings.found import Found, Registered, Room
from streams.sightings.log_record import Sighting
from streams.sightings.opening import opened, read, reopened
from streams.sightings.photos import Photos, Standing, held
from streams.sightings.sealing import Sealing
from streams.sightings.searching import AT_MOST, Hidden
from streams.sightings.stats import Stats, stats_of

SEAL_ROWS = 32_768
"""So many photos are compared one and all before they are sealed."""
MOST_IN_MEMORY = 8 * SEAL_ROWS
ERASED_KEPT_MS = DAY_MS
"""How long an erased photo, which nobody finds any more, may still be in a segment before that is rewritten for it."""
_LOOK_S = 1.0

log = structlog.get_logger(__name__)


class SightingIndex:
    """Photos seen, by position. The first position of a sighting's id stays; what is erased or withdrawn is not found.

    ``look_back_ms`` is how much older than the photo in question an earlier one may be. Not safe for several threads.
    """

    def __init__(
        self, path: Path, look_back_ms: int = 180 * DAY_MS, seal_rows: int = SEAL_ROWS, *, only_look: bool = False
    ) -> None:
        """Open a folder, or begin one; its files are read and checked, which takes a second a gigabyte or so.

        One process writes, the first that can; with ``only_look`` this one never does.
        """
        self._seal_rows = seal_rows
        self._only_look = only_look
        self.folder = Folder(path)
        self.writes = not only_look and self.folder.lock()
        self._photos = Photos(look_back_ms)
        self._sealing = Sealing(self.folder, self._photos)
        self._looks_from_s = 0.0
        self.position = 0
        self._use(*opened(self.folder, writes=self.writes))

    def __len__(self) -> int:
        return len(self._photos)

    @property
    def sealing(self) -> bool:
        """Whether a segment is being built."""
        return self._sealing.active

    # --- taking up the log -------------------------------------------------------------------------------------------

    def add(self, position: int, sighting: Sighting) -> None:
        """Take up what stands at a position. A repeat changes nothing but whether the photo is withdrawn."""
        self.add_all([(position, sighting)])

    def add_all(self, sightings: Sequence[tuple[int, Sighting]]) -> None:
        """Take up sightings, in the order of their positions: many at once cost less."""
        if sightings:
            self._photos.add(sightings, self.position)

    def erase(self, sighting_id: str, at_ms: int = 0) -> None:
        """Forget a sighting: it is not found again, and what is kept of it goes with the next rewriting.

        ``at_ms`` is when that was asked: see :meth:`tidy`.
        """
        self._photos.erase(sighting_id, at_ms)

    def advance(self, position: int, *, more: bool = False) -> None:
        """Note that the log was taken up to below ``position``; seal, or take over what was sealed, where it is due.

        While there is ``more`` to catch up with, and nobody searches, larger pieces are sealed: they are merged less.
        Afterwards :attr:`position` may lie further on: then another process had read further and sealed what it read.
        """
        self.position = max(self.position, position)
        newest = len(self._photos.newest)
        if not self.writes:
            self._share()
        elif self._sealing.active and newest < 2 * MOST_IN_MEMORY:
            self._sealing.take_over()
        elif self._sealing.active:
            self._sealing.finish()  # a long log is read faster than it is sealed
        elif newest >= (MOST_IN_MEMORY if more else self._seal_rows) and self._sealing.may_begin:
            self.begin_sealing()

    def tidy(self, now_ms: int) -> None:
        """Rewrite the segments that still hold what was erased :data:`ERASED_KEPT_MS` ago, or take over what was built.

        Where another process writes, use what it has rewritten, and let go of its old files.
        """
        hidden = self._photos.hidden
        long_ago = hidden.erased_since_ms is not None and now_ms - hidden.erased_since_ms >= ERASED_KEPT_MS
        due = long_ago and bool(hidden.erased) and self._sealing.may_begin
        if self.writes and self._sealing.active:
            self._sealing.take_over()
        elif self.writes and due:
            self.begin_sealing(purging=True)
        elif due:
            self._share(at_once=True)
            hidden = self._photos.hidden
            kept = {position for part in self._photos.parts for position in held(part.segment, hidden.erased)}
            hidden.forget(hidden.erased - kept)

    def last(self) -> tuple[int, str] | None:
        """Return position and id of the latest photo in the segments; None where there is none."""
        if not self._photos.parts:
            return None
        segment = self._photos.parts[-1].segment
        return int(segment.column("position")[-1]), segment.owner(len(segment) - 1).name()

    def start_over(self) -> None:
        """Forget everything: the segments are of another log than the one that is read now."""
        log.error("the segments are of another log of earlier photos: all are made anew", folder=str(self.folder.path))
        self.finish_sealing()
        checkpoint = Checkpoint(number=self._sealing.checkpoint.number + 1)
        if self.writes:
            self.folder.commit(checkpoint)
            self.folder.clean(checkpoint)
        self._photos.forget()
        self.position = 0
        self._use(checkpoint, ())

    # --- answering ---------------------------------------------------------------------------------------------------

    def position_of(self, sighting_id: str) -> int | None:
        """Return the first position of a sighting, or None when it was never seen, was erased, or has expired."""
        return self._photos.position_of(sighting_id)

    def standing(self, sighting_id: str) -> Standing | None:
        """Return how a sighting stands in the log, or None as :meth:`position_of` does."""
        return self._photos.standing(sighting_id)

    def search(
        self,
        sighting: PhotoSighted,
        below_position: int,
        *,
        variants: Sequence[str] = (),
        max_bits: int = NEAR_BITS,
        at_most: int | Room = AT_MOST,
        before_ms: int | None = None,
    ) -> Found:
        """Return the photos below a position within ``max_bits`` of this one, nearest first, then earliest first.

        ``variants`` are further fingerprints of the same photo, mirrored or turned: the nearest of all counts. Left out
        are the same request, the same buyer on the same order, other fingerprint versions, and what was withdrawn,
        erased, or seen longer ago than the look-back. Up to :data:`schemas.units.NEAR_BITS` nothing else is missed;
        beyond, the recall is high. ``at_most`` is how many are told in all, or of each kind; ``before_ms`` leaves out
        what was first seen later.
        """
        return self._photos.search(sighting, variants, below_position, before_ms, max_bits, at_most)

    def registered(self, sighting: PhotoSighted, below_position: int, at_most: int) -> list[Registered]:
        """Return the newest photos and videos that the catalogue has of a claim's product, or of its order.

        Those below a position, first seen before the claim and within the look-back; what was withdrawn or erased is
        left out. Of a photo of an order, that order counts and not the product.
        """
        return self._photos.registered(sighting, below_position, at_most)

    def stats(self) -> Stats:
        """Return what is held now."""
        return stats_of(self._photos, self.position)

    # --- sealing -----------------------------------------------------------------------------------------------------

    def begin_sealing(self, *, everything: bool = False, purging: bool = False) -> None:
        """Begin to build a segment of the newest photos: see :meth:`streams.sightings.sealing.Sealing.begin`."""
        if not self.writes:
            msg = f"another process writes in {self.folder.path}: stop it first"
            raise ReplicaDamaged(msg)
        self._sealing.begin(self.position, everything=everything, purging=purging)

    def finish_sealing(self) -> None:
        """Return when what is being built, if anything, is in use."""
        self._sealing.finish()

    def seal(self, *, everything: bool = False) -> None:
        """Put everything that was taken up on the disk; ``everything`` into one segment without the erased."""
        self.finish_sealing()
        self.begin_sealing(everything=everything)
        self.finish_sealing()

    def close(self) -> None:
        """Stop building and let another process write; what is not sealed is in the log."""
        self._sealing.close()
        self.folder.close()

    # --- sharing with the process that writes ------------------------------------------------------------------------

    def _use(self, checkpoint: Checkpoint, parts: Sequence[Part]) -> None:
        """Go on from a checkpoint. What was read beyond it stays; where it goes further, it counts."""
        self._sealing.checkpoint = checkpoint
        self._photos.use(parts, checkpoint.position)
        if checkpoint.position >= self.position:
            self.position = checkpoint.position
            hidden = Hidden(set(checkpoint.erased), set(checkpoint.withdrawn), checkpoint.erased_since_ms)
            self._photos.hidden = hidden

    def _share(self, *, at_once: bool = False) -> None:
        """Take over what the writing process has sealed, once it has; where there is none any more, become it."""
        if not at_once and (len(self._photos.newest) < self._seal_rows or monotonic() < self._looks_from_s):
            return
        self.writes = not self._only_look and self.folder.lock()
        self._looks_from_s = 0.0 if self.writes else monotonic() + _LOOK_S
        checkpoint = read(self.folder, writes=self.writes)
        if checkpoint.number == self._sealing.checkpoint.number:
            return
        try:
            parts = reopened(self.folder, checkpoint, self._photos.parts)
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
