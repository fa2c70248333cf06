"""A segment: many photos in one file that never changes, mapped into memory and shared by processes.

The index over hashes (``words``, ``starts``, ``numbers`` and, where photos share a hash, ``first`` and ``rows``) is
what searches touch; the owner of a photo (the columns and ``packed``) is read only for what was found.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.sightings import owner
from streams.sightings.arrays import Array, Arrays, NewArrays
from streams.sightings.kernel_loader import Near, kernels, near
from streams.sightings.layout import Layout, layout_for, masks
from streams.sightings.owner import Words
from streams.sightings.rows import COLUMNS, Mask, Numbers, Stored, Versions, versions_of

INDEX = ("words", "starts", "numbers", "first", "rows", "position")
"""The arrays that a search touches."""
PAGE = 4_096
_WHOSE = tuple(name for name in COLUMNS if name not in {"position", "key", "length"})


class Segment:
    """A segment's file, open."""

    def __init__(self, path: Path) -> None:
        """Raises :class:`streams.errors.ReplicaDamaged` when it is no whole segment; :meth:`verify` reads all of it."""
        self.path = path
        self._file = Arrays(path)
        self._arrays, notes = self._file.arrays, self._file.notes
        self._layout = Layout(notes["chunks"], notes["width"], notes["bits"], notes["flips"])
        self._masks = masks(self._layout.bits, self._layout.flips)
        self.latest_ms = notes["latest_ms"]
        self._versions: Versions | None = None

    def __len__(self) -> int:
        return len(self._arrays["position"])

    @property
    def known(self) -> int:
        """How many photos it holds."""
        return len(self)

    @property
    def hashes(self) -> int:
        """How many different hashes there are."""
        return len(self._arrays["words"])

    @property
    def index_bytes(self) -> int:
        """The bytes of what searches touch."""
        return sum(self._arrays[name].nbytes for name in INDEX)

    @property
    def file_bytes(self) -> int:
        """The bytes of the file."""
        return self._file.bytes

    @property
    def layout(self) -> Layout:
        """How its hashes are cut into chunks."""
        return self._layout

    def verify(self) -> None:
        """Raise :class:`streams.errors.ReplicaDamaged` when an array is not what was written."""
        self._file.verify()

    def touch(self) -> None:
        """Have the system map what searches touch, so that the first of them need not wait for thousands of pages."""
        for name in (*INDEX, "key"):
            self._arrays[name].reshape(-1).view(np.uint8)[::PAGE].max(initial=0)

    def column(self, name: str) -> Array:
        """Return a column, as in :data:`streams.sightings.rows.COLUMNS`, by row."""
        return self._arrays[name]

    def versions(self) -> Versions:
        """Return which versions of fingerprints there are; they are read once."""
        if self._versions is None:
            self._versions = versions_of(*(self._arrays[name] for name in ("version", "position", "seen_at_ms")))
        return self._versions

    def wiped(self) -> Mask:
        """Return which rows were wiped: none, once they are in a segment."""
        return np.zeros(len(self), np.bool_)

    def near(self, queries: Words, max_bits: int, below_position: int) -> Near:
        """Return the rows below a position within ``max_bits`` of one of ``queries``.

        None is missed up to 31 bits; of those further away, the share that :mod:`streams.sightings.layout` leads to.
        """
        arrays, layout = self._arrays, self._layout
        cut = (layout.width, layout.bits, layout.flips)
        hashes = (arrays["words"], arrays["starts"], arrays["numbers"], self._masks, cut)
        found = near(kernels().search, (hashes, queries, max_bits))
        if len(arrays["first"]):
            found = _expanded(found, arrays["first"], arrays["rows"])
        earlier = arrays["position"][found.rows] < below_position
        return Near(found.rows[earlier], found.bits[earlier], found.asked[earlier])

    def of_goods(self, mark: int) -> Numbers:
        """Return the rows of the catalogue that have this mark of their goods, in their order."""
        marks = self._arrays["goods"]
        first, end = (int(np.searchsorted(marks, np.uint32(mark), side)) for side in ("left", "right"))
        return np.asarray(self._arrays["goods_row"][first:end], np.int64)

    def find(self, sighting_id: str) -> Iterator[int]:
        """Yield the rows with this id."""
        key, count = owner.key(sighting_id), len(self)
        rank = int(self.places(np.array([key], np.uint64))[0])
        while rank < count and int(self._arrays["key"][rank]) == key:
            row = int(self._arrays["key_row"][rank])
            if self.owner(row).name() == sighting_id:
                yield row
            rank += 1

    def places(self, keys: npt.NDArray[np.uint64]) -> Numbers:
        """Return the place of each key among the sorted keys; of one that is not there, where it would stand."""
        out = np.empty(len(keys), np.int64)
        kernels().lower_bounds(self._arrays["key"], keys, out)
        return out

    def may_hold(self, keys: npt.NDArray[np.uint64]) -> Mask:
        """Return for each key whether an id with it is here."""
        places = np.minimum(self.places(keys), len(self) - 1)
        held: Mask = self._arrays["key"][places] == keys
        return held

    def owner(self, row: int) -> owner.Owner:
        """Return the owner of a row's photo."""
        start, end = (int(self._arrays["end"][row - 1]) if row else 0), int(self._arrays["end"][row])
        return owner.unpack(self._arrays["packed"][start:end].tobytes())

    def stored(self, kept: Mask | None = None) -> Stored:
        """Return the ``kept`` rows, or all, as another segment is written from them."""
        arrays = self._arrays
        numbers = np.arange(len(self)) if kept is None else np.flatnonzero(kept)
        ends = arrays["end"].astype(np.int64)
        starts = np.concatenate([np.zeros(1, np.int64), ends[:-1]])
        columns = np.zeros(len(numbers), np.dtype(list(COLUMNS.items())))
        for name in ("position", *_WHOSE):
            columns[name] = arrays[name][numbers]
        keys = np.empty(len(self), np.uint64)
        keys[arrays["key_row"]] = arrays["key"]
        columns["key"] = keys[numbers]
        columns["length"] = (ends - starts)[numbers]
        packed = arrays["packed"]
        if kept is not None:
            packed = np.empty(int(columns["length"].sum()), np.uint8)
            kernels().gather(arrays["packed"], starts[numbers], ends[numbers], packed)
        return Stored(self._words()[numbers], columns, packed)

    def _words(self) -> Words:
        """Return the hash of each row."""
        arrays = self._arrays
        if not len(arrays["first"]):
            return arrays["words"]
        hash_of = np.empty(len(self), np.int64)
        hash_of[arrays["rows"]] = np.repeat(np.arange(self.hashes), np.diff(arrays["first"]))
        words: Words = arrays["words"][hash_of]
        return words


