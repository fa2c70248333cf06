"""The loop over a JPEG's codes, compiled by Numba: the mean of each block of 8 x 8 pixels, and nothing else of it.

A photo of 12 megapixels is looked at at an eighth, where a decoder needs one number of each block and passes over the
others. It has to read their codes one by one; here a table says of the next 13 bits how many whole codes they are.
Every index is bounded here, because Numba checks none: files may hold anything.
"""

# One file, since Numba's cache notices a change of a function's own file only.

from typing import Any

import numpy as np
import numpy.typing as npt

from streams.compiled_loops import compiled

Array = npt.NDArray[Any]

WINDOW = 13
"""Bits of which a table says how many whole codes they are."""
_U = np.uint64


@compiled
def together(single: Array, lengths: Array) -> Any:  # pragma: no cover - compiled, so that coverage cannot see it
    """Return of each 13 bits how long the whole codes in them are, how far they go in a block, and if they end it.

    ``single`` says so of the first code of each 16 bits, with the bits that come after a code, and ``lengths`` how
    long that code itself is. Where there is none, or more than fit in a block, it goes too far for any.
    """
    out = np.full(8192, 127 << 6, np.uint16)
    for window in range(8192):
        used, further, ends = np.int64(0), np.int64(0), np.int64(0)
        while used < 13 and further <= 63 and ends == 0:  # noqa: PLR2004 - bits of the window, numbers of a block
            ahead = (window << (3 + used)) & 65535
            length = np.int64(lengths[ahead])
            if length == 0 or length > 13 - used:
                break
            code = np.int64(single[ahead])
            used, ends = used + (code & 63), code >> 13
            further += 0 if ends else (code >> 6) & 127
        if used and further <= 63:  # noqa: PLR2004 - as above
            out[window] = used | (further << 6) | (ends << 13)
    return out


@compiled
def means(  # noqa: C901, PLR0911, PLR0912, PLR0915 - one loop: what is called in it costs as much again
    data: Array, at: int, steps: Array, tables: Any, room: Any, restart: int
) -> int:  # pragma: no cover - as above
    """Write the mean of each block of the first component; return 0, or -1 where anything about the file is odd.

    ``data`` is the file, whose coded part begins ``at`` a place. ``steps`` (n, 8) are the blocks of one unit: where
    their tables begin (first code, 13 bits, 16 bits), component, place in the unit, and how many blocks the unit has
    each way. ``tables`` are those three, flat. ``room`` is where means go, flat, how many blocks a row of it has,
    how many units there are, and how many of them side by side; after ``restart`` units there is a marker, never where
    it is 0.
    """
    first, many, one = tables
    brightness, width, units, across = room
    bits, have, place = _U(0), np.int64(0), _U(at)
    before = np.zeros(4, np.int64)
    left, number = restart, 0
    quick, last = _U(max(0, len(data) - 4)), _U(max(0, len(data) - 1))
    for unit in range(units):
        row, column = unit // across, unit % across
        if restart > 0:
            if left == 0:
                if have >= 8 or place + _U(1) >= _U(len(data)):  # noqa: PLR2004 - a whole byte was left
                    return -1
                if data[place] != 255 or data[place + _U(1)] != 208 + number:  # noqa: PLR2004 - the marker RST0 to RST7
                    return -1
                bits, have, place = _U(0), np.int64(0), place + _U(2)
                left, number = restart, (number + 1) & 7
                before[:] = 0
            left -= 1
        for step in range(len(steps)):
            start, several, single = _U(steps[step, 0]), _U(steps[step, 1]), _U(steps[step, 2])
            component, passed = steps[step, 3], np.int64(-1)
            while passed < 63:  # noqa: PLR2004 - the numbers of a block after its mean
                if have < 32:  # noqa: PLR2004 - a code and what follows it have 31 bits at most
                    word, plain = _U(0), False
                    if place < quick:
                        word = (_U(data[place]) << _U(24)) | (_U(data[place + _U(1)]) << _U(16))
                        word |= (_U(data[place + _U(2)]) << _U(8)) | _U(data[place + _U(3)])
                        plain = ((word ^ _U(0xFFFFFFFF)) - _U(0x01010101)) & word & _U(0x80808080) == _U(0)
                    if plain:  # none of the four is 255
                        bits, have, place = bits | (word << _U(32 - have)), have + 32, place + _U(4)
                    while have < 32 and place < last:  # noqa: PLR2004 - as above
                        byte = data[place]
                        if byte == 255 and data[place + _U(1)] != 0:  # noqa: PLR2004 - a marker
                            break
                        place += _U(2) if byte == 255 else _U(1)  # noqa: PLR2004 - 255 0 stands for 255
                        bits, have = bits | (_U(byte) << _U(56 - have)), have + 8
                if passed >= 0:
                    codes = np.int64(many[several + (bits >> _U(51))])
                    further, ends = (codes >> 6) & 127, codes >> 13
                    if passed + further + ends > 63:  # noqa: PLR2004 - as above
                        codes = np.int64(one[single + (bits >> _U(48))])
                        further, ends = (codes >> 6) & 127, codes >> 13
                        if codes == 0 or (not ends and passed + further > 63):  # noqa: PLR2004 - as above
                            return -1
                    bits, have = bits << _U(codes & 63), have - (codes & 63)
                    if ends:
                        break
                    passed += further
                    continue
                code = np.int64(first[start + (bits >> _U(48))])
                if code == 0:
                    return -1
                size, length, passed = code & 15, code >> 4, np.int64(0)
                bits, have = bits << _U(length), have - length
                if size:
                    differs = np.int64(bits >> _U(64 - size))
                    if differs < (1 << (size - 1)):
                        differs -= (1 << size) - 1
                    bits, have = bits << _U(size), have - size
                    before[component] += differs
                    if abs(before[component]) > 2047:  # noqa: PLR2004 - no picture has it
                        return -1
                if component == 0:
                    down, right = row * steps[step, 7] + steps[step, 5], column * steps[step, 6] + steps[step, 4]
                    brightness[_U(down * width + right)] = before[0]
            if have < 0:
                return -1
    ended = have < 8 and place + _U(1) < _U(len(data))  # noqa: PLR2004 - less than a byte is left
    return 0 if ended and data[place] == 255 and data[place + _U(1)] == 217 else -1  # noqa: PLR2004 - the marker EOI
