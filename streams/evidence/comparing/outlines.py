"""Outlines that programs draw: circles, and what is bounded by straight lines along rows and columns.

Pictures that are laid over another one have them, alone or where several overlap, and so do stickers and boxes around
words. What breaks, tears or stains goods does not, nor does a spot that a hand painted.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.pixels.difference import Mask

Places = npt.NDArray[np.float64]
"""Points (n, 2), x and y in pixels."""
Circle = tuple[float, float, float]
"""Its middle and radius, in pixels."""

_AT_THE_FRAME = 3
"""Pixels from the picture's own edge within which an outline is not asked: there it was cut."""
_ALONG, _LONG, _LEAST_LONG = 1, 2.2, 12
"""Pixels by which the points of a straight side may lie apart, its least length as a multiple of the root of the longer
side of what it bounds (an oval stays on one row for twice that root), and in pixels."""
_OFF, _LEAST_OFF, _MOST_OFF = 0.02, 1.0, 3.5
"""How far from a circle its outline may lie, as share of the radius, and in pixels at least and at most."""
_SMALLEST, _LARGEST = 8, 0.6
"""Radius of a circle in pixels, and as share of the picture's longer side."""
_TRIES, _FEWEST = 60, 12
_EXPLAINED = 0.82
"""Share of an outline that straight lines and a circle must explain."""
_FLAT = 0.5
"""Share of an outline that straight lines one way have at least where it is flat."""
_THICK, _THICK_SHARE = 8, 0.06
"""How thick something is where it is thickest, at least: in pixels, and as share of its longer side."""
_PARTS, _AROUND, _ALIKE = 36, 0.7, 0.85
"""Of so many parts of a circle, the share that an outline must follow where something lies across it, and the least
overlap of what it bounds with the disc."""


@dataclass(frozen=True, slots=True)
class Spot:
    """An area of a picture: where it is in its box (h, w), that box's place, and the picture's shape."""

    area: Mask
    left: int
    top: int
    shape: tuple[int, int]

    @property
    def place(self) -> tuple[slice, slice]:
        """Its rows and columns in the picture."""
        height, width = self.area.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)

    def to_edges(self) -> tuple[int, int, int, int]:
        """Return how many pixels lie between its box and the picture's left, top, right and bottom edge."""
        (height, width), (rows, columns) = self.shape, self.place
        return columns.start, rows.start, width - columns.stop, height - rows.stop


def spot_of(area: Mask) -> Spot:
    """Return an area, (h, w) in its picture, in its box; of an empty one the box is the whole picture."""
    left, top, width, height = cv2.boundingRect(area.astype(np.uint8))
    shape = area.shape[0], area.shape[1]
    return Spot(area[top : top + height, left : left + width], left, top, shape) if width else Spot(area, 0, 0, shape)


def is_drawn(spot: Spot) -> bool:
    """Return whether the outline of an area in its box is straight along rows and columns, or round.

    What touches the picture's edge all around has none. Deterministic.
    """
    every, bent = [], []
    for outline, upright, level in _outlines(spot):
        inside = _within(outline, spot.shape)
        every.append(outline[inside])
        bent.append(outline[inside & ~(upright | level)])
    count = sum(map(len, every))
    if count < _FEWEST or _is_thin(spot.area):
        return False
    left = np.concatenate(bent)
    if len(left) <= (1 - _EXPLAINED) * count:
        return True
    circle = _circle(left, max(spot.shape))
    if circle is None:
        return False
    if int((~_lies_on(circle, left)).sum()) <= (1 - _EXPLAINED) * count:
        return True
    return _goes_around(circle, np.concatenate(every)) and _is_disc(circle, spot)


def is_notched(spot: Spot, depth: float) -> bool:
    """Return whether something ragged is bitten out of an area that is drawn else, deeper than ``depth`` pixels.

    Who lays another picture over one bites straight or round; a damage that reaches its edge does not.
    """
    bites = 0
    for outline, upright, level in _outlines(spot):
        hull = cv2.convexHull(outline.astype(np.float32))
        ragged = outline[_within(outline, spot.shape) & ~(upright | level)]
        circle = _circle(ragged, max(spot.shape))
        ragged = ragged if circle is None else ragged[~_lies_on(circle, ragged)]
        bites += sum(cv2.pointPolygonTest(hull, (x, y), measureDist=True) > depth for x, y in ragged.tolist())
    return bites >= _FEWEST


def is_flat_alone(spot: Spot) -> bool:
    """Return whether most of an area's outline are straight lines one way, and none the other.

    So is what stands on something flat, as a boat on water. What a program lays over a picture has straight sides both
    ways, or goes on to the picture's edge.
    """
    outlines, uprights, levels = (np.concatenate(each) for each in zip(*_outlines(spot), strict=True))
    inside = _within(outlines, spot.shape)
    upright, level, most = int((inside & uprights).sum()), int((inside & levels).sum()), _FLAT * int(inside.sum())
    to_sides, up_and_down = (_reaches(outlines[:, way], spot.shape[1 - way]) for way in (0, 1))
    return (level >= most and not upright and not to_sides) or (upright >= most and not level and not up_and_down)


def _reaches(places: npt.NDArray[np.float64], side: int) -> bool:
    return bool(places.min() <= _AT_THE_FRAME or places.max() >= side - 1 - _AT_THE_FRAME)


