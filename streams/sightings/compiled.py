"""The loops over hashes, compiled by Numba: none of them holds the interpreter's lock.

Importing this takes Numba's import, and the first call of each its compiling or the reading of Numba's cache:
:func:`streams.sightings.kernels.kernels` is the way here. Words are rows of four 64-bit words; ``uint32`` numbers name
rows, so a segment holds fewer than 2^32.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir  # type: ignore[import-untyped]  # it ships no types
from numba import njit, types
from numba.extending import intrinsic

Array = npt.NDArray[Any]
Cut = tuple[int, int, int]
"""Of a layout: width, bits, flips."""
Hashes = tuple[Array, Array, Array, Array, Cut]
"""Of a segment: words, starts, numbers, which bits to flip, layout."""
Near = tuple[Array, int]
Noted = tuple[Array, Array]

BLOCK = 256
"""Candidates that are asked for from memory before the first of them is compared."""
SCAN_SHARE = 4
"""When one of so many hashes is a candidate, comparing all in order costs less than comparing these out of order."""


def _compiled(function: Callable[..., Any]) -> Any:
    """Return the function compiled on first use, kept in Numba's cache where one can be written."""
    try:
        return njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no folder for a cache can be written: then it is compiled by each process
        return njit(nogil=True)(function)


def _count_ones(_typing: Any, word: Any) -> Any:  # pragma: no cover - runs while Numba compiles
    """Return how many bits are set: one instruction."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(word), code


def _ask_for(_typing: Any, array: Any, _number: Any) -> Any:  # pragma: no cover - as above
    """Ask memory for an element (of a flat array) that will be read soon."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        place = builder.bitcast(builder.gep(data, [arguments[1]]), ir.IntType(8).as_pointer())
        word = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [place.type, word, word, word])
        call = builder.module.declare_intrinsic("llvm.prefetch", [place.type], fnty=kind)
        builder.call(call, [place, word(0), word(3), word(1)])
        return context.get_dummy_value()

    return types.void(array, types.int64), code


_ones: Any = intrinsic(_count_ones)
_fetch: Any = intrinsic(_ask_for)


@_compiled
def _chunk(
    words: Array, row: int, start: int, bits: int
) -> Any:  # pragma: no cover - compiled, so that coverage cannot see it; as all below
    """Return ``bits`` bits of a row from bit ``start`` on."""
    word, shift = start >> 6, start & 63
    value = words[row, word] >> np.uint64(shift)
    if shift + bits > 64:  # noqa: PLR2004 - the bits of a word
        value |= words[row, word + 1] << np.uint64(64 - shift)
    return np.int64(value & ((np.uint64(1) << np.uint64(bits)) - np.uint64(1)))


@_compiled
def fill(words: Array, width: int, bits: int, starts: Array, numbers: Array) -> None:  # pragma: no cover
    """Write, for each chunk, the rows sorted by it, and where the rows of each value start. A radix sort in two."""
    rows, low_bits = words.shape[0], bits // 2
    low_mask = (1 << low_bits) - 1
    values, sorted_values = np.empty(rows, np.uint32), np.empty(rows, np.uint32)
    sorted_rows = np.empty(rows, np.uint32)
    for chunk in range(numbers.shape[0]):
        low, high = np.zeros((1 << low_bits) + 1, np.int64), np.zeros((1 << (bits - low_bits)) + 1, np.int64)
        for row in range(rows):
            value = _chunk(words, row, chunk * width, bits)
            values[row] = value
            low[(value & low_mask) + 1] += 1
            high[(value >> low_bits) + 1] += 1
        for value in range(low.size - 1):
            low[value + 1] += low[value]
        for value in range(high.size - 1):
            high[value + 1] += high[value]
        for row in range(rows):
            place = low[values[row] & low_mask]
            low[values[row] & low_mask] = place + 1
            sorted_values[place] = values[row]
            sorted_rows[place] = row
        for rank in range(rows):
            place = high[sorted_values[rank] >> low_bits]
            high[sorted_values[rank] >> low_bits] = place + 1
            values[place] = sorted_values[rank]
            numbers[chunk, place] = sorted_rows[rank]
        rank = 0
        for value in range(1 << bits):
            while rank < rows and values[rank] < value:
                rank += 1
            starts[chunk, value] = rank
        starts[chunk, 1 << bits] = rows


@_compiled
def _distance(words: Array, row: int, query: Array, max_bits: int) -> Any:  # pragma: no cover
    """Return the distance; where half of the words rule a row out already, that of the half."""
    bits = _ones(words[row, 0] ^ query[0, 0]) + _ones(words[row, 1] ^ query[0, 1])
    if bits <= max_bits:
        bits += _ones(words[row, 2] ^ query[0, 2]) + _ones(words[row, 3] ^ query[0, 3])
    return bits


@_compiled
def _met_before(words: Array, row: int, query: Array, before: int, layout: Cut) -> bool:  # pragma: no cover
    """Return whether an earlier chunk has led to this row already."""
    width, bits, flips = layout
    for chunk in range(before):
        differing = _chunk(words, row, chunk * width, bits) ^ _chunk(query, 0, chunk * width, bits)
        if _ones(np.uint64(differing)) <= flips:
            return True
    return False


