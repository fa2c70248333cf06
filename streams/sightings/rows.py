"""The newest photos, in memory: those in no segment yet. A search compares each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from streams.sightings import owner
from streams.sightings.arrays import Array
from streams.sightings.kernel_loader import Near, kernels, near
from streams.sightings.log_record import Sighting
from streams.sightings.owner import Words

_FIRST_CAPACITY = 1_024

COLUMNS = {
    "position": "<i8",
    "seen_at_ms": "<i8",
    "key": "<u8",
    "request": "<u4",
    "matter": "<u4",
    "version": "<u4",
    "length": "<u4",
}
"""What is kept of every photo beside its hash: ``length`` is that of the packed rest, the others it is chosen by.

``matter`` is of a claim buyer and order, of a photo of the catalogue the goods: see :mod:`streams.sightings.owner`.
"""

_COLUMNS = np.dtype(list(COLUMNS.items()))

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Extent(NamedTuple):
    """The lowest position among some photos, and when the latest of them was seen (Unix milliseconds)."""

    first_position: int
    latest_ms: int


Versions = dict[int, Extent]
"""The photos of each version of fingerprints, by the 32-bit hash of the version's name."""


class Row(NamedTuple):
    """One photo, ready to be taken up."""

    position: int
    seen_at_ms: int
    key: int
    request: int
    matter: int
    version: int
    words: bytes
    packed: bytes


def row_of(position: int, sighting: Sighting, key: int) -> Row:
    """Return a sighting as it is kept; raises ValueError where its fingerprint or digests are no hexadecimal digits."""
    return Row(
        position,
        sighting.seen_at_ms,
        key,
        owner.hash32(sighting.request_id),
        _matter(sighting),
        owner.hash32(sighting.fingerprint.version),
        bytes.fromhex(sighting.fingerprint.bits),
        owner.pack(sighting),
    )


def _matter(sighting: Sighting) -> int:
    if sighting.source == "catalogue":
        return owner.goods(sighting.merchant_id, sighting.product_id, sighting.order_id)
    return owner.matter(sighting.buyer_id, sighting.order_id)


def versions_of(version: Array, position: Array, seen_at_ms: Array) -> Versions:
    """Return the extent of each version in columns that are in the order of their positions."""
    one = not len(version) or bool((version == version[0]).all())  # nearly always, and far cheaper than sorting
    hashes = version[:1] if one else np.unique(version)
    every = ((hash32, version == hash32) for hash32 in hashes.tolist())
    return {hash32: Extent(int(position[here][0]), int(seen_at_ms[here].max())) for hash32, here in every}


@dataclass(frozen=True)
class Stored:
    """Photos in the order of their positions, as they are written into segments."""

    words: Words
    columns: npt.NDArray[np.void]
    packed: npt.NDArray[np.uint8]


class Rows:
    """Photos in the order of their positions; a row's number stays the same."""

    def __init__(self) -> None:
        self._words = np.zeros((4, _FIRST_CAPACITY), np.uint64)
        self._columns = np.zeros(_FIRST_CAPACITY, _COLUMNS)
        self._packed: list[bytes] = []
        self._row_of: dict[str, int] = {}
        self._versions: Versions = {}

    def __len__(self) -> int:
        return len(self._packed)

    @property
    def known(self) -> int:
        """How many rows were not wiped."""
        return len(self._row_of)

    def column(self, name: str) -> npt.NDArray[Any]:
        """Return a column, as in :data:`COLUMNS`, by row."""
        column: npt.NDArray[Any] = self._columns[name][: len(self._packed)]
        return column

    def find(self, sighting_id: str) -> int | None:
        """Return the number of the row with this id; what was wiped has none."""
        return self._row_of.get(sighting_id)

    def extend(self, rows: Sequence[Row], ids: Sequence[str]) -> None:
        """Take up rows, later ones than all before."""
        first, end = len(self._packed), len(self._packed) + len(rows)
        if end > len(self._columns):
            self._grow(end)
        positions, seen, keys, requests, matters, versions, words, packed = zip(*rows, strict=True)
        self._words[:, first:end] = owner.words(b"".join(words)).T
        kept = (positions, seen, keys, requests, matters, versions, [len(one) for one in packed])
        for name, values in zip(COLUMNS, kept, strict=True):
            self._columns[name][first:end] = values
        self._packed.extend(packed)
        self._row_of.update(zip(ids, range(first, end), strict=True))
        for version in set(versions):
            at = versions.index(version)
            known = self._versions.get(version, Extent(positions[at], seen[at]))
            self._versions[version] = Extent(known.first_position, max(known.latest_ms, *seen))

    def versions(self) -> Versions:
        """Return which versions of fingerprints there are; what was wiped since counts too."""
        return self._versions

    def owner(self, row: int) -> owner.Owner:
        """Return the owner of a row's photo."""
        return owner.unpack(self._packed[row])

    def wipe(self, sighting_id: str) -> None:
        """Overwrite everything of a row but its position."""
        row = self._row_of.pop(sighting_id)
        self._packed[row] = b""
        self._words[:, row] = 0
        position = self._columns["position"][row]
        self._columns[row] = np.zeros((), _COLUMNS)
        self._columns["position"][row] = position

    def near(self, queries: Words, max_bits: int, below_position: int) -> Near:
        """Return the rows below a position within ``max_bits`` of one of ``queries``: exact."""
        count = int(np.searchsorted(self.column("position"), below_position))
        return near(kernels().scan, (self._words, count, queries, max_bits))

    def of_goods(self, mark: int) -> Numbers:
        """Return the rows of the catalogue that have this mark of their goods, in their order."""
        return np.flatnonzero((self.column("matter") == mark) & (self.column("request") == 0) & ~self.wiped())

    def wiped(self) -> Mask:
        """Return which rows were wiped."""
        wiped: Mask = self.column("length") == 0
        return wiped

    def stored(self, kept: Mask | None = None) -> Stored:
        """Return the ``kept`` rows, or all, as a segment is written from them."""
        numbers = np.arange(len(self)) if kept is None else np.flatnonzero(kept)
        packed = b"".join(self._packed[number] for number in numbers.tolist())
        return Stored(
            np.ascontiguousarray(self._words[:, numbers].T), self._columns[numbers], np.frombuffer(packed, np.uint8)
        )

    def since(self, position: int) -> "Rows":
        """Return a copy without what stands below ``position``."""
        rows, first = Rows(), int(np.searchsorted(self.column("position"), position))
        rows._packed = self._packed[first:]
        rows._words = self._words[:, first:].copy()
        rows._columns = self._columns[first:].copy()
        rows._row_of = {name: row - first for name, row in self._row_of.items() if row >= first}
        rows._versions = versions_of(
            *(rows._columns[name][: len(rows)] for name in ("version", "position", "seen_at_ms"))
        )
        return rows

    def _grow(self, needed: int) -> None:
        capacity, count = max(needed, 2 * len(self._columns)), len(self)
        words, columns = np.zeros((4, capacity), np.uint64), np.zeros(capacity, _COLUMNS)
        words[:, :count], columns[:count] = self._words[:, :count], self._columns[:count]
        self._words, self._columns = words, columns
