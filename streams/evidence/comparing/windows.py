"""Windows: a reference that a collage shows unaltered, cut to a circle or a frame that lies askew, beside other photos.

Around it lies the page that a program drew, where the reference would go on. Goods that were cut out of the reference
look so too; but these end where the reference itself has edges, and a window wherever the program cut.
"""

import math
from dataclasses import replace

import cv2
import numpy as np

from streams.evidence.comparing import overlays, reference_shown
from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.outlines import is_drawn, is_notched, spot_of
from streams.evidence.files.decoding import Grey
from streams.evidence.looking import panels
from streams.evidence.looking.panels import Box
from streams.evidence.pixels.alignment import warped
from streams.evidence.pixels.difference import Mask
from streams.evidence.pixels.goods import COARSE

_GAPS, _LEAST = 0.03, 0.03
"""Gaps in what is the reference's that are closed, as share of the picture's longer side, and a window's least share of
its area."""
_HULL, _STRAIGHT, _BEND, _SIDES = 0.93, 0.88, 0.015, 6
"""How much of its hull a window fills that lies askew, how much of that its straight sides enclose (corners are round),
the share of its way round by which a side may bend, and how many there are: four, more where the picture's edge cuts
corners off."""
_RIM, _EDGE, _AT_THE_FRAME = 2, 30, 2
"""Coarse pixels around the outline that are looked at, the levels of an edge, and where the picture's own edge cut."""
_OWN, _DENSER = 0.35, 1.3
"""Share of an outline up to which the reference may have edges there, or as a multiple of the share that has within."""
_SEAM = 0.03
"""Share of a window's sides, at each edge, that is blurred, shaded, or a rim that was drawn around it."""
_ALTERED = 0.005
"""Share of a window up to which it may differ where nobody could say what was altered."""


def window(beside: PairResult, grey: Grey) -> Box | None:
    """Return the box of a window in the claim's ``grey`` print; None where it shows the reference otherwise."""
    found, prints = beside.found, beside.prints
    if found is None or found.agreeing is None or found.matrix is None or prints is None:
        return None
    area = shown(found.agreeing)
    if area is None or not (is_drawn(spot_of(area)) or _is_askew(area)):
        return None
    if is_notched(spot_of(area), _GAPS * max(area.shape)):
        return None
    theirs = np.asarray(cv2.cvtColor(prints[1].pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    below, _ = warped(theirs, found.matrix, (grey.shape[1], grey.shape[0]))
    if _ends_at_edges(area, np.ascontiguousarray(below[COARSE])) or not is_as_it_is(beside, area):
        return None
    around = Box(*cv2.boundingRect(area.astype(np.uint8)))
    box = around.scaled(grey.shape[1] / area.shape[1], grey.shape[0] / area.shape[0])
    return box if panels.is_panel(box, grey) else None


def shown(agreeing: Mask) -> Mask | None:
    """Return the largest area that shows the reference, without gaps; None where that is next to nothing."""
    side = 2 * round(_GAPS * max(agreeing.shape) / 2) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    room = np.pad(agreeing.astype(np.uint8), side)
    closed = cv2.morphologyEx(cv2.morphologyEx(room, cv2.MORPH_CLOSE, disc), cv2.MORPH_OPEN, disc)
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(outlines, key=cv2.contourArea, default=None)
    if largest is None or cv2.contourArea(largest) < _LEAST * agreeing.size:
        return None
    filled = cv2.drawContours(np.zeros_like(room), [largest], -1, 1, cv2.FILLED)
    return np.asarray(filled[side:-side, side:-side] > 0)


def _is_askew(area: Mask) -> bool:
    """Return whether an area has a few straight sides, as a photo that was turned has."""
    outlines, _ = cv2.findContours(area.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = cv2.convexHull(outlines[0])
    sides = cv2.approxPolyDP(hull, _BEND * cv2.arcLength(hull, closed=True), closed=True)
    whole = float(cv2.contourArea(hull))
    return len(sides) <= _SIDES and float(area.sum()) >= _HULL * whole and cv2.contourArea(sides) >= _STRAIGHT * whole


def _ends_at_edges(area: Mask, reference: Grey) -> bool:
    """Return whether an area ends where the ``reference`` has edges of its own, more than it has within."""
    outline = _outline(area)
    if not outline.any():
        return True
    side = np.ones((2 * _RIM + 1, 2 * _RIM + 1), np.uint8)
    edges = cv2.subtract(cv2.dilate(reference, side), cv2.erode(reference, side)) >= _EDGE
    return float(edges[outline].mean()) > max(_OWN, _DENSER * float(edges[area].mean()))


def _outline(area: Mask) -> Mask:
    """Return the outline of an area within the picture."""
    inner = cv2.erode(area.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1)
    outline = area & (inner == 0)
    at = _AT_THE_FRAME
    outline[:at] = outline[-at:] = outline[:, :at] = outline[:, -at:] = False
    return np.asarray(outline, bool)


def is_as_it_is(beside: PairResult, area: Mask) -> bool:
    """Return whether an area shows the reference unaltered, or with what a program laid over it, perhaps.

    The area is at :data:`streams.evidence.pixels.goods.COARSE`.
    """
    found = beside.found
    if found is None or found.agreeing is None:
        return False
    off = 2 * max(_RIM, round(_SEAM * math.sqrt(float(area.sum())))) + 1
    inner = cv2.erode(area.astype(np.uint8), np.ones((off, off), np.uint8), borderValue=1)
    if found.mask is None:
        return float((~found.agreeing & (inner > 0)).sum()) <= _ALTERED * float(area.sum())
    height, width = found.mask.shape
    within = cv2.resize(inner, (width, height), interpolation=cv2.INTER_NEAREST) > 0
    alone = replace(beside, found=replace(found, mask=found.mask & within))
    altered = reference_shown.altered_place(alone)
    return altered is not None and (not altered.any() or overlays.is_all(alone))
