"""A large JPEG at an eighth of its size, in luma, for half of what its decoder takes: the same picture, bit for bit.

Only what cameras and phones write goes this way: one scan of baseline codes without anything odd in it. Of everything
else the answer is None, and Pillow decodes it, or says what is wrong with it. Numba takes a second to load, so only a
process that looks at many photos allows this, and it is loaded beside them once a large one has come.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Thread
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Array = npt.NDArray[Any]
_Codes = tuple[Array, Array]

_TABLES, _FRAMES, _RESTART, _ADOBE, _SCAN = 0xC4, (0xC0, 0xC1), 0xDD, 0xEE, 0xDA
_QUANTA, _MARKER, _START = 0xDB, 0xFF, b"\xff\xd8"
_PASSED_OVER = frozenset({*range(0xE0, 0xF0), 0xFE})
"""Segments of programs, and comments."""
_NUMBERS = frozenset({0, 1, 2, 3, 16, 17, 18, 19})
"""Numbers of tables of codes, of means and of the rest."""
_COLOURS, _YCC = (1, 2, 3), 1
"""The components of a picture in colour, as JFIF numbers them, and what Adobe's segment says of luma and colours."""
_SAMPLED = frozenset(16 * across + down for across in range(1, 5) for down in range(1, 5))
"""How many blocks of a component a unit may have, across and down."""
_MOST_BLOCKS, _LARGEST = 10, 11
"""Blocks of one unit; bits of a difference between means."""
_ENDS, _SIXTEEN = 1 << 13, 16 << 6


@dataclass
class _Kernel:
    """The compiled loops: None before they are loaded; ``allowed`` once somebody wants them."""

    allowed: bool = False
    begun: bool = False
    loaded: ModuleType | None = None


@dataclass(slots=True)
class _Header:
    """What stands before a JPEG's coded part, which begins ``at`` a place."""

    frame: bytes = b""
    scan: bytes = b""
    quanta: dict[int, int] = field(default_factory=dict)
    codes: dict[int, bytes] = field(default_factory=dict)
    restart: int = 0
    at: int = 0


_kernel = _Kernel()


def allow() -> None:
    """Have this process load what decodes large photos quickly, once the first of them has come."""
    _kernel.allowed = True


def load() -> None:
    """Load it now. Whatever is in the way, photos are decoded as before."""
    try:
        from streams.evidence.files import jpeg_kernel  # noqa: PLC0415 - Numba takes a part of a second

        nothing = np.zeros(16, np.uint8)
        steps, codes = np.zeros((1, 8), np.int64), np.zeros(65_536, np.uint16)
        jpeg_kernel.means(nothing, 0, steps, (codes, codes, codes), (np.zeros(1, np.int16), 1, 1, 1), 0)
        jpeg_kernel.together(codes, np.zeros(65_536, np.uint8))
    except Exception:  # noqa: BLE001 - no room to compile in, or no memory: it is a matter of speed alone
        return
    _kernel.loaded = jpeg_kernel


def eighth(photo: bytes, size: tuple[int, int]) -> Grey | None:
    """Return the picture at an eighth, as Pillow's ``draft`` to luma decodes it; None where Pillow has to.

    ``size`` is its width and height as they were checked: a file that has others too is odd.
    """
    if _kernel.loaded is None:
        if _kernel.allowed and not _kernel.begun:
            _kernel.begun = True
            Thread(target=load, name="jpeg-kernel", daemon=True).start()
        return None
    try:
        header = _header(photo)
        return None if header is None else _decoded(photo, header, size, _kernel.loaded)
    except (IndexError, KeyError, ValueError, struct.error):
        return None


def _header(photo: bytes) -> _Header | None:
    header, at = _Header(), len(_START)
    if not photo.startswith(_START):
        return None
    while photo[at] == _MARKER:
        kind, (length,) = photo[at + 1], struct.unpack_from(">H", photo, at + 2)
        body = photo[at + 4 : at + 2 + length]
        at += 2 + length
        if kind == _ADOBE and body[:5] == b"Adobe" and body[11] != _YCC:
            return None
        if kind in _FRAMES and not header.frame:
            header.frame = body
        elif kind == _RESTART:
            (header.restart,) = struct.unpack(">H", body)
        elif kind == _TABLES:
            header.codes.update(_code_tables(body))
        elif kind == _QUANTA:
            header.quanta.update(_quanta(body))
        elif kind == _SCAN:
            header.scan, header.at = body, at
            return header
        elif kind not in _PASSED_OVER:
            return None
    return None


def _quanta(body: bytes) -> Iterator[tuple[int, int]]:
    """Yield the number of each table and by what it multiplies means; ValueError for what is no table of bytes."""
    for at in range(0, len(body), 65):
        if body[at] > 3 or at + 65 > len(body):  # noqa: PLR2004 - there are four
            raise ValueError(body)
        yield body[at], body[at + 1]


