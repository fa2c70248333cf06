"""Cuts: a reference that a collage shows up to a straight cut, where all that differs lies beyond that.

Programs fill each cell of a collage with a part of a photo. Where the listing would go on beyond its cell, another
photo lies, or the page and its words; that is no damage of the listing. Damage lies among what is the listing's, and a
scene that was drawn around goods does not end along straight lines.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.comparing import reference_shown
from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.edges import BESIDE, PARTED, around, parted
from streams.evidence.comparing.frames import LARGEST, frame_of
from streams.evidence.comparing.windows import is_as_it_is
from streams.evidence.files.colours import Colour
from streams.evidence.files.decoding import Grey
from streams.evidence.looking.panels import Box
from streams.evidence.pixels.difference import Mask
from streams.evidence.pixels.goods import COARSE, at_coarse
from streams.evidence.pixels.views import Matrix, mapped

_BLOCKS, _OTHER = 64, 1.5
"""Blocks along the longer side from which a cell is put together, and how much one detail of something else, or a
place that was altered, counts against one of the reference."""
_MOST_OF_IT = 0.75
"""Share of all details of a reference that its cell holds: others agree by chance."""
_ALL_OF_IT, _EDGE = 0.95, 0.02
"""Share of a claim within its reference's frame, to that share of its sides, from which it is the listing all over:
what differs there is no other photo."""
_MOST_OF_CELL = 0.5
"""Share of a cell that a panel holds which shows it."""
_WHOLLY = 0.97
"""Share of a line beside a cell that agrees with the reference, from which the cell goes on: plain ground does."""
CORNER = 0.25
"""Share of the shorter side of a cell at either end of an edge where its corners may be rounded."""
_MOST_PIXELS = 4_096
"""Pixels of a side of a claim that is turned upright, at most."""

Weights = npt.NDArray[np.float32]


def cell(beside: PairResult, grey: Grey) -> Box | None:
    """Return the box, in the claim's ``grey`` print, of the cell in which it shows the reference as it is.

    None where it is altered in there, or does not end along straight lines.
    """
    found, prints = beside.found, beside.prints
    if found is None or found.agreeing is None or found.mask is None or found.matrix is None or prints is None:
        return None
    if _lies_within(found.matrix, grey, prints[1].pixels) > _ALL_OF_IT:
        return None
    details, altered = reference_shown.details(prints[0].pixels), found.mask[COARSE]
    upright = _upright(found.matrix, (prints[1].pixels.shape[1], prints[1].pixels.shape[0]), grey)
    small = at_coarse(upright.to)
    size = -(-upright.size[0] // 3), -(-upright.size[1] // 3)
    every = (found.agreeing & ~altered, details, altered)
    agreeing, details, altered = (_turned(one, small, size) for one in every)
    weights = np.where(agreeing, details, -_OTHER * (details | altered)).astype(np.float32)
    place = _grown(_refined(_best(weights), weights), agreeing)
    ours = float((agreeing & details).sum())
    if not ours or float((agreeing & details)[place.slices].sum()) < _MOST_OF_IT * ours:
        return None
    there = place.scaled(upright.size[0] / size[0], upright.size[1] / size[1])
    if not _is_straight(there, upright.grey):
        return None
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * (there.width, there.height) + (there.x, there.y)
    quad = mapped(np.asarray(np.linalg.inv(upright.to), np.float64), corners.astype(np.float64))
    area = np.zeros(found.agreeing.shape, np.uint8)
    cv2.fillConvexPoly(area, (quad / 3).round().astype(np.int32), 1)
    if not is_as_it_is(beside, area > 0):
        return None
    box = Box(*cv2.boundingRect(quad.round().astype(np.int32)))
    return box.overlap(Box(0, 0, grey.shape[1], grey.shape[0]))


def _lies_within(matrix: Matrix, grey: Grey, reference: Colour) -> float:
    """Return the share of a claim that lies within its reference's frame, to a sixteenth of its sides."""
    across, down = (np.linspace(0, side, 17) for side in grey.shape[::-1])
    there = mapped(matrix, np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2))
    size = np.array(reference.shape[1::-1])
    return float((np.abs(there / size - 0.5) <= 0.5 + _EDGE).all(axis=1).mean())


