"""Pages: pictures of an app's screen or of a document, and where photographs stand in them.

Two honest buyers' order pages, way bills or size charts share a template, which says nothing of either. What counts in
a page is what it shows of goods: its photographs, if they are larger than the thumbnail of a list.
"""

import math

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.features.features import Features
from streams.evidence.files.colours import Colour
from streams.evidence.files.decoding import WORKING_PIXELS, Grey
from streams.evidence.looking.papers import flattened

VERSION = "page/4"

Mask = npt.NDArray[np.bool_]

_CELL = 16
"""Side in pixels of the working picture of the cells that are told apart."""
_FLAT, _INK, _GROUND_SHARE, _LEVELS, _SOME_GROUND = 6, 40, 0.35, 2, 0.02
"""A flat cell spans at most ``_FLAT`` grey levels, one with ink at least ``_INK``. ``_GROUND_SHARE`` of a cell with ink
has one shade, within ``_LEVELS``, and ``_SOME_GROUND`` of all cells are flat with that shade."""
_MOSTLY_FLAT = 0.3
"""Share of cells that are flat from which a picture may be a page."""
_MOSTLY_PAPER = 0.5
"""The same of paper, once its light is evened: of 560 photos of goods, listings and damage none is paper then."""
_SOME_INK = 0.03
"""Share of cells that have ink outside photographs from which letters are looked for."""
_LEAST_PANEL = 0.08
"""Share of the area from which a photograph in a page counts; a list's thumbnail has 1 to 4 %."""
_FILLED = 0.75
"""Share of its box that an area with tones fills if it is a photograph that stands in a page."""
_LARGE = 0.3
"""Share of the page from which an area with tones is one though parts of it are as plain as the page."""
_AROUND, _DARKER = 31, 30
"""Side in pixels of the square whose mean is a letter's ground, and by how many levels the letter differs from it."""
_HEIGHTS, _WIDTHS, _LEAST_AREA = (4, 22), (2, 160), 6
"""Of a letter or a word in the working picture."""
_IN_A_ROW, _LEAST_LETTERS = 3, 50
"""Letters that make a line, and those in lines that make a page. Order pages have more than 100; of 600 photos of goods
two have more than 33, and those are screenshots."""

_NO_TONES, _FEW_LETTERS, _LARGEST = 0.02, 12, 40
"""A picture without tones is drawn: then few letters are enough, and large ones count too ("Payment successful"), up to
so many pixels high and wide."""
_SOME_TONES = 0.35
"""Share of cells with tones up to which as many drawn letters as on a page make one: round pictures of who writes,
bubbles and large letters with soft edges have tones. Of 496 photos of goods the one with more than 28 has .57."""


def is_page(grey: Grey) -> bool:
    """Return whether a working picture is a page: mostly flat, with lines of letters outside its photographs.

    So is paper that was photographed or scanned, if nothing but letters is on it.
    """
    return _is_drawn(grey) or _on_paper(grey) is not None


def _on_paper(grey: Grey) -> Grey | None:
    """Return a document as a screen would show it, None for what is no paper with lines of letters and nothing else."""
    evened = flattened(grey)
    if evened is None or share_of_tones(evened) > _NO_TONES or not _is_drawn(evened):
        return None
    mostly_flat = _kinds_of_cells(evened)[0].mean() >= _MOSTLY_PAPER
    return evened if mostly_flat and _letters(evened, np.ones(evened.shape, bool)) >= _LEAST_LETTERS else None


