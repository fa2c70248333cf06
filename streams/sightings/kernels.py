"""The loops over hashes, compiled by Numba: none of them holds the interpreter's lock.

Importing this takes Numba's import, and the first call of each its compiling or the reading of Numba's cache:
:func:`streams.sightings.kernel_loader.kernels` is the way here. Words are rows of four 64-bit words; ``uint32`` numbers
name rows, so a segment holds fewer than 2^32.
"""

# Over 250 lines because Numba's cache notices a change of a function's own file only: functions that are compiled into
# each other have to stand in one.

from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir  # type: ignore[import-untyped]  # it ships no types
from numba import types
from numba.extending import intrinsic

from streams.compiled_loops import compiled, ones

Array = npt.NDArray[Any]
Cut = tuple[int, int, int]
"""Of a layout: width, bits, flips."""
Hashes = tuple[Array, Array, Array, Array, Cut]
"""Of a segment: words, starts, numbers, which bits to flip, layout."""
Asked = tuple[Array, int, int]
"""Hashes that are looked for, which of them now, and how many bits may differ."""
Query = tuple[Any, Any, Any, Any]
Noted = tuple[Array, Array, Array]
"""Room for what is found: rows, distances, and which of the hashes that are looked for each is near."""

BLOCK = 256
"""Hashes in memory that are looked through before the next of those that are looked for has its turn."""
AHEAD = 48
"""So many candidates further on is asked for from memory while one is compared."""
SCAN_SHARE = 4
"""When one of so many hashes is a candidate, comparing all in order costs less than comparing these out of order."""


def _ask_for(_typing: Any, array: Any, _number: Any) -> Any:  # pragma: no cover - runs while Numba compiles
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


_fetch: Any = intrinsic(_ask_for)


@compiled
def _chunk(
    words: Array, row: int, start: int, bits: int
) -> Any:  # pragma: no cover - compiled, so that coverage cannot see it; as all below
    """Return ``bits`` bits of a row from bit ``start`` on."""
    word, shift = start >> 6, start & 63
    value = words[row, word] >> np.uint64(shift)
    if shift + bits > 64:  # noqa: PLR2004 - the bits of a word
        value |= words[row, word + 1] << np.uint64(64 - shift)
    return np.int64(value & ((np.uint64(1) << np.uint64(bits)) - np.uint64(1)))


@compiled
def fill(words: Array, width: int, bits: int, starts: Array, numbers: Array) -> None:  # pragma: no cover
    """Write, for each chunk, the rows sorted by it, and where those of each value start: a radix sort in two passes."""
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


@compiled
def _distance(flat: Array, row: int, query: Query) -> Any:  # pragma: no cover
    """Return in how many bits a row differs."""
    place = np.uint64(row) * np.uint64(4)  # unsigned: Numba need not ask whether it counts from the end
    return (
        ones(flat[place] ^ query[0])
        + ones(flat[place + np.uint64(1)] ^ query[1])
        + ones(flat[place + np.uint64(2)] ^ query[2])
        + ones(flat[place + np.uint64(3)] ^ query[3])
    )


@compiled
def _one(queries: Array, number: int) -> Query:  # pragma: no cover
    """Return a hash that is looked for, as words that the processor can keep at hand."""
    return queries[number, 0], queries[number, 1], queries[number, 2], queries[number, 3]


@compiled
def _met_before(words: Array, row: int, asked: Asked, before: int, layout: Cut) -> bool:  # pragma: no cover
    """Return whether an earlier chunk has led to this row already."""
    width, bits, flips = layout
    queries, number, _ = asked
    for chunk in range(before):
        differing = _chunk(words, row, chunk * width, bits) ^ _chunk(queries, number, chunk * width, bits)
        if ones(np.uint64(differing)) <= flips:
            return True
    return False


@compiled
def _note(found: int, row: int, distance: int, number: int, out: Noted) -> int:  # pragma: no cover
    """Return how many were found with this one, which is written while there is room."""
    rows, bits, asked = out
    if found < rows.size:
        rows[found], bits[found], asked[found] = row, distance, number
    return found + 1


@compiled
def _spans(segment: Hashes, asked: Asked, spans: Array, ends: Array) -> int:  # pragma: no cover
    """Write which stretches of the flat ``numbers`` hold candidates, and how many there are up to each chunk.

    Return how many stretches there are. Their first and last lines are asked for from memory.
    """
    _, starts, numbers, flipped, (width, bits, _) = segment
    queries, number, _ = asked
    tables, listed, count, candidates = starts.ravel(), numbers.ravel(), 0, np.int64(0)
    for chunk in range(numbers.shape[0]):
        value = _chunk(queries, number, chunk * width, bits)
        table, first = np.int64(chunk * starts.shape[1]), np.int64(chunk * numbers.shape[1])
        for mask in flipped:
            _fetch(tables, table + (value ^ mask))
        for mask in flipped:
            place = np.uint64(table + (value ^ mask))
            start, end = np.int64(tables[place]), np.int64(tables[place + np.uint64(1)])
            if end > start:
                _fetch(listed, first + start)
                _fetch(listed, first + end - 1)
                spans[count, 0], spans[count, 1] = first + start, first + end
                candidates += end - start
                count += 1
        ends[chunk] = candidates
    return count


