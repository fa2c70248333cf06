"""Ink that differs from what is below it: a pen's, a sticker's, and letters', white or black."""

import math
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.comparing.arrows import is_arrow
from streams.evidence.files.colours import Colour
from streams.evidence.files.decoding import Grey
from streams.evidence.pixels.difference import Mask
from streams.evidence.pixels.spots import spots

_VIVID, _OTHER_HUE, _ONE_COLOUR = 45, 35, 14
"""Levels of colour that a pen's ink has, by how many it is no shade of the colour below it, and by how many (standard
deviation) it varies where it is wide."""
_HUES, _ONE_HUE = 18, 0.65
"""Of so many hues, the share of a place's ink that has three neighbouring ones."""
_SAME_PEN, _OTHER = 60, 24
"""Levels up to which ink has the colour of the next ink, and from which it has another than what is below it."""
_WHITE, _BLACK, _CONTRAST = 200, 60, 50
"""From and up to which levels ink is white or black, and by how much lighter or darker than what is below it."""
BESIDE, BLURRED = 9, 13
"""Pixels (across) within which white ink has a black or a vivid rim, as letters that are to be read anywhere have, and
in which ink is blurred by JPEG."""
_PURE_WHITE, _LEAST_PEN, _EVEN, _LONG_PEN = 225, 2.0, 1.4, 6
"""Of a stroke of a white pen: its levels at least, half its width in pixels at least, how many times that it is at its
widest, and its length as a multiple of its width."""
_STROKE = 0.012
"""Half the width of a stroke at most, as share of the longer side."""
_LETTER, _IN_A_LINE, _ALIGNED, _AS_HIGH, _APART = (7, 0.15), 3, 0.35, 1.7, 6.0
"""Height of a letter, in pixels and as share of the height; letters that make a line; shares of their height by which
their middles may differ; how many times as high one may be as the next, and how many heights away."""
_FAINT, _FAINT_IN_A_LINE, _SLANTS = 16, 4, (0, -30, -20, -10, 10, 20, 30)
"""Levels by which a watermark's letters are lighter than what shows through, how many of them make a line, and the
degrees by which lines may slant."""

_AT_ONCE = 128
"""Letters that are compared with others at once."""

Reals = npt.NDArray[np.float32]
Places = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]
Channels = Sequence[Any]
"""Two channels of colour of a picture, (h, w) each, in bytes."""


def ink(ours: Colour, below: Colour, mask: Mask) -> Mask:
    """Return where vivid ink lies in what differs, white or black letters with a rim or in lines, and a white pen."""
    found, place = np.zeros(mask.shape, bool), around(mask)
    if place is not None:
        found[place] = _ink(ours[place], below[place], mask[place], mask.shape)
    return found