def write_segment(path: Path, parts: Sequence[Stored], layout: Layout | None = None) -> None:
    """Write the segment of these parts, which follow each other in position; they hold at least one photo.

    Equal hashes are stored once; ``layout`` None takes the one for so many. What is large is written through the map
    of the new file, not held in memory.
    """
    words = np.concatenate([part.words for part in parts])
    columns = np.concatenate([part.columns for part in parts])
    hashes, first, rows = _grouped(words)
    listed = np.flatnonzero(columns["request"] == owner.hash32(None))
    layout = layout or layout_for(len(hashes))
    new = NewArrays(path, _shapes(layout, hashes, first, columns, listed))
    try:
        arrays = new.arrays
        arrays["words"][:], arrays["first"][:], arrays["rows"][:] = words[hashes], first, rows
        kernels().fill(arrays["words"], layout.width, layout.bits, arrays["starts"], arrays["numbers"])
        for name in ("position", *_WHOSE):
            arrays[name][:] = columns[name]
        order = np.argsort(columns["key"], kind="stable")
        arrays["key"][:], arrays["key_row"][:] = columns["key"][order], order
        by_goods = listed[np.argsort(columns["matter"][listed], kind="stable")]
        arrays["goods"][:], arrays["goods_row"][:] = columns["matter"][by_goods], by_goods
        arrays["end"][:] = np.cumsum(columns["length"], dtype=np.uint64)
        _write_packed(arrays["packed"], parts)
        new.finish({**layout._asdict(), "latest_ms": int(columns["seen_at_ms"].max())})
    except BaseException:
        new.discard()
        raise


def _shapes(layout: Layout, hashes: Numbers, first: Array, columns: Array, listed: Numbers) -> dict[str, Any]:
    photos = len(columns)
    return {
        "words": ("<u8", (len(hashes), 4)),
        "starts": ("<u4", (layout.chunks, layout.buckets + 1)),
        "numbers": ("<u4", (layout.chunks, len(hashes))),
        "first": ("<u4", (len(first),)),
        "rows": ("<u4", (photos if len(first) else 0,)),
        **{name: (COLUMNS[name], (photos,)) for name in ("position", *_WHOSE)},
        "key": ("<u8", (photos,)),
        "key_row": ("<u4", (photos,)),
        "goods": ("<u4", (len(listed),)),
        "goods_row": ("<u4", (len(listed),)),
        "end": ("<u8", (photos,)),
        "packed": ("|u1", (int(columns["length"].sum()),)),
    }


def _write_packed(packed: Array, parts: Sequence[Stored]) -> None:
    start = 0
    for part in parts:
        packed[start : start + len(part.packed)] = part.packed
        start += len(part.packed)


def _grouped(words: Words) -> tuple[Numbers, Array, Array]:
    """Return the rows that stand for each different hash; where the rows of each begin in the list that follows.

    The last two are empty where all hashes differ. Two hashes that only mix alike are not taken for one.
    """
    mixed = np.empty(len(words), np.uint64)
    kernels().mixed(words, mixed)
    order = np.argsort(mixed, kind="stable")
    same = np.zeros(len(words), np.bool_)
    same[1:] = mixed[order[1:]] == mixed[order[:-1]]
    alike = np.flatnonzero(same)
    same[alike] = (words[order[alike]] == words[order[alike - 1]]).all(axis=1)
    if not same.any():
        return np.arange(len(words)), np.zeros(0, np.uint32), np.zeros(0, np.uint32)
    first = np.flatnonzero(~same)
    return order[first], np.append(first, len(words)).astype(np.uint32), order.astype(np.uint32)


def _expanded(found: Near, first: Array, rows: Array) -> Near:
    """Return the rows of the hashes that were found."""
    starts = first[found.rows].astype(np.int64)
    counts = first[found.rows + 1].astype(np.int64) - starts
    offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    every = rows[np.repeat(starts, counts) + offsets].astype(np.int64)
    return Near(every, np.repeat(found.bits, counts), np.repeat(found.asked, counts))