def _is_thin(area: Mask) -> bool:
    """Return whether an area in its box is a line all over, as a crack is."""
    inside = cv2.copyMakeBorder(area.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    thick = 2 * float(cv2.distanceTransform(inside, cv2.DIST_L2, 3).max())
    return bool(thick < max(_THICK, _THICK_SHARE * max(area.shape)))


def _outlines(spot: Spot) -> Iterator[tuple[Places, Mask, Mask]]:
    """Yield the points of each outline of an area, holes too, and which lie on a straight side, upright or level."""
    there, where = spot.area.astype(np.uint8), (spot.left, spot.top)
    found, _ = cv2.findContours(there, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE, offset=where)
    least = max(_LEAST_LONG, round(_LONG * math.sqrt(max(spot.area.shape))))
    for each in found:
        points = np.asarray(each.reshape(-1, 2), np.int32)
        yield points.astype(np.float64), _straight(points[:, 0], least), _straight(points[:, 1], least)


def _straight(places: npt.NDArray[np.int32], least: int) -> Mask:
    """Return which points of an outline lie in a run of ``least`` that stays on one column (or row)."""
    if len(places) < least:
        return np.zeros(len(places), bool)
    run, first = (
        np.ones((1, least), np.uint8),
        (0, 0),
    )  # what a pass gives of each place is of the run that begins there
    around = np.concatenate([places, places[: least - 1]]).astype(np.float32)[None]
    even = cv2.subtract(cv2.dilate(around, run, anchor=first), cv2.erode(around, run, anchor=first))[0] <= _ALONG
    even = even[: len(places)].astype(np.uint8)
    marked = cv2.dilate(np.concatenate([even[len(even) - least + 1 :], even])[None], run, anchor=first)
    return np.asarray(marked[0, : len(places)] > 0, bool)


def _within(points: Places, shape: tuple[int, ...]) -> Mask:
    """Return which points do not lie at the picture's edge."""
    height, width = shape
    x, y = points.T
    low, (right, below) = _AT_THE_FRAME, (width - 1 - _AT_THE_FRAME, height - 1 - _AT_THE_FRAME)
    return np.asarray((x > low) & (y > low) & (x < right) & (y < below), bool)


def _circle(points: Places, side: int) -> Circle | None:
    """Return the circle that explains most points, of some that go through three of them; None where none does."""
    if len(points) < _FEWEST:
        return None
    best, most = None, 0
    for circle in _through(points[_threes(len(points))]):
        if not _SMALLEST <= circle[2] <= _LARGEST * side:
            continue
        hits = int(np.count_nonzero(_lies_on(circle, points)))
        if hits > most:
            best, most = circle, hits
    return best


def _threes(count: int) -> npt.NDArray[np.intp]:
    """Return three numbers below ``count`` that differ, drawn so many times: (tries, 3), the same for one count.

    A generator's own ``choice`` draws as many times as long, one try after the other.
    """
    highest = np.tile([count - 3, count - 2, count - 1, 2, 1], (_TRIES, 1))
    first, second, third, last, middle = np.random.default_rng(count).integers(0, highest, endpoint=True).T
    second = np.where(second == first, count - 2, second)
    third = np.where((third == first) | (third == second), count - 1, third)
    threes, tries = np.stack([first, second, third], axis=1), np.arange(_TRIES)
    for place, other in ((2, last), (1, middle)):
        threes[tries, other], threes[:, place] = threes[:, place].copy(), threes[tries, other]
    return threes


def _lies_on(circle: Circle, points: Places) -> Mask:
    x, y, radius = circle
    across, down = points[:, 0] - x, points[:, 1] - y
    off = np.abs(np.sqrt(across * across + down * down) - radius)
    return np.asarray(off <= min(max(_OFF * radius, _LEAST_OFF), _MOST_OFF), bool)


def _goes_around(circle: Circle, points: Places) -> bool:
    """Return whether an outline follows most of a circle's way round: strokes that lie across it hide the rest."""
    on = points[_lies_on(circle, points)]
    towards = np.arctan2(on[:, 1] - circle[1], on[:, 0] - circle[0])
    return len(np.unique((towards / (2 * np.pi) * _PARTS).round() % _PARTS)) >= _AROUND * _PARTS


def _is_disc(circle: Circle, spot: Spot) -> bool:
    """Return whether an area is the disc within a circle, nearly."""
    disc = np.zeros(spot.shape, np.uint8)
    cv2.circle(disc, (round(circle[0]), round(circle[1])), round(circle[2]), 1, cv2.FILLED)
    shared = np.count_nonzero(spot.area & (disc[spot.place] > 0))
    return bool(shared >= _ALIKE * (np.count_nonzero(spot.area) + np.count_nonzero(disc) - shared))


def _through(threes: npt.NDArray[np.float64]) -> Iterator[Circle]:
    """Yield the middle and radius of the circle through each three points (n, 3, 2) that do not lie on a line."""
    systems = np.concatenate([2 * threes, np.ones((len(threes), 3, 1))], axis=2)
    bent = np.abs(np.linalg.det(systems)) >= 1.0
    squares = (threes[bent] ** 2).sum(axis=2)
    for x, y, rest in np.linalg.solve(systems[bent], squares[..., None])[..., 0].tolist():
        yield x, y, math.sqrt(max(0.0, rest + x * x + y * y))