@compiled
def _listed(numbers: Array, spans: Array, count: int, candidates: int) -> Array:  # pragma: no cover
    """Return the rows that the first ``count`` stretches name."""
    flat, rows, place = numbers.ravel(), np.empty(candidates, np.uint32), np.uint64(0)
    for span in range(count):
        for rank in range(np.uint64(spans[span, 0]), np.uint64(spans[span, 1])):
            rows[place] = flat[rank]
            place += np.uint64(1)
    return rows


@compiled
def _compare(
    segment: Hashes, asked: Asked, candidates: Array, ends: Array, found: int, out: Noted
) -> int:  # pragma: no cover
    """Write which candidates are near; return how many were found so far, noted or not."""
    words, layout = segment[0], segment[4]
    queries, number, max_bits = asked
    query, flat, count = _one(queries, number), words.ravel(), candidates.size
    for rank in range(min(AHEAD, count)):
        _fetch(flat, np.int64(candidates[rank]) * 4)
    for rank in range(count):
        if rank + AHEAD < count:
            _fetch(flat, np.int64(candidates[rank + AHEAD]) * 4)
        row = np.int64(candidates[rank])
        distance = _distance(flat, row, query)
        if distance <= max_bits:
            chunk = np.searchsorted(ends, rank, side="right")
            if not _met_before(words, row, asked, chunk, layout):
                found = _note(found, row, distance, number, out)
    return found


@compiled
def _compare_all(words: Array, asked: Asked, found: int, out: Noted) -> int:  # pragma: no cover
    """As :func:`_compare`, with every row a candidate, once."""
    queries, number, max_bits = asked
    query, flat = _one(queries, number), words.ravel()
    for start in range(0, words.shape[0], BLOCK):
        end, nearest = min(words.shape[0], start + BLOCK), np.uint64(256)
        for row in range(start, end):
            nearest = min(nearest, _distance(flat, row, query))
        if nearest > max_bits:
            continue
        for row in range(start, end):
            distance = _distance(flat, row, query)
            if distance <= max_bits:
                found = _note(found, row, distance, number, out)
    return found


@compiled
def search(segment: Hashes, queries: Array, max_bits: int, out: Noted) -> int:  # pragma: no cover
    """Write the rows within ``max_bits`` of a query that share a chunk with it, their distances, and which query.

    Return how many there are: beyond the room in ``out`` they are counted only.
    """
    words, _, numbers, flipped, _ = segment
    spans, ends = np.empty((numbers.shape[0] * flipped.size, 2), np.int64), np.empty(numbers.shape[0], np.int64)
    found = 0
    for number in range(queries.shape[0]):
        one = (queries, number, max_bits)
        count = _spans(segment, one, spans, ends)
        if ends[-1] * SCAN_SHARE > words.shape[0]:
            found = _compare_all(words, one, found, out)
        else:
            found = _compare(segment, one, _listed(numbers, spans, count, ends[-1]), ends, found, out)
    return found


@compiled
def _across(columns: Array, row: int, query: Query) -> Any:  # pragma: no cover
    """Return in how many bits a row of four columns differs."""
    return (
        ones(columns[0, row] ^ query[0])
        + ones(columns[1, row] ^ query[1])
        + ones(columns[2, row] ^ query[2])
        + ones(columns[3, row] ^ query[3])
    )


@compiled
def scan(columns: Array, count: int, queries: Array, max_bits: int, out: Noted) -> int:  # pragma: no cover
    """Do as :func:`search`, but compare the first ``count`` hashes one by one; they lie in four columns of words."""
    found = 0
    for start in range(0, count, BLOCK):
        end = min(count, start + BLOCK)
        for number in range(queries.shape[0]):
            query, nearest = _one(queries, number), np.uint64(256)
            for row in range(start, end):
                nearest = min(nearest, _across(columns, row, query))
            if nearest > max_bits:
                continue
            for row in range(start, end):
                distance = _across(columns, row, query)
                if distance <= max_bits:
                    found = _note(found, row, distance, number, out)
    return found


@compiled
def mixed(words: Array, out: Array) -> None:  # pragma: no cover
    """Write 64 bits for each row that are equal where rows are."""
    for row in range(words.shape[0]):
        value = np.uint64(0)
        for word in range(4):
            value = (value ^ words[row, word]) * np.uint64(0x9E3779B97F4A7C15)
            value ^= value >> np.uint64(29)
        out[row] = value


@compiled
def lower_bounds(keys: Array, wanted: Array, out: Array) -> None:  # pragma: no cover
    """Write, for each wanted key, its place in the sorted ``keys``, whose values are spread evenly over their range."""
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


@compiled
def gather(packed: Array, starts: Array, ends: Array, out: Array) -> None:  # pragma: no cover
    """Write stretches of bytes one after the other."""
    place = 0
    for stretch in range(starts.size):
        for byte in range(starts[stretch], ends[stretch]):
            out[place] = packed[byte]
            place += 1
