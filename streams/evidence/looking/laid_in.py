"""Pictures that programs laid into a photo: upright frames, at all four sides of which brightness jumps.

A forged listing in the corner of an own photo is a picture of its own; the whole is like no reference. Edges in a photo
are bent or slant by a pixel: of photos of goods, screens of drawn devices alone have such frames.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np

from streams.evidence.files.decoding import Grey
from streams.evidence.looking import panels
from streams.evidence.looking.panels import Box

_MOST_PIECES, _MOST_LINES, _MOST_ASKED, _MOST = 48, 20, 6, 3
"""Straight pieces of either direction that are put together, and lines of them that are looked at, the longest; frames
whose content is looked at, and pictures that are told, the clearest."""
_STRAIGHT, _LEAST_STRAIGHT = 0.85, 0.65
"""Share of its sides along which brightness jumps, all together and each; a side at the photo's frame is one."""
_LINE = 0.8
"""The same of the part of a side by which it is found."""
_ROUNDED = 0.16
"""Share of a side at either end that may be a rounded corner."""
_NEAR, _EDGE = 1, 4
"""Columns by which a line may be beside a side, and pixels from which it is at the frame."""
_SAME = 0.5
"""Overlap (IoU) from which two frames are one picture's, with a border for one."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A straight line along which brightness jumps: its column or row, and where it begins and ends."""

    place: int
    ends: tuple[int, int]


def laid_in(grey: Grey) -> list[Box]:
    """Return the frames of pictures that were laid into a working picture, the clearest first.

    None that goes through from side to side: a seam divides the picture there.
    """
    sides = panels.jumps(grey), np.ascontiguousarray(panels.jumps(np.ascontiguousarray(grey.T)))
    least = max(panels.LEAST_PIXELS, round(panels.LEAST_SIDE * min(grey.shape)))
    height, width = grey.shape
    upright = _lines(sides[0], least)
    level = _lines(sides[1], least) if upright else []
    rated: dict[Box, float] = {}
    for box in _frames(upright, level, width, height):
        if min(box.width, box.height) >= least and box.width < width - _EDGE and box.height < height - _EDGE:
            rated[box] = _straightness(box, sides)
    found: list[Box] = []
    for box in sorted(rated, key=lambda one: (-rated[one], -one.area, one.y, one.x)):
        if rated[box] >= _STRAIGHT and len(found) < _MOST_ASKED and all(box.likeness(one) < _SAME for one in found):
            found.append(box)
    return [box for box in found if panels.is_panel(box, grey)][:_MOST]


def _lines(jumping: Grey, least: int) -> list[_Line]:
    """Return the longest upright lines, without those beside a longer one; where few pixels lack, two are one."""
    window = round(least * (1 - 2 * _ROUNDED))
    full = cv2.blur(jumping, (1, window), borderType=cv2.BORDER_CONSTANT) >= round(255 * _LINE)
    columns = np.flatnonzero(full.any(axis=0))
    edges = np.diff(full[:, columns].T.astype(np.int8), prepend=0, append=0)
    which, firsts = np.nonzero(edges == 1)
    lasts = np.nonzero(edges == -1)[1]
    places = (columns[which] + 3).tolist()
    ends = zip((firsts - window // 2).tolist(), (lasts + window // 2).tolist(), strict=True)
    found = [_Line(place, each) for place, each in zip(places, ends, strict=True)]
    found = sorted(found, key=_shortness)[:_MOST_PIECES]
    kept: list[_Line] = []
    for line in sorted([*found, *_joined(found, window)], key=_shortness):
        if len(kept) < _MOST_LINES and not any(_beside(line, one) for one in kept):
            kept.append(line)
    return kept


def _shortness(line: _Line) -> tuple[int, int, int]:
    return line.ends[0] - line.ends[1], line.place, line.ends[0]


def _joined(lines: list[_Line], most: int) -> list[_Line]:
    """Return lines of pieces in one column, or the next, that are up to ``most`` pixels apart."""
    found = []
    pieces = sorted(lines, key=lambda one: one.ends)
    for place in sorted({one.place for one in lines}):
        whole: _Line | None = None
        for piece in pieces:
            if not 0 <= piece.place - place <= _NEAR:
                continue
            if whole is not None and piece.ends[0] - whole.ends[1] <= most:
                whole = _Line(place, (whole.ends[0], max(whole.ends[1], piece.ends[1])))
                found.append(whole)
            else:
                whole = piece
    return found


def _beside(line: _Line, longer: _Line) -> bool:
    near = all(abs(mine - other) <= _EDGE for mine, other in zip(line.ends, longer.ends, strict=True))
    return near and abs(line.place - longer.place) <= 2 * _NEAR


def _frames(upright: list[_Line], level: list[_Line], width: int, height: int) -> Iterator[Box]:
    """Yield the frame that each pair of lines which meet at a corner belongs to."""
    rows, columns = [one.place for one in level], [one.place for one in upright]
    for side, base in product(upright, level):
        across, down = base.ends[1] - base.ends[0], side.ends[1] - side.ends[0]
        at_left, at_top = (_nearer(line.ends, other.place) for line, other in ((base, side), (side, base)))
        if abs(base.ends[at_left] - side.place) > _ROUNDED * across + _EDGE:
            continue
        if abs(side.ends[at_top] - base.place) > _ROUNDED * down + _EDGE:
            continue
        far_x = _snapped(base.ends[1 - at_left], [0, width, *columns], _ROUNDED * across + _EDGE)
        far_y = _snapped(side.ends[1 - at_top], [0, height, *rows], _ROUNDED * down + _EDGE)
        (left, right), (top, below) = sorted((side.place, far_x)), sorted((base.place, far_y))
        yield Box(left, top, right - left, below - top)


def _nearer(ends: tuple[int, int], place: int) -> int:
    return int(abs(ends[1] - place) < abs(ends[0] - place))


def _snapped(end: int, places: list[int], slack: float) -> int:
    """Return the line that a line's end is near to, else the end itself: rounded corners end before it."""
    nearest = min(places, key=lambda place: abs(place - end))
    return nearest if abs(nearest - end) <= slack else end


def _straightness(box: Box, sides: tuple[Grey, Grey]) -> float:
    """Return the share of a frame's sides along which brightness jumps, 0 to 1; 0 where one of them is no line."""
    (upright, level), (height, width) = sides, (sides[0].shape[0], sides[1].shape[0])
    down = _between(box.y, box.height), (upright, width)
    across = _between(box.x, box.width), (level, height)
    places = ((box.x, down), (box.x + box.width, down), (box.y, across), (box.y + box.height, across))
    shares = [_share(jumping, place, part, most) for place, (part, (jumping, most)) in places]
    return sum(shares) / len(shares) if min(shares) >= _LEAST_STRAIGHT else 0.0


def _between(start: int, length: int) -> slice:
    rounded = round(_ROUNDED * length)
    return slice(start + rounded, start + length - rounded)


def _share(jumping: Grey, place: int, part: slice, most: int) -> float:
    if place <= _EDGE or place >= most - _EDGE:
        return 1.0
    columns = jumping[part, max(0, place - 3 - _NEAR) : place - 3 + _NEAR + 1]
    return float(columns.mean(axis=0).max()) / 255 if columns.size else 0.0