def in_its_cell(beside: PairResult, places: list[int], boxes: Sequence[Box]) -> list[int]:
    """Return those ``places`` of boxes, in pixels of the whole photo, that hold the cell of a reference; else all.

    What lies in others and is the reference's agrees by chance.
    """
    if beside.found is None or beside.prints is None or not reference_shown.may_be_copied(beside):
        return places
    grey = np.asarray(cv2.cvtColor(beside.prints[0].pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    found, (height, width) = cell(beside, grey), grey.shape
    if found is None:
        return places
    there = found.scaled(beside.found.size[0] / width, beside.found.size[1] / height)
    shared = {at: boxes[at].overlap(there) for at in places}
    return [at for at, both in shared.items() if both is not None and both.area >= _MOST_OF_CELL * there.area]


@dataclass(frozen=True, slots=True)
class _Upright:
    """The claim as the reference lies: its print and the size of that, and what takes the claim's places to it."""

    grey: Grey
    size: tuple[int, int]
    to: Matrix


def _upright(matrix: Matrix, size: tuple[int, int], grey: Grey) -> _Upright:
    """Return the claim's ``grey`` print turned as a reference of ``size`` lies; as it is where that is upright."""
    height, width = grey.shape
    scale = math.sqrt(abs(float(np.linalg.det(matrix[:2, :2]))))
    if frame_of(matrix, size) is not None or not 1 / LARGEST < scale < LARGEST:
        return _Upright(grey, (width, height), np.eye(3))
    room = 2 * BESIDE
    to = np.array([[1 / scale, 0, room], [0, 1 / scale, room], [0, 0, 1]]) @ matrix
    across, down = (min(_MOST_PIXELS, round(side / scale) + 2 * room) for side in size)
    seen = cv2.warpPerspective(grey, to, (across, down), borderMode=cv2.BORDER_REPLICATE)
    return _Upright(np.asarray(seen, np.uint8), (across, down), to)


def _turned(area: Mask, to: Matrix, size: tuple[int, int]) -> Mask:
    return np.asarray(cv2.warpPerspective(area.astype(np.uint8), to, size, flags=cv2.INTER_NEAREST) > 0)


def _is_straight(box: Box, grey: Grey) -> bool:
    """Return whether a cell ends along straight lines wherever the picture goes on."""
    rest = around(box, grey).items()
    asked = [side for side, one in rest if min(one.width, one.height) >= BESIDE]
    return all(parted(grey, box, side, CORNER) >= PARTED for side in asked)


def _best(weights: Weights) -> Box:
    """Return the box whose weights have the greatest sum, in whole blocks."""
    side = max(1, -(-max(weights.shape) // _BLOCKS))
    room = [(0, -size % side) for size in weights.shape]
    down, across = ((size + more[1]) // side for size, more in zip(weights.shape, room, strict=True))
    blocks = np.pad(weights, room).reshape(down, side, across, side).sum(axis=(1, 3))
    top, below = np.triu_indices(down + 1, 1)
    sums = np.concatenate([np.zeros((1, across), np.float32), blocks.cumsum(axis=0)])
    bands = sums[below] - sums[top]
    running, began = np.zeros(len(bands)), np.zeros(len(bands), int)
    most, found = 0.0, Box(0, 0, weights.shape[1], weights.shape[0])
    for at in range(across):
        began = np.where(running > 0, began, at)
        running = np.maximum(running, 0) + bands[:, at]
        band = int(running.argmax())
        if running[band] > most:
            most = float(running[band])
            left, high = int(began[band]), int(top[band])
            found = Box(left * side, high * side, (at + 1 - left) * side, (int(below[band]) - high) * side)
    return found.overlap(Box(0, 0, weights.shape[1], weights.shape[0])) or found


def _refined(box: Box, weights: Weights) -> Box:
    """Return a box whose sides lie within a block where the sum of its weights is greatest."""
    side = max(1, -(-max(weights.shape) // _BLOCKS))
    for _ in range(2):
        left, right = _ends(box.x, box.x + box.width, weights[box.slices[0]].sum(axis=0), side)
        box = Box(left, box.y, right - left, box.height)
        top, below = _ends(box.y, box.y + box.height, weights[:, box.slices[1]].sum(axis=1), side)
        box = Box(box.x, top, box.width, below - top)
    return box


def _ends(first: int, last: int, lines: npt.NDArray[Any], reach: int) -> tuple[int, int]:
    sums = np.concatenate([[0.0], lines.cumsum()])
    starts = np.arange(max(0, first - reach), min(first + reach, last - 1) + 1)
    start = int(starts[sums[starts].argmin()])
    stops = np.arange(max(start + 1, last - reach), min(len(lines), last + reach) + 1)
    return start, int(stops[sums[stops].argmax()])


def _grown(box: Box, agreeing: Mask) -> Box:
    """Return a box with the lines beside it that agree wholly, but for their ends: corners may be rounded."""
    height, width = agreeing.shape
    off = round(CORNER * min(box.width, box.height))
    rows, columns = slice(box.y + off, box.slices[0].stop - off), slice(box.x + off, box.slices[1].stop - off)
    left, right = (
        _run(one.T) for one in (agreeing[rows, : box.x][:, ::-1], agreeing[rows, box.slices[1].stop : width])
    )
    above, under = agreeing[: box.y, columns][::-1], agreeing[box.slices[0].stop : height, columns]
    top, below = _run(above), _run(under)
    return Box(box.x - left, box.y - top, box.width + left + right, box.height + top + below)


def _run(lines: Mask) -> int:
    """Return how many of some lines, the nearest first, agree wholly."""
    return next((at for at, line in enumerate(lines) if float(line.mean()) < _WHOLLY), len(lines))
