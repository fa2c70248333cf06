"""The columns of many photos in memory: one NumPy record array that grows, and the packed rest in one run of bytes."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_WORDS = 4
_FIRST_CAPACITY = 1_024
_PIECE = 32_768
"""Rows compared at a time: their words stay in the processor's cache."""

_COLUMNS = np.dtype(
    [
        ("position", np.int64),
        ("seen_at_ms", np.int64),
        ("request", np.int64),
        ("matter", np.int64),
        ("packed_end", np.int64),
        ("version", np.uint8),
        ("withdrawn", np.bool_),
        ("erased", np.bool_),
    ]
)

Words = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.intp]
Bits = npt.NDArray[np.uint16]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One photo: its words, what it is filtered by, and the rest, packed.

    ``request`` and ``matter`` are hashes: equal where two photos may belong together, which the packed rest settles.
    """

    words: Words
    version: int
    position: int
    seen_at_ms: int
    request: int
    matter: int
    withdrawn: bool
    packed: bytes


class Rows:
    """Photos in the order of their coming; a row's number stays the same until :meth:`only`."""

    def __init__(self) -> None:
        self._words = np.zeros((_WORDS, _FIRST_CAPACITY), np.uint64)
        self._columns = np.zeros(_FIRST_CAPACITY, _COLUMNS)
        self._packed = bytearray()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def columns(self) -> npt.NDArray[np.void]:
        """The rows' columns by name: a view, which may be written to."""
        return self._columns[: self._count]

    def append(self, row: Row) -> int:
        """Return the number of the new row."""
        number = self._count
        if number == len(self._columns):
            self._grow()
        self._words[:, number] = row.words
        self._packed += row.packed
        kept = (row.position, row.seen_at_ms, row.request, row.matter, len(self._packed), row.version)
        self._columns[number] = (*kept, row.withdrawn, False)
        self._count += 1
        return number

    def packed(self, number: int) -> bytes:
        """Return the packed rest of a row."""
        start, end = self._span(number)
        return bytes(self._packed[start:end])

    def wipe(self, number: int) -> None:
        """Overwrite everything of a row but its number."""
        start, end = self._span(number)
        self._packed[start:end] = bytes(end - start)
        self._words[:, number] = 0
        self._columns[number] = (0, 0, 0, 0, end, 0, False, True)

    def within(self, words: Words, max_bits: int) -> tuple[Numbers, Bits]:
        """Return the numbers of the rows within ``max_bits`` of these words, and their distances, in order.

        Two of four words rule out almost every row; only what is left is measured in full.
        """
        found = list(self._pieces(words, max_bits))
        numbers = np.concatenate([np.zeros(0, np.intp), *(numbers for numbers, _ in found)])
        return numbers, np.concatenate([np.zeros(0, np.uint16), *(bits for _, bits in found)])

    def only(self, kept: Mask) -> "Rows":
        """Return a copy with these rows alone, in the same order."""
        rows = Rows()
        numbers = np.flatnonzero(kept)
        rows._count = len(numbers)
        rows._words = self._words[:, numbers]
        rows._columns = self._columns[numbers]
        for new, number in enumerate(numbers.tolist()):
            rows._packed += self.packed(number)
            rows._columns["packed_end"][new] = len(rows._packed)
        return rows

    def _pieces(self, words: Words, max_bits: int) -> Iterator[tuple[Numbers, Bits]]:
        for start in range(0, self._count, _PIECE):
            piece = self._words[:, start : min(start + _PIECE, self._count)]
            half = np.bitwise_count(piece[0] ^ words[0]) + np.bitwise_count(piece[1] ^ words[1])
            near = np.flatnonzero(half <= max_bits)
            bits = np.bitwise_count(piece[:, near] ^ words[:, None]).sum(axis=0, dtype=np.uint16)
            kept = bits <= max_bits
            yield near[kept] + start, bits[kept]

    def _span(self, number: int) -> tuple[int, int]:
        ends = self._columns["packed_end"]
        return (int(ends[number - 1]) if number else 0), int(ends[number])

    def _grow(self) -> None:
        capacity = max(_FIRST_CAPACITY, self._count + self._count // 2)
        words, columns = np.zeros((_WORDS, capacity), np.uint64), np.zeros(capacity, _COLUMNS)
        words[:, : self._count], columns[: self._count] = self._words, self._columns
        self._words, self._columns = words, columns
