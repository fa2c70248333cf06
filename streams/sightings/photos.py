"""The photos that are searched now: those in segments, those that are being sealed, and the newest, in memory."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import structlog

from schemas.records import PhotoSighted
from streams.sightings import owner
from streams.sightings.building import Part
from streams.sightings.found import Found, Registered, Room
from streams.sightings.goods_photos import of_goods
from streams.sightings.log_record import Sighting
from streams.sightings.rows import Row, Rows, row_of
from streams.sightings.searching import Hidden, Span, asked_for, best
from streams.sightings.segment import Segment

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a sighting stands in the log: where it came first, when that was, and whether it was taken back since."""

    position: int
    seen_at_ms: int
    withdrawn: bool


class Photos:
    """Photos by position. The first position of a sighting's id stays; what is erased or withdrawn is not found.

    ``look_back_ms`` is how much older than the latest photo, or than the photo in question, an earlier one may be.
    """

    def __init__(self, look_back_ms: int) -> None:
        self._look_back_ms = look_back_ms
        self._latest_ms = 0
        self.parts: tuple[Part, ...] = ()
        self.sealing: Rows | None = None
        self.newest = Rows()
        self.hidden = Hidden()

    def __len__(self) -> int:
        return sum(run.known for run in self._runs()) - len(self.hidden.erased)

    @property
    def in_memory(self) -> int:
        """How many photos are in no segment yet."""
        return sum(len(run) for run in self._runs() if isinstance(run, Rows))

    @property
    def expired_before_ms(self) -> int:
        """The time (Unix milliseconds) before which photos are older than the look-back."""
        return self._latest_ms - self._look_back_ms

    def forget(self) -> None:
        """Forget everything."""
        self.parts, self.sealing = (), None
        self.newest, self.hidden = Rows(), Hidden()
        self._latest_ms = 0

    def use(self, parts: Sequence[Part], since: int) -> None:
        """Search these segments from now on, and in memory what stands from position ``since`` on."""
        self.parts = tuple(parts)
        self._latest_ms = max([self._latest_ms, *(part.segment.latest_ms for part in parts)])
        self.newest = self.newest.since(since)

    def set_aside(self) -> Rows:
        """Return the newest photos, which are sealed from now on and still searched; further ones come after them."""
        if self.sealing is None:
            self.sealing, self.newest = self.newest, Rows()
        return self.sealing

    def add(self, sightings: Sequence[tuple[int, Sighting]], from_position: int) -> None:
        """Take up sightings in the order of their positions; those below ``from_position`` were taken up before.

        A repeat changes nothing but whether the photo is withdrawn.
        """
        names = [sighting.sighting_id for _, sighting in sightings]
        keys = [owner.key(name) for name in names]
        held, new = self._may_hold(keys), dict[str, Row]()
        for (position, sighting), name, key, maybe in zip(sightings, names, keys, held, strict=True):
            if position < from_position:
                continue
            known = new[name].position if name in new else self.position_of(name, in_segments=maybe)
            if known is None:
                try:
                    new[name] = row_of(position, sighting, key)
                except ValueError:  # only enrich writes the log, so it is a fault of ours
                    log.exception("a sighting cannot be read", offset=position)
                    continue
                self._latest_ms = max(self._latest_ms, sighting.seen_at_ms)
            if sighting.withdrawn or self.hidden.withdrawn:
                self.hidden.withdraw(position if known is None else known, withdrawn=sighting.withdrawn)
        if new:
            self.newest.extend(list(new.values()), list(new))

    def erase(self, sighting_id: str, at_ms: int) -> None:
        """Forget a sighting: it is not found again. ``at_ms`` is when that was asked."""
        position = self.position_of(sighting_id)
        if position is None:
            return
        if self.newest.find(sighting_id) is not None:
            self.newest.wipe(sighting_id)
        else:
            self.hidden.erase(position, at_ms)
        self.hidden.withdraw(position, withdrawn=False)

    def position_of(self, sighting_id: str, *, in_segments: bool = True) -> int | None:
        """Return the first position of a sighting, or None when it was never seen, was erased, or has expired.

        ``in_segments`` False: it is known to be in none.
        """
        for run, row in self._rows_of(sighting_id, in_segments=in_segments):
            position = int(run.column("position")[row])
            expired = int(run.column("seen_at_ms")[row]) < self.expired_before_ms
            if not expired and position not in self.hidden.erased:
                return position
        return None

    def standing(self, sighting_id: str) -> Standing | None:
        """Return how a sighting stands in the log, or None as :meth:`position_of` does."""
        position = self.position_of(sighting_id)
        if position is None:
            return None
        run = next(run for run in self._runs() if len(run) and int(run.column("position")[-1]) >= position)
        row = int(np.searchsorted(run.column("position"), position))
        return Standing(position, int(run.column("seen_at_ms")[row]), withdrawn=position in self.hidden.withdrawn)

    def search(
        self,
        sighting: PhotoSighted,
        variants: Sequence[str],
        below_position: int,
        before_ms: int | None,
        max_bits: int,
        at_most: int | Room,
    ) -> Found:
        """Return what resembles a photo: see :meth:`streams.sightings.index.SightingIndex.search`."""
        span = Span(sighting.seen_at_ms - self._look_back_ms, before_ms)
        asked = asked_for(sighting, variants, below_position, span, max_bits)
        return best(asked, self._runs(), self.hidden, at_most)

    def registered(self, sighting: PhotoSighted, below_position: int, at_most: int) -> list[Registered]:
        """Return what the catalogue has of a claim's goods: see :meth:`.index.SightingIndex.registered`."""
        span = Span(sighting.seen_at_ms - self._look_back_ms, sighting.seen_at_ms)
        return of_goods(sighting, below_position, span, self._runs(), self.hidden, at_most)

    def _runs(self) -> list[Segment | Rows]:
        sealing = [] if self.sealing is None else [self.sealing]
        return [*(part.segment for part in self.parts), *sealing, self.newest]

    def _may_hold(self, keys: Sequence[int]) -> list[bool]:
        """Return for each key whether some segment has it: then its id may be there."""
        wanted = np.array(keys, np.uint64)
        held = np.zeros(len(keys), np.bool_)
        for part in self.parts:
            held |= part.segment.may_hold(wanted)
        return held.tolist()

    def _rows_of(self, name: str, *, in_segments: bool) -> Iterator[tuple[Segment | Rows, int]]:
        """Yield where an id stands, the newest first."""
        for rows in (self.newest, self.sealing):
            row = None if rows is None else rows.find(name)
            if rows is not None and row is not None:
                yield rows, row
        for part in self.parts if in_segments else ():
            for row in part.segment.find(name):
                yield part.segment, row


def held(segment: Segment, positions: Collection[int]) -> list[int]:
    """Return which of the positions a segment holds, in their order."""
    column, wanted = segment.column("position"), np.array(sorted(positions), np.int64)
    there = column[np.minimum(np.searchsorted(column, wanted), len(column) - 1)] == wanted
    found: list[int] = wanted[there].tolist()
    return found
