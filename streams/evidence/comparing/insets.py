"""Insets: pictures of their own that lie in what a photo shows of a reference, as an own photo laid into the listing.

An inset differs from the listing as a painted patch does. What tells it apart is its outline, round or straight on all
sides and along lines that the listing does not have, and that nothing within it is the listing's. Who pastes a box
of damage onto the goods makes an inset too: a person looks at either, and neither is accused.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import cv2
import numpy as np

from streams.evidence.comparing import overlays, reference_shown
from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.ink import around
from streams.evidence.comparing.once import once
from streams.evidence.comparing.rectangles import CORNER, LEAST_REACH, OUTSIDE, is_rectangle, turned
from streams.evidence.files.colours import Colour
from streams.evidence.files.decoding import Grey
from streams.evidence.looking import panels
from streams.evidence.looking.panels import Box
from streams.evidence.pixels.alignment import warped
from streams.evidence.pixels.difference import Mask
from streams.evidence.pixels.pixel_comparison import PixelComparison
from streams.evidence.pixels.spots import spots

_MOST, _LEAST_PIECE = 8, 24
"""Pieces that are looked at, the largest, and the pixels of their sides."""
_LEAST_SIDE = 0.1
"""Share of the picture's shorter side that an inset's sides have at least, and :data:`panels.LEAST_PIXELS`."""
_AT_A_CORNER, _FILLED, _CORNERS = 0.1, 0.5, 3
"""Size of a corner as share of the inset's shorter side, how much of it must differ, and in how many of four."""
_INSIDE = 0.1
"""How far inwards of where the difference ends an edge may lie, as share of the piece's side: it casts a shadow."""
_SHADOW, _SHADED = 0.04, 2
"""Share of its side from which what differs goes on beyond an inset's edge, as its shadow does; along so many edges."""
_STRAIGHT, _THE_LISTINGS_OWN = 0.6, 0.4
"""Share of an edge along which brightness jumps, and from which the listing has that line itself."""
_PLAIN, _PLAIN_EDGE, _AROUND = 12, 0.8, 9
"""Levels within which ground is plain, the share of an edge that is plain or jumps, and the columns looked at."""
_LINES = 2
"""Sides that must not lie at the listing's frame, since a seam divides the picture else. Where more do not, brightness
must jump along so many; else along one."""
_AT_THE_FRAME = 0.015
"""Share of a side of what is seen of the listing within which an inset lies at its frame."""
_BESIDE_ROUND = 0.15
"""Share of a side of a circle's frame that lies, at each end, outside the square in the circle."""
_NOT_THE_REFERENCE = 0.5
"""Share of the details within up to which an inset is something else than the listing."""


@dataclass(frozen=True, slots=True)
class _Edge:
    """One side of an inset: its column, whether brightness jumps there, and whether what differs goes on beyond it."""

    place: int
    jumps: bool = False
    at_the_frame: bool = False
    within: bool = False

    @property
    def line(self) -> bool:
        """Whether it is known to be straight: not where both pictures are plain."""
        return self.jumps or self.at_the_frame


_Edges = tuple[_Edge, _Edge, _Edge, _Edge]
"""Left, right, top and bottom."""


@once
def insets(beside: PairResult) -> tuple[Box, ...]:
    """Return where pictures of their own lie in what a photo shows of a reference, largest first.

    In pixels of the whole photo. None where nothing is altered, or what is altered has no such outline.
    """
    found = beside.found
    if found is None or not found.worth_locating or found.matrix is None or beside.prints is None:
        return ()
    mine, other = (one.pixels for one in beside.prints)
    differs = _differing(found, mine.shape) if reference_shown.may_be_copied(beside) else None
    if differs is None or found.seen is None or not differs.any():
        return ()
    grey, theirs = (np.asarray(cv2.cvtColor(one, cv2.COLOR_RGB2GRAY), np.uint8) for one in (mine, other))
    listing, there = warped(theirs, found.matrix, (mine.shape[1], mine.shape[0]))
    frame = Box(*cv2.boundingRect(there))
    kept: list[Box] = []
    for inset in _candidates(frame.of(mine), frame.of(found.seen), differs[frame.slices], frame.of(listing)):
        if not any(inset.overlap(one) for one in kept) and _is_picture(inset, frame.of(grey)):
            kept.append(inset)
    scale = found.size[0] / grey.shape[1], found.size[1] / grey.shape[0]
    boxes = [replace(one, x=one.x + frame.x, y=one.y + frame.y).scaled(*scale) for one in kept]
    return tuple(box for box in boxes if _is_other(beside, box))


