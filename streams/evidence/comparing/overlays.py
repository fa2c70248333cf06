"""What programs lay over a picture: pens, words, stickers, boxes, other pictures, and the page behind rounded corners.

Beside an own photo, such things on the listing are how buyers point at something. Whether all that was altered may be
that is asked generously, because nothing is cleared by it: a person looks, and nobody is accused. What is broken, torn,
stained or painted by hand is none of it.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial

import cv2
import numpy as np

from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.ink import (
    BESIDE,
    BLURRED,
    around,
    grown,
    ink,
    most,
    of_the_same_pen,
    stroke_width,
    strokes,
)
from streams.evidence.comparing.once import once
from streams.evidence.comparing.outlines import Spot, is_drawn, is_flat_alone
from streams.evidence.files.colours import Colour
from streams.evidence.files.decoding import Grey
from streams.evidence.looking.panels import Box
from streams.evidence.pixels.alignment import warped
from streams.evidence.pixels.difference import Mask
from streams.evidence.pixels.spots import spots

_REST = 0.06
"""Sides at most of what ink encloses, as share of the longer side."""
_RIM, _INKED = 5, 0.75
"""Pixels (across) by which ink is grown, and the share of a spot that is then ink, from which the spot is letters."""
_CLOSED = 0.02
"""Share of the longer side up to which what lies open within something with an outline is a part of it."""
_CORNER, _EDGE = 0.16, 0.03
"""Share of the shorter side within which a corner is rounded, and of a side within which something lies at the edge."""
_ONE_SHADE, _MOSTLY, _SOLID = 12, 0.8, 0.4
"""Levels within which so much of something is of one shade, and how much of its box it fills at an edge."""
_SEAM, _STRAIGHT = 0.04, 0.6
"""Share of a side, at each edge, in which the rest of a seam lies, and how much of its box that fills."""
_ALIKE = 24
"""Levels up to which what differs hardly does: a search for damage also fills what lies between letters' strokes."""
_SPECKS = 0.01
"""Share of what ink encloses that may differ all the same, as JPEG leaves specks beside a stroke."""
_JOINED = 0.02
"""Share of the longer side up to which pieces of what differs are one: where an inset is like the listing, it does not
differ."""
_LEAST_SIDE, _LEAST_LEFT = 8, 10
"""Pixels of the sides of what has an outline, and of what is left that counts."""


@once
def is_all(beside: PairResult) -> bool:
    """Return whether what was altered may all have been laid over the picture by a program; not where nothing was."""
    found, prints = beside.found, beside.prints
    if found is None or found.mask is None or found.matrix is None or prints is None or not found.mask.any():
        return False
    ours = prints[0].pixels
    below = found.seen
    if below is None:
        below, _ = warped(prints[1].pixels, found.matrix, (ours.shape[1], ours.shape[0]))
    grey = np.asarray(cv2.cvtColor(ours, cv2.COLOR_RGB2GRAY), np.uint8)
    alike = np.asarray(most(cv2.absdiff(ours, below)) <= _ALIKE, bool)
    drawn = ink(ours, below, found.mask)
    left = found.mask.copy()
    for each in _bodies(found.mask, drawn):
        for spot in filter(_may_be_thick, _spots(each)):
            if _is_page(spot, grey) or _has_outline(spot, found.mask) or _is_ink(spot, drawn):
                _take(spot, left)
    left = _opened(left & ~grown(drawn, BLURRED))
    near, pen = grown(drawn, BLURRED + 4), cache(partial(of_the_same_pen, ours, below, drawn))
    return all(
        _is_page(spot, grey)
        or _is_rim(spot)
        or _has_outline(spot, found.mask)
        or _is_rest(spot, near, alike)
        or (_is_small(spot) and _is_ink(spot, pen()))
        for spot in _spots(left)
    )


def bodies(ours: Colour, below: Colour, mask: Mask) -> tuple[Mask, Mask, Mask]:
    """Return where a picture (h, w, 3) differs from what is ``below``: without lines, without strokes, without ink.

    What is itself narrow is lost to the first, what lies under a pen or is vivid itself to the others.
    """
    return _bodies(mask, ink(ours, below, mask))


def _bodies(mask: Mask, drawn: Mask) -> tuple[Mask, Mask, Mask]:
    """Return the same where it is known what of the mask was ``drawn``."""
    found = np.zeros((3, *mask.shape), bool)
    place = around(mask)
    if place is not None:
        there, pen, whole = mask[place], drawn[place], mask.shape
        no_strokes, no_ink = (_opened(there & ~grown(each, BESIDE)) for each in (strokes(pen, whole), pen))
        found[:, *place] = _without_lines(there, whole), no_strokes, no_ink
    return found[0], found[1], found[2]


def pieces_joined(differs: Mask) -> Grey:
    """Return what differs (1), pieces that lie near each other joined, without specks."""
    joined, place = np.zeros(differs.shape, np.uint8), around(differs)
    if place is not None:
        side = 2 * round(_JOINED * max(differs.shape) / 2) + 1
        padded = np.pad(differs[place].astype(np.uint8), side)  # else a gap up to the frame would be closed
        whole = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))[side:-side, side:-side]
        joined[place] = cv2.morphologyEx(whole, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return joined


def _without_lines(mask: Mask, whole: tuple[int, ...]) -> Mask:
    """Return a mask without what is as thin as a stroke or a letter, though that lies on what is thicker.

    ``whole`` is the shape of the picture that the mask is a part of.
    """
    side = stroke_width(whole)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    room = np.pad(mask.astype(np.uint8), side, mode="edge")
    return np.asarray(cv2.morphologyEx(room, cv2.MORPH_OPEN, disc)[side:-side, side:-side] > 0)


def _opened(area: Mask) -> Mask:
    return np.asarray(cv2.morphologyEx(area.astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)) > 0)


