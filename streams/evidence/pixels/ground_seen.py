"""Ground seen: whether a claim photo shows a listing's picture with its ground, and not the goods alone.

A camera that takes goods anew sees them where they lie, on a table or in a hand. One before a screen or a print sees
the listing's own white ground around them too, up to where its frame ends. Goods may have such a ground printed on
them; beyond it lies whatever is around goods. Around a listing on a screen the page goes on, as bright, or it is dark.
A listing's ground is one sheet, lit evenly: goods that lie on something light cast shadows on it, and cards have edges.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from schemas.records import Reading
from streams.evidence.files.colours import ColourImage
from streams.evidence.pixels.alignment import Alignment
from streams.evidence.pixels.goods import Mask, Matrix, at_coarse, coarse_tones, on_plain_ground
from streams.evidence.readings import measured

METHOD = "ground/4"

_AT_THE_EDGE = 0.1
"""Share of a frame's sides within which its ground is looked for: nearer the goods lie their shadows."""
_WHITE, _COLOURLESS = 225, 10
"""Luma of a ground that is empty, and the levels of colour that it may have: prints are coloured to their edges."""
_AROUND, _PLAIN = (5, 5), 6.0
"""Within how many coarse pixels light may vary by how many levels: glare and a screen's rows stay below."""
_BRIGHTEST = 0.9
"""Share of the goods that must be darker than the ground around them, as they are in the listing."""
_FEWEST = 30
_FEWEST_PLACES, _LEAST_PLACES = 12, 0.1
"""Corners that must be found again, and the share of those looked for: of 750 unrelated pairs none has more than 9."""
_BEYOND = -1.0
_RING, _DARK, _AS_BRIGHT = (2, 6), 70, 12
"""How far beyond the frame is asked what is around it, in hundredths of its longer side; luma up to which a screen is
dark; and by how much a page's may lie off the ground's."""
_OF_A_SCREEN, _LEAST_KNOWN = 0.4, 0.25
"""Share of what is seen around the frame that must be a screen's, and share of it that must be seen to say so."""
_BEZEL, _SEEN_OF_BEZEL, _GLOWS = 0.9, 0.5, 50
"""Share of it that is dark, of at least how much of it, where a screen's bezel goes all around; and by how many levels
the ground within is brighter. What ends in the dark at the listing's own frame is it, under any lamp and glare."""


_NEAR_GOODS, _SPARSE = 4, np.s_[::3, ::3]
"""Coarse pixels around goods that blur with them, and the places of the ground that light is asked of."""
_STIFF = 1e-9
_OFF, _BROKEN, _KEPT, _ROUNDS = 8, 0.3, 0.8, 3
"""Levels by which a place may miss light that falls off smoothly, and the share of the ground from which it is broken:
a screen's glare and rows stay below. The surface is fitted so often to the share that it fits best."""


def ground_seen(claim: ColourImage, reference: ColourImage, found: Alignment) -> tuple[Reading, ...]:
    """Return how much of a listing's white ground, at the edge of its frame, the claim shows as plain and as bright.

    Nothing where the listing has no such ground, or too few places of the goods on it were found again: other goods
    have the same white around them.
    """
    places = 0 if found.geometry is None else found.geometry.corners
    if places < max(_FEWEST_PLACES, _LEAST_PLACES * found.tracked):
        return ()
    tones = coarse_tones(reference.pixels)
    goods = None if reference.solid is not None else on_plain_ground(tones)
    edge = None if goods is None else _edge(tones, goods)
    if goods is None or edge is None:
        return ()
    white = np.asarray((tones[..., 0] >= _WHITE) & ~goods, bool)
    luma = coarse_tones(claim.pixels)[..., 0].astype(np.float32)
    share = _shown(luma, goods, (edge, white), at_coarse(found.matrix))
    return (measured("ground_seen", round(share, 4), "share of the ground", METHOD),)


def _edge(tones: npt.NDArray[np.int16], goods: Mask) -> Mask | None:
    """Return the white ground at the edge of a frame; None where it is too little, or not white."""
    height, width = goods.shape
    down, across = max(2, round(height * _AT_THE_EDGE)), max(2, round(width * _AT_THE_EDGE))
    near = cv2.dilate(goods.astype(np.uint8), np.ones((5, 5), np.uint8))
    near[down:-down, across:-across] = 1
    edge = np.asarray(near == 0, bool)
    if np.count_nonzero(edge) < _FEWEST:
        return None
    luma, *colour = np.median(tones[edge], axis=0)
    return edge if luma >= _WHITE and max(abs(each - 128) for each in colour) <= _COLOURLESS else None