def _differing(found: PixelComparison, shape: tuple[int, ...]) -> Mask | None:
    """Return where a photo is not the reference, (h, w) of ``shape``, its print's; None where nobody could say."""
    if found.mask is not None or found.compared is None or found.agreeing is None:
        return found.mask
    unlike = np.kron((found.compared & ~found.agreeing).astype(np.uint8), np.ones((3, 3), np.uint8))
    height, width = shape[:2]
    room = [(0, max(0, side - have)) for side, have in zip((height, width), unlike.shape, strict=True)]
    return np.asarray(np.pad(unlike, room, mode="edge")[:height, :width] > 0)


def _pieces(whole: Grey) -> Iterator[Box]:
    """Yield the frame of each piece of what differs that is large enough, largest first, and of all pieces together."""
    place = around(whole > 0)
    if place is None:
        return
    found = spots(whole[place]).boxes[1:, :4].tolist()
    boxes = [Box(x + place[1].start, y + place[0].start, *sides) for x, y, *sides in found]
    large = [one for one in boxes if min(one.width, one.height) >= _LEAST_PIECE]
    yield from sorted(large, key=lambda one: -one.area)[:_MOST]
    if len(boxes) > 1:
        left, top = min(one.x for one in boxes), min(one.y for one in boxes)
        right, below = max(one.x + one.width for one in boxes), max(one.y + one.height for one in boxes)
        yield Box(left, top, right - left, below - top)


def _candidates(mine: Colour, below: Colour, differs: Mask, listing: Grey) -> Iterator[Box]:
    """Yield the frames of what has an inset's outline: as it differs, and without what was drawn or written over it."""
    grey = np.asarray(cv2.cvtColor(mine, cv2.COLOR_RGB2GRAY), np.uint8)
    without_lines, no_strokes, no_ink = overlays.bodies(mine, below, differs)
    joined = [overlays.pieces_joined(no_strokes)]
    if not np.array_equal(no_strokes, no_ink):
        joined.append(overlays.pieces_joined(no_ink))
    edges = cache(lambda piece: _upright_and_level(piece, grey, listing))
    for whole in (overlays.pieces_joined(differs), *joined):
        for piece in _pieces(whole):
            inset = _outlined(edges(piece), grey, whole)
            if inset is not None:
                yield inset
    least = max(panels.LEAST_PIXELS, round(_LEAST_SIDE * min(grey.shape)))
    for area in (overlays.pieces_joined(without_lines), *joined):
        for box in overlays.with_outline(area, differs, least):
            # With two sides at the frame a seam divides the picture; what is of one shade within is a painted stain.
            if _sides_at_the_frame(box, grey) <= 1 and _is_picture(box.without_rim(_BESIDE_ROUND), grey):
                yield box


def _sides_at_the_frame(box: Box, grey: Grey) -> int:
    height, width = grey.shape
    gaps = (box.x / width, box.y / height, 1 - (box.x + box.width) / width, 1 - (box.y + box.height) / height)
    return sum(gap <= _AT_THE_FRAME for gap in gaps)


def _upright_and_level(piece: Box, grey: Grey, listing: Grey) -> _Edges | None:
    """Return the left, right, top and bottom edge of a piece of what differs; None where one of them is no edge."""
    upright = _edges(piece, grey, listing)
    if upright is None:
        return None
    left, right = upright
    across = Box(left.place, piece.y, right.place - left.place, piece.height)
    level = _edges(turned(across), grey.T, listing.T)
    return None if level is None else (*upright, *level)


def _outlined(edges: _Edges | None, grey: Grey, differs: Grey) -> Box | None:
    """Return the inset that a piece of what differs belongs to; None where its outline is no inset's."""
    if edges is None:
        return None
    left, right, top, below = edges
    inside = sum(not one.at_the_frame for one in edges)
    if inside < _LINES or sum(one.jumps for one in edges) < (_LINES if inside > _LINES else 1):
        return None
    if sum(one.within for one in edges) > _SHADED:
        return None
    inset = Box(left.place, top.place, right.place - left.place, below.place - top.place)
    if min(inset.width, inset.height) < max(panels.LEAST_PIXELS, _LEAST_SIDE * min(grey.shape)):
        return None
    straight = is_rectangle(inset, [not one.at_the_frame for one in edges], differs)
    return inset if straight and _has_corners(inset, edges, differs) else None