def _is_ink(spot: Spot, drawn: Mask) -> bool:
    """Return whether a spot is mostly ink: heavy letters, and what lies between their strokes."""
    return float(grown(drawn[spot.place], _RIM)[spot.area].mean()) >= _INKED


def _is_rest(spot: Spot, near: Mask, alike: Mask) -> bool:
    """Return whether a spot is what ink encloses, as the head of an arrow, or its rim: blurred, or hardly other."""
    if not near[spot.place][spot.area].any():
        return False
    unlike = int(_opened(spot.area & ~alike[spot.place]).sum())
    return _is_small(spot) or unlike < max(_LEAST_LEFT, _SPECKS * int(spot.area.sum()))


def _is_small(spot: Spot) -> bool:
    """Return whether a spot is no larger than a letter, or than what ink encloses."""
    return bool(max(spot.area.shape) <= _REST * max(spot.shape))


def _is_rim(spot: Spot) -> bool:
    """Return whether a spot is what is seen of a seam, or beyond it: a strip along the picture's edge."""
    height, width = spot.area.shape
    left, top, right, below = spot.to_edges()
    along = min(top, below) + height <= _SEAM * spot.shape[0] or min(left, right) + width <= _SEAM * spot.shape[1]
    return along and float(spot.area.mean()) >= _STRAIGHT


def _spots(left: Mask) -> Iterator[Spot]:
    """Yield what is left, spot by spot, without specks."""
    place = around(left)
    if place is None:
        return
    shape, (rows, columns) = (left.shape[0], left.shape[1]), place
    found = spots(left[place].astype(np.uint8))
    for at, (x, y, width, height, size) in enumerate(found.boxes.tolist()):
        if at and size >= _LEAST_LEFT:
            yield Spot(found.labels[y : y + height, x : x + width] == at, x + columns.start, y + rows.start, shape)


def with_outline(area: Grey, mask: Mask, least: int) -> Iterator[Box]:
    """Yield the frames of the parts of an area (not 0) that are round or straight on all sides, as two that overlap.

    Their sides have ``least`` pixels. ``mask`` is as in :func:`whole_outline`.
    """
    for spot in _spots(np.asarray(area > 0, bool)):
        if min(spot.area.shape) >= least and _has_outline(spot, mask) and not is_flat_alone(spot):
            yield Box(spot.left, spot.top, spot.area.shape[1], spot.area.shape[0])


def _is_page(spot: Spot, grey: Grey) -> bool:
    """Return whether a spot is of one shade and lies at the picture's edge: the page, a button, a box around words."""
    across, down = (_EDGE * side for side in (spot.shape[1], spot.shape[0]))
    at_edge = [gap <= reach for gap, reach in zip(spot.to_edges(), (across, down, across, down), strict=True)]
    if not any(at_edge):
        return False
    shades = grey[spot.place][spot.area].astype(np.int16)
    if float((np.abs(shades - np.median(shades)) <= _ONE_SHADE).mean()) < _MOSTLY:
        return False
    height, width = spot.area.shape
    in_corner = (at_edge[0] or at_edge[2]) and (at_edge[1] or at_edge[3])
    if in_corner and max(height, width) <= _CORNER * min(spot.shape):
        return True
    return min(height, width) >= _LEAST_SIDE and float(spot.area.mean()) >= _SOLID


def _has_outline(spot: Spot, mask: Mask) -> bool:
    """Return whether a spot is round or straight on all sides; what else was altered within it is a part of it."""
    if min(spot.area.shape) < _LEAST_SIDE:
        return False
    return is_drawn(whole_outline(spot, mask))


def whole_outline(spot: Spot, mask: Mask) -> Spot:
    """Return a spot without gaps, together with what of the ``mask`` lies within it: strokes over it are no holes."""
    side = 2 * round(_CLOSED * max(spot.shape) / 2) + 1
    room = cv2.copyMakeBorder(spot.area.astype(np.uint8), side, side, side, side, cv2.BORDER_CONSTANT)
    closed = cv2.morphologyEx(room, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))[side:-side, side:-side]
    found, _ = cv2.findContours(np.ascontiguousarray(closed), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros_like(closed), found, -1, 1, cv2.FILLED)
    return replace(spot, area=np.asarray((closed > 0) | ((filled > 0) & mask[spot.place]), bool))


def _may_be_thick(spot: Spot) -> bool:
    """Return whether a spot may be thicker than a stroke anywhere, as far as its box tells; what is cut off may be."""
    return min(spot.area.shape) >= stroke_width(spot.shape) or not all(spot.to_edges())


def _take(spot: Spot, left: Mask) -> None:
    """Take what is thick of a spot, and its blurred rim, from what is left: a crack that runs into it stays."""
    side = max(stroke_width(spot.shape), BESIDE)
    above, before, after, below = (min(side, gap) for gap in np.array(spot.to_edges())[[1, 0, 2, 3]].tolist())
    room = np.pad(spot.area, ((above, below), (before, after)))
    left[spot.top - above :, spot.left - before :][: room.shape[0], : room.shape[1]] &= ~grown(
        _without_lines(room, spot.shape), side
    )