def of_the_same_pen(ours: Colour, below: Colour, drawn: Mask) -> Mask:
    """Return what has the colour of the nearest ink that was ``drawn``, and another than what is below it.

    So are red letters on red cloth, in one line with red letters beside the cloth.
    """
    if not drawn.any():
        return drawn
    _, nearest = cv2.distanceTransformWithLabels(
        (~drawn).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    pens = np.zeros((int(nearest.max()) + 1, 3), np.uint8)
    pens[nearest[drawn]] = ours[drawn]
    same = most(cv2.absdiff(ours, pens[nearest])) <= _SAME_PEN
    return np.asarray(same & (most(cv2.absdiff(ours, below)) >= _OTHER), bool)


def most(picture: Any) -> Grey:
    """Return the greatest of a picture's three channels, (h, w); NumPy takes thirty times as long."""
    red, green, blue = cv2.split(picture)
    return np.asarray(cv2.max(cv2.max(red, green), blue), np.uint8)


def extremes(picture: Any) -> tuple[Grey, Grey]:
    """Return the least and the greatest of a picture's three channels, (h, w) each."""
    red, green, blue = cv2.split(picture)
    low, high = cv2.min(cv2.min(red, green), blue), cv2.max(cv2.max(red, green), blue)
    return np.asarray(low, np.uint8), np.asarray(high, np.uint8)


def around(mask: Mask) -> tuple[slice, slice] | None:
    """Return the rows and columns of a mask, with room for what is blurred beside it; None where it is empty."""
    left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
    if not width:
        return None
    return slice(max(0, top - BLURRED), top + height + BLURRED), slice(max(0, left - BLURRED), left + width + BLURRED)


def _ink(ours: Colour, below: Colour, mask: Mask, whole: tuple[int, ...]) -> Mask:
    """Return the ink in a part of a picture whose ``whole`` has that shape."""
    there, (low, high) = grown(mask, BESIDE), extremes(ours)
    (luma, *colour), (beside, *theirs) = (cv2.split(cv2.cvtColor(each, cv2.COLOR_RGB2YCrCb)) for each in (ours, below))
    vivid = _of_few_hues(_of_one_colour(_of_another_hue(colour, theirs, there), colour, whole), colour, there)
    white = there & (low >= _WHITE) & (cv2.subtract(luma, beside) >= _CONTRAST)
    black = there & (high <= _BLACK) & (cv2.subtract(beside, luma) >= _CONTRAST)
    rimmed = (white & grown(black | vivid, BESIDE)) | (black & grown(white | vivid, BESIDE))
    pens = _pens(there & (low >= _PURE_WHITE), whole) | _pens(mask & (high <= _BLACK), whole, arrows=True)
    paler = mask & (cv2.subtract(luma, beside) >= _FAINT)
    letters = _lines(white, whole) | _lines(black, whole) | _lines(paler, whole, _SLANTS, _FAINT_IN_A_LINE)
    return np.asarray(vivid | rimmed | letters | (pens & there), bool)


def _pens(drawn: Mask, whole: tuple[int, ...], *, arrows: bool = False) -> Mask:
    """Return strokes of one width all along, as a white pen on a screen draws them. A black one's might be a crack.

    So of black ones only ``arrows`` count.
    """
    if not drawn.any():
        return drawn
    joined = cv2.morphologyEx(drawn.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    pieces, found = spots(np.asarray(joined, np.uint8)), np.zeros(drawn.shape, bool)
    # White noise has thousands of specks: none is as long as the thinnest stroke has to be.
    large = 1 + np.flatnonzero(pieces.boxes[1:, cv2.CC_STAT_AREA] >= _LONG_PEN * (2 * _LEAST_PEN) ** 2)
    if not large.size:
        return found
    deep = np.asarray(cv2.distanceTransform(np.pad(joined, 1), cv2.DIST_L2, 5)[1:-1, 1:-1], np.float32)
    ridge = (deep > 0) & (deep >= cv2.dilate(deep, np.ones((3, 3), np.uint8)))
    for at in large:
        left, top, width, height, size = pieces.boxes[at]
        place = slice(top, top + height), slice(left, left + width)
        mine = pieces.labels[place] == at
        along = ridge[place] & mine
        middle, thick = np.percentile(deep[place][along], (50, 95))
        even = middle >= _LEAST_PEN and thick <= _EVEN * middle and 2 * thick <= stroke_width(whole)
        if even and (not arrows or is_arrow(along, middle)) and size >= _LONG_PEN * (2 * middle) ** 2:
            found[place] |= mine
    return found


def _of_few_hues(vivid: Mask, colour: Channels, there: Mask) -> Mask:
    """Return the vivid ink of those connected places that have ink of one hue, mostly: a photo has many."""
    if not vivid.any():
        return vivid
    count, groups = cv2.connectedComponents(there.astype(np.uint8), connectivity=8)
    hue = (np.arctan2(*(_levels(each[vivid]) for each in colour)) / (2 * np.pi) * _HUES).astype(np.intp) % _HUES
    hues = np.bincount(groups[vivid] * _HUES + hue, minlength=count * _HUES).reshape(count, _HUES)
    most = (hues + np.roll(hues, 1, axis=1) + np.roll(hues, -1, axis=1)).max(axis=1)
    few = most >= _ONE_HUE * np.maximum(1, hues.sum(axis=1))
    return np.asarray(vivid & few[groups], bool)


def _levels(colour: Bytes) -> Reals:
    """Return a channel of colour as levels that are 0 where there is none."""
    return np.asarray(colour.astype(np.float32) - 128, np.float32)


def _of_another_hue(colour: Channels, theirs: Channels, there: Mask) -> Mask:
    """Return where colours are vivid, and no paler or darker shade of the one below: from their channels."""
    vivid = np.zeros(there.shape, bool)
    red, blue = (cv2.absdiff(each, 128).astype(np.uint16) for each in colour)  # type: ignore[call-overload] # a number
    at = np.flatnonzero(there & (red * red + blue * blue >= _VIVID**2))
    if at.size:
        one, other = (np.stack([_levels(each.ravel()[at]) for each in both], axis=1) for both in (colour, theirs))
        along = (one * other).sum(axis=1) / np.maximum((other * other).sum(axis=1), np.float32(1))
        own = one - along.clip(0, 1)[:, None] * other
        vivid.ravel()[at] = np.hypot(*own.T) >= _OTHER_HUE
    return vivid


def _of_one_colour(vivid: Mask, colour: Channels, whole: tuple[int, ...]) -> Mask:
    """Return what is vivid and as thin as a stroke, or all of one colour, as ink is; a piece of a photo is neither."""
    thick = np.asarray(vivid & ~strokes(vivid, whole), bool) if vivid.any() else vivid
    if not thick.any():
        return vivid
    count, groups = cv2.connectedComponents(thick.astype(np.uint8), connectivity=8)
    inked = groups[thick]
    sizes, spread = np.maximum(np.bincount(inked, minlength=count), 1), np.zeros(count)
    for channel in (each[thick].astype(np.float32) for each in colour):
        mean, squares = (np.bincount(inked, channel**power, minlength=count) / sizes for power in (1, 2))
        spread = np.maximum(spread, squares - mean * mean)
    return np.asarray(vivid & ~(thick & (spread > _ONE_COLOUR**2)[groups]), bool)


def _lines(drawn: Mask, whole: tuple[int, ...], slants: tuple[int, ...] = (0,), fewest: int = _IN_A_LINE) -> Mask:
    """Return the letters that stand in lines of ``fewest``; strokes of one letter that lie apart are joined.

    Lines slant by one of ``slants``, in degrees.
    """
    if not drawn.any():
        return drawn
    joined = cv2.morphologyEx(drawn.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    pieces = spots(np.asarray(joined, np.uint8))
    stats, heights = pieces.boxes, pieces.boxes[:, cv2.CC_STAT_HEIGHT]
    fits = (heights >= _LETTER[0]) & (heights <= _LETTER[1] * whole[0])
    fits[0] = False
    letters = np.flatnonzero(fits)
    high, left = heights[letters].astype(float), stats[letters, cv2.CC_STAT_LEFT].astype(float)
    middle = stats[letters, cv2.CC_STAT_TOP] + high / 2
    in_a_line = np.zeros(len(stats), bool)
    x, y = pieces.middles[letters].T
    for slant in map(math.radians, slants):
        if slant:
            left, middle = x * math.cos(slant) + y * math.sin(slant), y * math.cos(slant) - x * math.sin(slant)
        in_a_line[letters[in_line_with(high, middle, left, (_ALIGNED, _AS_HIGH, _APART)) >= fewest]] = True
    return np.asarray(drawn & pieces.of(in_a_line), bool)


def in_line_with(high: Places, line: Places, left: Places, reach: tuple[float, float, float]) -> npt.NDArray[np.intp]:
    """Return beside how many letters, itself too, each one stands in a line.

    Of each are given how high it is, where its line is and its left edge, in pixels; ``reach`` are the heights by which
    lines may differ, how many times as high one may be as the next, and how many heights away. Letters are compared
    with those near their line alone: a picture may have thousands.
    """
    aligned, as_high, apart = reach
    found, order = np.zeros(len(high), np.intp), np.argsort(line)
    lines, most = line[order], aligned * float(high.max(initial=0))
    for part in np.array_split(order, max(1, len(order) // _AT_ONCE)):
        if len(part):
            first, last = np.searchsorted(lines, (line[part[0]] - most - 1, line[part[-1]] + most + 1))
            others, own = order[first:last], high[part, None]
            near = np.abs(line[part, None] - line[others]) <= aligned * own
            near &= np.maximum(own, high[others]) <= as_high * np.minimum(own, high[others])
            near &= np.abs(left[part, None] - left[others]) <= apart * own
            found[part] = near.sum(axis=1)
    return found


def strokes(drawn: Mask, whole: tuple[int, ...]) -> Mask:
    """Return ink that is as thin as a stroke, of a part of a picture whose ``whole`` has that shape."""
    side, there, found = stroke_width(whole), drawn.astype(np.uint8), np.zeros(drawn.shape, bool)
    left, top, width, height = cv2.boundingRect(there)
    room = slice(max(0, top - side), top + height + side), slice(max(0, left - side), left + width + side)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    if width:
        thick = cv2.morphologyEx(there[room], cv2.MORPH_OPEN, disc) > 0
        found[room] = drawn[room] & ~grown(thick, BESIDE)
    return found


def stroke_width(shape: tuple[int, ...]) -> int:
    """Return how wide a stroke is at most in a picture of this shape, in pixels, an odd number."""
    return 2 * max(3, round(_STROKE * max(shape))) + 1


def grown(area: Mask, side: int) -> Mask:
    """Return an area with what lies within a square of ``side`` pixels around each of its own."""
    return np.asarray(cv2.dilate(area.astype(np.uint8), np.ones((side, side), np.uint8)) > 0)