def _has_corners(inset: Box, edges: _Edges, differs: Grey) -> bool:
    """Return whether an inset fills its corners; one of four may be like the listing. A spot of damage does not.

    Corners at plain ground are not asked, nor is one in the picture's own corner.
    """
    there = inset.of(differs)
    size, filled = max(1, round(_AT_A_CORNER * min(there.shape))), []
    ends = slice(None, size), slice(-size, None)
    for across, columns in zip(edges[:2], ends, strict=True):
        for down, rows in zip(edges[2:], ends, strict=True):
            if across.line and down.line and not (across.at_the_frame and down.at_the_frame):
                filled.append(float(there[rows, columns].mean()) >= _FILLED)
    return bool(filled) and sum(filled) >= min(len(filled), _CORNERS)


def _edges(piece: Box, grey: Grey, listing: Grey) -> tuple[_Edge, _Edge] | None:
    """Return the left and the right edge of a piece; None where one of them is no edge."""
    off = round(CORNER * piece.height)
    rows = slice(piece.y + off, piece.y + piece.height - off)
    left = _edge(piece.x, piece.width, grey[rows], listing[rows], -1)
    right = _edge(piece.x + piece.width, piece.width, grey[rows], listing[rows], 1)
    return None if left is None or right is None or left.place >= right.place else (left, right)


def _edge(end: int, width: int, grey: Grey, listing: Grey, outwards: int) -> _Edge | None:
    """Return the edge of an inset near the column at which the difference ends; ``outwards`` is -1 to the left."""
    out, inside = (max(LEAST_REACH, round(share * width)) for share in (OUTSIDE, _INSIDE))
    first, last = (end - out, end + inside) if outwards < 0 else (end - inside, end + out)
    first, last = max(panels.BAND, first), min(grey.shape[1] - panels.BAND, last)
    plain: list[int] = []
    at_the_frame = abs((0 if outwards < 0 else grey.shape[1]) - end) <= max(panels.BAND, _AT_THE_FRAME * grey.shape[1])
    if first < last:
        around = slice(first - panels.BAND, last + panels.BAND)
        band, same = (np.ascontiguousarray(one[:, around]) for one in (grey, listing))
        jumps = _jumping(band)
        shares, theirs = jumps.mean(axis=0), _jumping(same).mean(axis=0)
        shares = np.where(theirs >= _THE_LISTINGS_OWN, 0.0, shares)[panels.BAND : -panels.BAND]
        lines = np.flatnonzero(shares >= _STRAIGHT) + first
        if len(lines):
            place = int(lines[np.abs(lines - end).argmin()])
            within = outwards * (end - place) > max(LEAST_REACH, _SHADOW * width)
            if within and at_the_frame:  # the line is that of a border drawn around the inset, which ends at the frame
                return _Edge(end, at_the_frame=True)
            return _Edge(place, jumps=True, within=bool(within))
        even = (_plain(band) | jumps).mean(axis=0)[panels.BAND : -panels.BAND]
        plain = (np.flatnonzero(even >= _PLAIN_EDGE) + first).tolist()
    if at_the_frame:
        return _Edge(end, at_the_frame=True)
    return _Edge(min(plain, key=lambda place: abs(place - end))) if plain else None


def _jumping(band: Grey) -> Mask:
    """Return where brightness jumps from left to right, (h, w), a column more on either side."""
    jumps: Any = cv2.dilate(panels.jumps(band), np.ones((1, 3), np.uint8), borderValue=0)
    return np.asarray(np.pad(jumps > 0, ((0, 0), (3, 3))), bool)


def _plain(band: Grey) -> Mask:
    row = np.ones((1, _AROUND), np.uint8)
    return np.asarray(cv2.subtract(cv2.dilate(band, row), cv2.erode(band, row)) <= _PLAIN, bool)


def _is_picture(inset: Box, grey: Grey) -> bool:
    """Return whether an inset shows something of its own, and not one shade or letters."""
    inner = reference_shown.without_seams(inset)
    return panels.shows_a_photo(inner, grey)


def _is_other(beside: PairResult, inset: Box) -> bool:
    """Return whether what an inset shows is not what the reference has in its place."""
    shares = reference_shown.shares(beside, [reference_shown.without_seams(inset)])
    return bool(shares) and shares[0] < _NOT_THE_REFERENCE
