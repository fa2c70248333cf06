"""One search: a photo and its variants over all segments and the newest photos, leaving out what does not count."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import msgspec
import numpy as np
import structlog

from schemas.records import PhotoSighted
from schemas.units import NEAR_BITS
from streams.sightings import owner
from streams.sightings.arrays import Array
from streams.sightings.found import NO_ROOM, Found, Room
from streams.sightings.kernel_loader import Near
from streams.sightings.owner import Owner, Words
from streams.sightings.rows import Mask, Numbers, Versions

AT_MOST = 20

log = structlog.get_logger(__name__)


class Run(Protocol):
    """Photos in the order of their positions: a segment, or the newest."""

    def __len__(self) -> int: ...

    def column(self, name: str) -> Array:
        """Return a column by row."""

    def near(self, queries: Words, max_bits: int, below_position: int) -> Near:
        """Return rows below a position within a distance of a query."""

    def owner(self, row: int) -> Owner:
        """Return the owner of a row's photo."""

    def versions(self) -> Versions:
        """Return which versions of fingerprints there are."""


class Span(NamedTuple):
    """Photos first seen from ``since_ms`` on, and before ``before_ms`` where that is said."""

    since_ms: int
    before_ms: int | None = None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is looked for: ``queries`` are different fingerprints, each with the number of its (first) variant."""

    sighting: PhotoSighted
    queries: Words
    variants: Numbers
    below_position: int
    seen_ms: Span
    max_bits: int


def asked_for(
    sighting: PhotoSighted, variants: Sequence[str], below_position: int, seen_ms: Span, max_bits: int
) -> Asked:
    """Return what is looked for: the photo as it is, number 0, and its variants; equal ones once."""
    every = [sighting.fingerprint.bits, *variants]
    different = list(dict.fromkeys(every))
    return Asked(
        sighting=sighting,
        queries=owner.words(bytes.fromhex("".join(different))),
        variants=np.array([every.index(bits) for bits in different], np.int64),
        below_position=below_position,
        seen_ms=seen_ms,
        max_bits=max_bits,
    )


@dataclass
class Hidden:
    """Positions that are not found though they are kept: erased in segments, and withdrawn.

    ``erased_since_ms`` is when the first of the erased was erased; None while there is none.
    """

    erased: set[int] = field(default_factory=set)
    withdrawn: set[int] = field(default_factory=set)
    erased_since_ms: int | None = None

    def withdraw(self, position: int, *, withdrawn: bool) -> None:
        """Hide a position, or show it again."""
        if withdrawn:
            self.withdrawn.add(position)
        else:
            self.withdrawn.discard(position)

    def erase(self, position: int, at_ms: int) -> None:
        """Hide a position for good."""
        self.erased.add(position)
        self.withdrawn.discard(position)
        self.erased_since_ms = at_ms if self.erased_since_ms is None else min(self.erased_since_ms, at_ms)

    def forget(self, purged: Iterable[int]) -> None:
        """Forget positions that are no longer kept."""
        gone = frozenset(purged)
        self.erased -= gone
        self.withdrawn -= gone
        if not self.erased:
            self.erased_since_ms = None

    def among(self, positions: Array) -> Mask:
        """Return which of the positions are hidden."""
        if not self.erased and not self.withdrawn:
            return np.zeros(len(positions), np.bool_)
        hidden = (position in self.erased or position in self.withdrawn for position in positions.tolist())
        return np.fromiter(hidden, np.bool_, len(positions))


class _Hits(NamedTuple):
    bits: Array
    position: Array
    run: Array
    row: Array
    variant: Array
    of_claim: Array


def best(asked: Asked, runs: Sequence[Run], hidden: Hidden, at_most: int | Room) -> Found:
    """Return the nearest photos, the earlier of two that are equally near first, and count the others.

    ``at_most`` is how many in all, or of each kind.
    """
    found = [hits for number, run in enumerate(runs) if (hits := _hits(asked, number, run, hidden)) is not None]
    other_versions = any(_of_another_version(asked, run) for run in runs)
    if not found:
        return Found([], other_versions=other_versions)
    hits = _Hits(*(np.concatenate(column) for column in zip(*found, strict=True)))
    order = np.lexsort((hits.variant, hits.position, hits.bits))
    if len(asked.queries) > 1 and len(order) > 1:
        _, firsts = np.unique(hits.position[order], return_index=True)
        order = order[np.sort(firsts)]
    kept, left = _with_room(hits, order, at_most)
    told = []
    for bits, position, number, row, variant in zip(*(column[kept].tolist() for column in hits[:5]), strict=True):
        run = runs[number]
        try:
            earlier = run.owner(row).earlier(position, int(run.column("seen_at_ms")[row]), bits)
        except msgspec.ValidationError:  # somebody else wrote into the log; it is counted, and must not end a request
            log.exception("an earlier photo breaks its contract", offset=position)
        else:
            told.append((earlier, variant))
    return Found(
        [earlier for earlier, _ in told],
        len(order) - len(told),
        [variant for _, variant in told],
        left,
        other_versions=other_versions,
    )


def _of_another_version(asked: Asked, run: Run) -> bool:
    mine, since_ms = owner.hash32(asked.sighting.fingerprint.version), asked.seen_ms.since_ms
    return any(
        version != mine and span.first_position < asked.below_position and span.latest_ms >= since_ms
        for version, span in run.versions().items()
    )


def _with_room(hits: _Hits, order: Array, at_most: int | Room) -> tuple[Array, Room]:
    """Return the hits that are told, nearest first, and how many of each kind are not; 0 with one limit for all."""
    if isinstance(at_most, int):
        return order[:at_most], NO_ROOM
    kind = 2 * (hits.bits[order] > NEAR_BITS) + ~hits.of_claim[order]
    told = np.zeros(len(order), np.bool_)
    left = []
    for number, room in enumerate(at_most):
        ranks = np.flatnonzero(kind == number)
        told[ranks[:room]] = True
        left.append(max(0, len(ranks) - room))
    return order[told], Room(*left)


def _hits(asked: Asked, number: int, run: Run, hidden: Hidden) -> _Hits | None:
    """Return what one run has, if anything."""
    found = run.near(asked.queries, asked.max_bits, asked.below_position) if len(run) else None
    if found is None or not len(found.rows):
        return None
    usable = _usable(asked, run, found.rows, hidden)
    rows, bits, variant = found.rows[usable], found.bits[usable], asked.variants[found.asked[usable]]
    of_claim = run.column("request")[rows] != owner.hash32(None)
    return _Hits(bits, run.column("position")[rows], np.full(len(rows), number), rows, variant, of_claim)


def _usable(asked: Asked, run: Run, rows: Numbers, hidden: Hidden) -> Mask:
    sighting, seen, (since_ms, before_ms) = asked.sighting, run.column("seen_at_ms")[rows], asked.seen_ms
    usable: Mask = (
        (run.column("version")[rows] == owner.hash32(sighting.fingerprint.version))
        & (seen >= since_ms)
        & ~hidden.among(run.column("position")[rows])
    )
    if before_ms is not None:
        usable &= seen < before_ms
    request, matter = owner.hash32(sighting.request_id), owner.matter(sighting.buyer_id, sighting.order_id)
    alike = (run.column("request")[rows] == request) | (run.column("matter")[rows] == matter)
    for rank in np.flatnonzero(usable & alike).tolist():
        usable[rank] = not run.owner(int(rows[rank])).together(sighting)
    return usable