def _code_tables(body: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(body):
        end = at + 17 + sum(body[at + 1 : at + 17])
        if body[at] not in _NUMBERS or end > len(body):
            raise ValueError(body)
        yield body[at], body[at + 1 : end]
        at = end


def _decoded(photo: bytes, header: _Header, size: tuple[int, int], kernel: ModuleType) -> Grey | None:
    sizes, quantum = _components(header, size)
    steps, tables = _steps(header, sizes, kernel)
    (width, height), (across, down) = size, sizes[0]
    units = -(-width // (8 * across)), -(-height // (8 * down))
    means = np.empty((units[1] * down, units[0] * across), np.int16)
    room = means.reshape(-1), means.shape[1], units[0] * units[1], units[0]
    if kernel.means(np.frombuffer(photo, np.uint8), header.at, steps, tables, room, header.restart):
        return None
    return _tones(means[: -(-height // 8), : -(-width // 8)], quantum)


def _components(header: _Header, size: tuple[int, int]) -> tuple[list[tuple[int, int]], int]:
    """Return how many blocks of each component a unit has, across and down, and by what luma's means are multiplied.

    Raises ValueError unless all components lie in one scan, luma finest, with every table that they name.
    """
    depth, height, width, count = struct.unpack_from(">BHHB", header.frame)
    parts = [tuple(header.frame[at : at + 3]) for at in range(6, len(header.frame), 3)]
    sizes = [divmod(part[1], 16) for part in parts] if count > 1 else [(1, 1)]
    known = all(part[1] in _SAMPLED and part[2] in header.quanta for part in parts)
    finest = all(across <= sizes[0][0] and down <= sizes[0][1] for across, down in sizes)
    coloured = count == 1 or tuple(part[0] for part in parts) == _COLOURS
    scanned = tuple(header.scan[1 : 1 + 2 * count : 2]) == tuple(part[0] for part in parts)
    whole = header.scan[0] == count == len(parts) and header.scan[1 + 2 * count :] == b"\0\x3f\0"
    small = sum(across * down for across, down in sizes) <= _MOST_BLOCKS
    if not (depth == 8 and (width, height) == size and known and finest and coloured and scanned and whole and small):  # noqa: PLR2004 - bits
        raise ValueError(header)
    return sizes, header.quanta[parts[0][2]]


def _steps(header: _Header, sizes: list[tuple[int, int]], kernel: ModuleType) -> tuple[Array, tuple[Array, ...]]:
    """Return the blocks of one unit, and the tables of all codes, as the compiled loop takes them."""
    steps, tables = [], []
    for place, (across, down) in enumerate(sizes):
        first, other = divmod(header.scan[2 + 2 * place], 16)
        codes = _first_codes(header.codes[first]), *_other_codes(header.codes[16 + other], kernel)
        begin = [place * len(one) for one in codes]
        tables.append(codes)
        steps += [[*begin, place, x, y, *sizes[0]] for y in range(down) for x in range(across)]
    first_codes, several, single = (np.concatenate(some) for some in zip(*tables, strict=True))
    return np.array(steps, np.int64), (first_codes, several, single)


def _tones(means: Array, quantum: int) -> Grey:
    """Return tones from the means of blocks, rounded and cut as libjpeg does."""
    wrapped = ((means.astype(np.int32) * quantum + 4) >> 3) & 1023
    return np.asarray(np.clip(np.where(wrapped < 512, wrapped, wrapped - 1024) + 128, 0, 255), np.uint8)  # noqa: PLR2004


def _each_code(table: bytes) -> Iterator[tuple[slice, int, int]]:
    """Yield the values of 16 bits that begin with each code, its length and its symbol; ValueError for no table."""
    code, symbols = 0, iter(table[16:])
    for length, count in enumerate(table[:16], 1):
        for _ in range(count):
            first, end = code << (16 - length), (code + 1) << (16 - length)
            if end > 1 << 16:
                raise ValueError(table)
            yield slice(first, end), length, next(symbols)
            code += 1
        code <<= 1


@lru_cache(16)
def _first_codes(table: bytes) -> Array:
    """Return of each 16 bits the length of the first code (times 16) and how many bits of difference follow it."""
    found = np.zeros(1 << 16, np.uint16)
    for values, length, size in _each_code(table):
        if size > _LARGEST:
            raise ValueError(table)
        found[values] = length << 4 | size
    return found


@lru_cache(16)
def _other_codes(table: bytes, kernel: ModuleType) -> _Codes:
    """Return what the other codes say: of all whole ones in 13 bits, and of the first of 16 bits."""
    single, lengths = np.zeros(1 << 16, np.uint16), np.zeros(1 << 16, np.uint8)
    for values, length, symbol in _each_code(table):
        run, size = divmod(symbol, 16)
        if size:
            single[values] = length + size | (run + 1) << 6
        else:
            single[values] = length | (_SIXTEEN if run == 15 else _ENDS)  # noqa: PLR2004 - the longest run
        lengths[values] = length
    return kernel.together(single, lengths), single