def _is_drawn(grey: Grey) -> bool:
    flat, ink = _kinds_of_cells(grey)
    if flat.mean() < _MOSTLY_FLAT:
        return False
    around = cv2.dilate(_panels(~flat & ~ink).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    if (ink & ~around).mean() < _SOME_INK:
        return False
    outside = ~_whole(around, grey)
    if _letters(grey, outside) >= _LEAST_LETTERS:
        return True
    tones, drawn = share_of_tones(grey), _drawn_letters(grey)
    return (tones <= _NO_TONES and drawn >= _FEW_LETTERS) or (tones <= _SOME_TONES and drawn >= _LEAST_LETTERS)


def is_template(pixels: Colour, places: npt.NDArray[np.float64]) -> bool:
    """Return whether a developed photo (h, w, 3) is a page, and ``places`` (n, 2) in it lie outside its photographs.

    What another page has in common with it there is a template; without places all of it is.
    """
    whole = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    scale = min(1.0, math.sqrt(WORKING_PIXELS / whole.size))
    width, height = max(1, round(whole.shape[1] * scale)), max(1, round(whole.shape[0] * scale))
    grey = np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    if not is_page(grey):
        return False
    columns, rows = np.rint(places * scale).astype(np.intp).T
    inside = _rectangles(photographs(grey))[rows.clip(0, height - 1), columns.clip(0, width - 1)]
    return bool(np.count_nonzero(inside) <= len(inside) / 2)


def _rectangles(where: Mask) -> Mask:
    """Return the areas that fill their boxes, as photographs do and rows of faces and bubbles do not."""
    _, groups, stats, _ = cv2.connectedComponentsWithStats(where.astype(np.uint8), connectivity=8)
    area = stats[:, cv2.CC_STAT_AREA]
    filled = area >= _FILLED * stats[:, cv2.CC_STAT_WIDTH] * stats[:, cv2.CC_STAT_HEIGHT]
    filled |= area >= _LARGE * where.size
    filled[0] = False
    return np.asarray(filled[groups], bool)


def share_of_tones(grey: Grey) -> float:
    """Return the share of a picture's cells that have tones: neither flat, nor letters on a ground of one shade."""
    cells, _ = _cells(grey)
    if not len(cells):
        return 0.0
    spread = _spread(cells)
    letters = _grounds(cells[spread >= _INK])[0] >= _GROUND_SHARE
    return float((np.count_nonzero(spread > _FLAT) - np.count_nonzero(letters)) / len(cells))


def photographs(grey: Grey) -> Mask:
    """Return where photographs are in the working picture of a page: (h, w), nowhere in one without any."""
    if not _is_drawn(grey) and (evened := _on_paper(grey)) is not None:
        grey = evened
    flat, ink = _kinds_of_cells(grey)
    return _whole(_panels(~flat & ~ink), grey)


def in_photographs(whole: Features, pixels: Colour) -> Features:
    """Return the features of a page that lie in its photographs; ``pixels`` (h, w, 3) are the page's, in any size."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    where = photographs(
        np.asarray(cv2.resize(grey, (whole.width, whole.height), interpolation=cv2.INTER_AREA), np.uint8)
    )
    columns, rows = np.rint(whole.points).astype(np.intp).T
    return whole.of(where[rows.clip(0, whole.height - 1), columns.clip(0, whole.width - 1)])


def _kinds_of_cells(grey: Grey) -> tuple[Mask, Mask]:
    """Return which cells are flat, and which have ink on the page's ground; the others have tones, as photos do."""
    cells, shape = _cells(grey)
    if not len(cells):
        return np.zeros((1, 1), bool), np.zeros((1, 1), bool)
    spread = _spread(cells)
    flat, ink = spread <= _FLAT, spread >= _INK
    if flat.mean() >= _MOSTLY_FLAT:  # else it is no page, whatever ink there is
        shares, shades = _grounds(cells[ink])
        usual = np.bincount(cells[flat, 0], minlength=256)
        near = np.convolve(usual, np.ones(2 * _FLAT + 1), mode="same")
        ink[ink] = (shares >= _GROUND_SHARE) & (near[shades] >= _SOME_GROUND * len(cells))
    return flat.reshape(shape), ink.reshape(shape)


def _cells(grey: Grey) -> tuple[npt.NDArray[np.uint8], tuple[int, int]]:
    """Return the pixels of each whole cell, (cells, pixels), and how many rows and columns of them there are."""
    rows, columns = (side // _CELL for side in grey.shape)
    fitting = grey[: rows * _CELL, : columns * _CELL].reshape(rows, _CELL, columns, _CELL)
    return fitting.swapaxes(1, 2).reshape(rows * columns, _CELL**2), (rows, columns)


def _spread(cells: npt.NDArray[np.uint8]) -> npt.NDArray[np.int16]:
    return np.asarray(cells.max(axis=1).astype(np.int16) - cells.min(axis=1), np.int16)


def _grounds(cells: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """Return of each cell the share of pixels that have its most frequent shade, to a few levels, and that shade."""
    width = 256 + 2 * _LEVELS
    places = np.repeat(np.arange(len(cells)), _CELL**2) * width + cells.ravel() + _LEVELS
    counts = np.bincount(places, minlength=len(cells) * width).reshape(len(cells), width)
    sums = np.cumsum(np.pad(counts, ((0, 0), (1, 0))), axis=1)
    span = 2 * _LEVELS + 1
    around = sums[:, span:] - sums[:, :-span]
    return around.max(axis=1, initial=0) / _CELL**2, around.argmax(axis=1) if len(cells) else np.zeros(0, np.intp)


def _panels(tones: Mask) -> Mask:
    """Return the cells of areas with tones that are large enough to be a photograph."""
    closed = cv2.morphologyEx(tones.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, groups, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    large = stats[:, cv2.CC_STAT_AREA] >= _LEAST_PANEL * tones.size
    large[0] = False
    return np.asarray(large[groups], bool)


def _whole(cells: Mask, grey: Grey) -> Mask:
    """Return cells as pixels; the rest at the right and below, narrower than a cell, repeats the last cell."""
    pixels = np.kron(cells, np.ones((_CELL, _CELL), bool))
    missing = [(0, max(0, side - known)) for side, known in zip(grey.shape, pixels.shape, strict=True)]
    return np.asarray(np.pad(pixels, missing, mode="edge")[: grey.shape[0], : grey.shape[1]], bool)


def _letters(grey: Grey, where: Mask) -> int:
    """Return how many spots as small as letters or words stand in lines with others."""
    spots = (cv2.absdiff(grey, cv2.blur(grey, (_AROUND, _AROUND))) > _DARKER) & where
    return _in_lines(spots, _HEIGHTS[1], _WIDTHS[1])


def _drawn_letters(grey: Grey) -> int:
    """Return how many spots on the commonest shade of a drawn picture stand in lines as letters do."""
    ground = int(np.bincount(grey.ravel(), minlength=256).argmax())
    return _in_lines(cv2.absdiff(grey, np.full_like(grey, ground)) > 2 * _DARKER, _LARGEST, _LARGEST)


def _in_lines(spots: Mask, highest: int, widest: int) -> int:
    """Return how many spots that are no larger than this, in pixels, end on a line with others."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(spots.astype(np.uint8), connectivity=8)
    left_top_width_height_area = stats[1:]
    top, width, height, area = left_top_width_height_area[:, 1:].T
    small = (height >= _HEIGHTS[0]) & (height <= highest) & (width >= _WIDTHS[0]) & (width <= widest)
    ends = (top + height)[small & (area >= _LEAST_AREA)]
    lines = np.bincount(ends // _IN_A_ROW, minlength=1)
    return int(lines[lines >= _IN_A_ROW].sum())
