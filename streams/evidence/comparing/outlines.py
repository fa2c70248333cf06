"""Outlines that programs draw: circles, and what is bounded by straight lines along rows and columns.

Pictures that are laid over another one have them, alone or where several overlap, and so do stickers and boxes around
words. What breaks, tears or stains goods does not, nor does a spot that a hand painted.
"""

import math
from collections.abc import Iterator

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


def is_drawn(area: Mask) -> bool:
    """Return whether the outline of an area, (h, w) in its picture, is straight along rows and columns, or round.

    What touches the picture's edge all around has none. Deterministic.
    """
    every, bent = [], []
    for outline, upright, level in _outlines(area):
        inside = _within(outline, area.shape)
        every.append(outline[inside])
        bent.append(outline[inside & ~(upright | level)])
    count = sum(map(len, every))
    if count < _FEWEST or _is_thin(area):
        return False
    left = np.concatenate(bent)
    if len(left) <= (1 - _EXPLAINED) * count:
        return True
    circle = _circle(left, max(area.shape))
    if circle is None:
        return False
    if int((~_lies_on(circle, left)).sum()) <= (1 - _EXPLAINED) * count:
        return True
    return _goes_around(circle, np.concatenate(every)) and _is_disc(circle, area)


def is_flat_alone(area: Mask) -> bool:
    """Return whether most of an area's outline are straight lines one way, and none the other: (h, w) in its picture.

    So is what stands on something flat, as a boat on water. What a program lays over a picture has straight sides both
    ways, or goes on to the picture's edge.
    """
    outlines, uprights, levels = (np.concatenate(each) for each in zip(*_outlines(area), strict=True))
    inside = _within(outlines, area.shape)
    upright, level, most = int((inside & uprights).sum()), int((inside & levels).sum()), _FLAT * int(inside.sum())
    to_sides, up_and_down = (_reaches(outlines[:, way], area.shape[1 - way]) for way in (0, 1))
    return (level >= most and not upright and not to_sides) or (upright >= most and not level and not up_and_down)


def _reaches(places: npt.NDArray[np.float64], side: int) -> bool:
    return bool(places.min() <= _AT_THE_FRAME or places.max() >= side - 1 - _AT_THE_FRAME)


def _is_thin(area: Mask) -> bool:
    """Return whether an area is a line all over, as a crack is."""
    left, top, width, height = cv2.boundingRect(area.astype(np.uint8))
    there = area[top : top + height, left : left + width].astype(np.uint8)
    inside = cv2.copyMakeBorder(there, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    thick = 2 * float(cv2.distanceTransform(inside, cv2.DIST_L2, 3).max())
    return thick < max(_THICK, _THICK_SHARE * max(width, height))


def _outlines(area: Mask) -> Iterator[tuple[Places, Mask, Mask]]:
    """Yield the points of each outline of an area, holes too, and which lie on a straight side, upright or level."""
    found, _ = cv2.findContours(area.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    across, down = cv2.boundingRect(area.astype(np.uint8))[2:]
    least = max(_LEAST_LONG, round(_LONG * math.sqrt(max(across, down))))
    for each in found:
        points = np.asarray(each.reshape(-1, 2), np.int32)
        yield points.astype(np.float64), _straight(points[:, 0], least), _straight(points[:, 1], least)


def _straight(places: npt.NDArray[np.int32], least: int) -> Mask:
    """Return which points of an outline lie in a run of ``least`` that stays on one column (or row)."""
    if len(places) < least:
        return np.zeros(len(places), bool)
    runs = np.lib.stride_tricks.sliding_window_view(np.concatenate([places, places[: least - 1]]), least)
    even = runs.max(axis=1) - runs.min(axis=1) <= _ALONG
    marked = np.concatenate([even[len(even) - least + 1 :], even])
    return np.asarray(np.lib.stride_tricks.sliding_window_view(marked, least).any(axis=1), bool)


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
    chance, best, most = np.random.default_rng(len(points)), None, 0
    threes = points[[chance.choice(len(points), 3, replace=False) for _ in range(_TRIES)]]
    for circle in _through(threes):
        if not _SMALLEST <= circle[2] <= _LARGEST * side:
            continue
        hits = int(_lies_on(circle, points).sum())
        if hits > most:
            best, most = circle, hits
    return best


def _lies_on(circle: Circle, points: Places) -> Mask:
    x, y, radius = circle
    off = np.abs(np.hypot(points[:, 0] - x, points[:, 1] - y) - radius)
    return np.asarray(off <= float(np.clip(_OFF * radius, _LEAST_OFF, _MOST_OFF)), bool)


def _goes_around(circle: Circle, points: Places) -> bool:
    """Return whether an outline follows most of a circle's way round: strokes that lie across it hide the rest."""
    on = points[_lies_on(circle, points)]
    towards = np.arctan2(on[:, 1] - circle[1], on[:, 0] - circle[0])
    return len(np.unique((towards / (2 * np.pi) * _PARTS).round() % _PARTS)) >= _AROUND * _PARTS


def _is_disc(circle: Circle, area: Mask) -> bool:
    """Return whether an area is the disc within a circle, nearly."""
    disc = np.zeros(area.shape, np.uint8)
    cv2.circle(disc, (round(circle[0]), round(circle[1])), round(circle[2]), 1, cv2.FILLED)
    return float((area & (disc > 0)).sum()) >= _ALIKE * float((area | (disc > 0)).sum())


def _through(threes: npt.NDArray[np.float64]) -> Iterator[Circle]:
    """Yield the middle and radius of the circle through each three points (n, 3, 2) that do not lie on a line."""
    systems = np.concatenate([2 * threes, np.ones((len(threes), 3, 1))], axis=2)
    bent = np.abs(np.linalg.det(systems)) >= 1.0
    squares = (threes[bent] ** 2).sum(axis=2)
    for x, y, rest in np.linalg.solve(systems[bent], squares[..., None])[..., 0].tolist():
        yield x, y, math.sqrt(max(0.0, rest + x * x + y * y))