def _shown(luma: npt.NDArray[np.float32], goods: Mask, grounds: tuple[Mask, Mask], into: Matrix) -> float:
    """Return the share of the ground at the ``edge`` that a claim shows; 0 where the ``white`` one is not one sheet."""
    edge, white = grounds
    around = cv2.blur(luma, _AROUND)
    varies = np.sqrt(np.maximum(cv2.blur(luma * luma, _AROUND) - around * around, 0))
    bright, uneven = (_from(each, into, goods.shape) for each in (luma, varies))
    there = bright > _BEYOND
    if min(np.count_nonzero(goods & there), np.count_nonzero(edge & there)) < _FEWEST:
        return 0.0
    bezel = _bezel(luma, into, goods.shape)
    if bezel is not None:
        return float((there & (uneven < _PLAIN) & (bright >= bezel + _GLOWS))[edge].mean())
    ground = float(np.median(bright[edge & there]))
    if float((bright[goods & there] <= ground).mean()) < _BRIGHTEST:
        return 0.0
    if not _on_a_screen(luma, varies, into, goods.shape, ground):
        return 0.0
    around_goods = cv2.dilate(goods.astype(np.uint8), np.ones((2 * _NEAR_GOODS + 1, 2 * _NEAR_GOODS + 1), np.uint8))
    if not _one_sheet(bright, white & there & (around_goods == 0)):
        return 0.0
    return float((there & (uneven < _PLAIN))[edge].mean())


def _bezel(luma: Any, into: Matrix, shape: tuple[int, ...]) -> float | None:
    """Return the typical luma of what is seen right around a frame where it is dark all around; None elsewhere."""
    ring, (bright,) = _right_around((luma,), into, shape)
    known = bright[ring & (bright > _BEYOND)]
    if known.size < _SEEN_OF_BEZEL * np.count_nonzero(ring) or float((known <= _DARK).mean()) < _BEZEL:
        return None
    return float(np.median(known))


def _on_a_screen(luma: Any, varies: Any, into: Matrix, shape: tuple[int, ...], ground: float) -> bool:
    """Return whether right around a frame the page goes on or the screen is dark; also where the photo ends there."""
    ring, (bright, uneven) = _right_around((luma, varies), into, shape)
    known = ring & (bright > _BEYOND)
    if np.count_nonzero(known) < _LEAST_KNOWN * np.count_nonzero(ring):
        return True
    page = (np.abs(bright - ground) <= _AS_BRIGHT) & (uneven < _PLAIN)
    return float((page | (bright <= _DARK))[known].mean()) >= _OF_A_SCREEN


def _right_around(
    seen: tuple[Any, ...], into: Matrix, shape: tuple[int, ...]
) -> tuple[Mask, list[npt.NDArray[np.float32]]]:
    """Return the ring right around a frame, and what a claim shows there and within, of each of what is ``seen``."""
    near, far = (max(1, round(each * max(shape) / 100)) for each in _RING)
    moved = np.asarray(np.array([[1.0, 0, far], [0, 1, far], [0, 0, 1]]) @ into, np.float64)
    wider = shape[0] + 2 * far, shape[1] + 2 * far
    ring = np.ones(wider, bool)
    ring[far - near : near - far, far - near : near - far] = False
    return ring, [_from(each, moved, wider) for each in seen]


def _one_sheet(bright: Any, ground: Mask) -> bool:
    """Return whether light falls off smoothly over a ground; also where there is too little of it."""
    rows, columns = np.nonzero(ground[_SPARSE])
    if len(rows) < _FEWEST:
        return True
    down, across = (each / side - 0.5 for each, side in zip((rows, columns), ground[_SPARSE].shape, strict=True))
    terms = np.column_stack([np.ones(len(down)), down, across, down * down, down * across, across * across])
    seen = bright[_SPARSE][rows, columns]
    off, kept = np.zeros(len(seen)), np.ones(len(seen), bool)
    for _ in range(_ROUNDS):
        told = terms[kept]
        stiff = told.T @ told + np.eye(terms.shape[1]) * _STIFF
        off = np.abs(seen - terms @ np.linalg.solve(stiff, told.T @ seen[kept]))
        kept = off <= np.quantile(off, _KEPT)
    return float((off > _OFF).mean()) < _BROKEN


def _from(claim: Any, into: Matrix, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """Return what a claim shows in each place of a reference's frame."""
    size = shape[1], shape[0]
    flat = cv2.warpPerspective(claim, into, size, flags=cv2.INTER_NEAREST, borderValue=_BEYOND)
    return np.asarray(flat, np.float32)