@_compiled
def _spans(
    query: Array, starts: Array, numbers: Array, flipped: Array, layout: Cut, spans: Array
) -> tuple[Array, Any]:  # pragma: no cover
    """Write which stretches of ``numbers`` hold candidates; return how many each chunk has, and the candidates."""
    width, bits, _ = layout
    ends, count = np.empty(numbers.shape[0], np.int64), 0
    candidates = np.int64(0)
    for chunk in range(numbers.shape[0]):
        value = _chunk(query, 0, chunk * width, bits)
        table, rows = starts[chunk], numbers[chunk]
        for mask in flipped:
            _fetch(table, value ^ mask)
        for mask in flipped:
            start, end = np.int64(table[value ^ mask]), np.int64(table[(value ^ mask) + 1])
            if end > start:
                _fetch(rows, start)
                spans[count, 0], spans[count, 1] = start, end
                candidates += end - start
                count += 1
        ends[chunk] = count
    return ends, candidates


@_compiled
def _compare(
    words: Array, near: Near, block: Array, met: tuple[int, Cut], found: int, out: Noted
) -> int:  # pragma: no cover
    """Write which of a block of candidates are near; return how many were found so far, noted or not."""
    query, max_bits = near
    chunk, layout = met
    rows, bits = out
    for row in block:
        distance = _distance(words, row, query, max_bits)
        if distance <= max_bits and not _met_before(words, row, query, chunk, layout):
            if found < rows.size:
                rows[found], bits[found] = row, distance
            found += 1
    return found


@_compiled
def scan_rows(words: Array, query: Array, max_bits: int, rows: Array, bits: Array) -> int:  # pragma: no cover
    """Write the rows within ``max_bits`` of ``query`` and their distances by comparing all; return how many."""
    found = 0
    for row in range(words.shape[0]):
        distance = _distance(words, row, query, max_bits)
        if distance <= max_bits:
            if found < rows.size:
                rows[found], bits[found] = row, distance
            found += 1
    return found


@_compiled
def search(segment: Hashes, query: Array, max_bits: int, rows: Array, bits: Array) -> int:  # pragma: no cover
    """Write the rows within ``max_bits`` of ``query`` that share a chunk with it, and their distances.

    Return how many there are: beyond the room in ``rows`` they are counted only.
    """
    words, starts, numbers, flipped, layout = segment
    spans = np.empty((numbers.shape[0] * flipped.size, 2), np.int64)
    ends, candidates = _spans(query, starts, numbers, flipped, layout, spans)
    if candidates * SCAN_SHARE > words.shape[0]:
        return scan_rows(words, query, max_bits, rows, bits)  # type: ignore[no-any-return]  # compiled: any
    flat, block = words.ravel(), np.empty(BLOCK, np.int64)
    near, out = (query, max_bits), (rows, bits)
    found, waiting, span = 0, 0, 0
    for chunk in range(numbers.shape[0]):
        listed = numbers[chunk]
        while span < ends[chunk]:
            for rank in range(spans[span, 0], spans[span, 1]):
                row = np.int64(listed[rank])
                _fetch(flat, row * 4)
                block[waiting] = row
                waiting += 1
                if waiting == BLOCK:
                    found = _compare(words, near, block, (chunk, layout), found, out)
                    waiting = 0
            span += 1
        found = _compare(words, near, block[:waiting], (chunk, layout), found, out)
        waiting = 0
    return found


@_compiled
def scan(columns: Array, count: int, query: Array, max_bits: int, rows: Array, bits: Array) -> int:  # pragma: no cover
    """Write the same by comparing the first ``count`` hashes, which lie in four columns of words; return how many."""
    found = 0
    for start in range(0, count, BLOCK):
        end, nearest = min(count, start + BLOCK), np.uint64(256)
        for row in range(start, end):
            half = _ones(columns[0, row] ^ query[0, 0]) + _ones(columns[1, row] ^ query[0, 1])
            nearest = min(nearest, half)
        if nearest > max_bits:
            continue
        for row in range(start, end):
            distance = np.uint64(0)
            for word in range(4):
                distance += _ones(columns[word, row] ^ query[0, word])
            if distance <= max_bits:
                if found < rows.size:
                    rows[found], bits[found] = row, distance
                found += 1
    return found


@_compiled
def mixed(words: Array, out: Array) -> None:  # pragma: no cover
    """Write 64 bits for each row that are equal where rows are."""
    for row in range(words.shape[0]):
        value = np.uint64(0)
        for word in range(4):
            value = (value ^ words[row, word]) * np.uint64(0x9E3779B97F4A7C15)
            value ^= value >> np.uint64(29)
        out[row] = value


@_compiled
def lower_bounds(keys: Array, wanted: Array, out: Array) -> None:  # pragma: no cover
    """Write, for each wanted key, where in the sorted ``keys`` it stands or would; they are spread evenly."""
    count = keys.size
    reach = int(np.sqrt(count)) * 2 + 8
    for rank in range(wanted.size):
        key = wanted[rank]
        guess = int(float(key) / 18446744073709551616.0 * count)
        low, high = guess - reach, guess + reach
        if low < 0:  # noqa: PLR1730 - Numba knows the type of this, mypy of max() not
            low = 0
        if high > count:  # noqa: PLR1730 - as above
            high = count
        if low > 0 and keys[low - 1] >= key:
            low = 0
        if high < count and keys[high] < key:
            high = count
        while low < high:
            middle = (low + high) // 2
            if keys[middle] < key:
                low = middle + 1
            else:
                high = middle
        out[rank] = low


@_compiled
def gather(packed: Array, starts: Array, ends: Array, out: Array) -> None:  # pragma: no cover
    """Write stretches of bytes one after the other."""
    place = 0
    for stretch in range(starts.size):
        for byte in range(starts[stretch], ends[stretch]):
            out[place] = packed[byte]
            place += 1
