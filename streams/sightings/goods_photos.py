"""What the catalogue has of a claim's goods: photos of the product, and those taken when its very order was packed."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Protocol

import numpy as np

from schemas.records import PhotoSighted
from streams.sightings import owner
from streams.sightings.arrays import Array
from streams.sightings.found import Registered
from streams.sightings.owner import Owner
from streams.sightings.rows import Numbers
from streams.sightings.searching import Hidden, Span

MOST_LOOKED_AT = 2_000
"""Rows of one mark that are looked at in a segment, the newest: nobody makes a look-up long."""


class Run(Protocol):
    """Photos in the order of their positions: a segment, or what is in memory."""

    def column(self, name: str) -> Array:
        """Return a column by row."""

    def of_goods(self, mark: int) -> Numbers:
        """Return the rows of the catalogue with a mark, in their order."""

    def owner(self, row: int) -> Owner:
        """Return the owner of a row's photo."""


def of_goods(
    sighting: PhotoSighted, below_position: int, seen_ms: Span, runs: Sequence[Run], hidden: Hidden, at_most: int
) -> list[Registered]:
    """Return the newest photos of a claim's product and of its order, each once, the newest first."""
    orders = (None,) if sighting.order_id is None else (None, sighting.order_id)
    found = dict[str, Registered]()
    for order in orders:
        mark = owner.goods(sighting.merchant_id, sighting.product_id, order)
        seen = dict[str, Registered]()
        for one in _newest(sighting, mark, below_position, seen_ms, runs, hidden):
            seen.setdefault(one.photo_id, one)
            if len(seen) == at_most:
                break
        found |= seen
    return list(islice(sorted(found.values(), key=lambda one: -one.position), at_most))


def _newest(
    sighting: PhotoSighted, mark: int, below_position: int, seen_ms: Span, runs: Sequence[Run], hidden: Hidden
) -> Iterator[Registered]:
    """Yield the photos with a mark, the newest first; marks are short, so whose a photo is decides."""
    for run in reversed(runs):
        rows = run.of_goods(mark)
        positions = run.column("position")[rows]
        rows = rows[: int(np.searchsorted(positions, below_position))][-MOST_LOOKED_AT:]
        seen = run.column("seen_at_ms")[rows]
        usable = (seen >= seen_ms.since_ms) & ~hidden.among(run.column("position")[rows])
        if seen_ms.before_ms is not None:
            usable &= seen < seen_ms.before_ms
        for row in rows[usable][::-1].tolist():
            whose = run.owner(row)
            if whose.shows(sighting) and whose.media_id is not None:
                yield Registered(
                    photo_id=whose.media_id,
                    position=int(run.column("position")[row]),
                    seen_at_ms=int(run.column("seen_at_ms")[row]),
                    of_order=whose.order_id is not None,
                    moving=whose.part is not None,
                )
