"""Collages as buyers send them: a forged photo among honest ones, or the listing beside an own photo."""

from collections.abc import Sequence

import cv2
import numpy as np

from streams.bench.evaluation.pixels import Chance, Mask, Pixels, Share, blended, clouds, sized
from streams.bench.evaluation.scenes import goods_in

Cell = tuple[float, float, float, float]

LAYOUTS: dict[str, tuple[Cell, ...]] = {
    "side by side": ((0, 0, 1 / 2, 1), (1 / 2, 0, 1 / 2, 1)),
    "stacked": ((0, 0, 1, 1 / 2), (0, 1 / 2, 1, 1 / 2)),
    "uneven": ((0, 0, 0.4, 1), (0.4, 0, 0.6, 1)),
    "one and two": ((0, 0, 0.6, 1), (0.6, 0, 0.4, 1 / 2), (0.6, 1 / 2, 0.4, 1 / 2)),
    "four": tuple((x, y, 1 / 2, 1 / 2) for y in (0, 1 / 2) for x in (0, 1 / 2)),
}
"""Where the photos of a collage are, as shares of its sides: left, top, width, height."""
WITHOUT_A_SEAM = ("touching", "laid into", "laid over")
"""Collages that no seam divides: two photos as listings are, which touch; the listing laid into an own photo; an own
photo laid over a part of the listing."""
_HIGH, _LAID, _FROM_THE_EDGE = 720, 0.45, 0.04
"""Height in pixels of photos that touch; the height of what is laid into another, and its place, as shares."""
_OVER, _ROUNDED = (0.2, 0.6), (0.0, 0.0, 0.08)
"""Sides of what is laid over the listing, as shares of that one's, and radius of its corners, as share of its sides."""
_LONG, _SHAPES = 1_280, (0.75, 1.33)
_BORDERS, _SHADES = (0, 4, 14), (255, 230, 0)
_GROUND, _LIGHT, _TEXTURE, _NOISE = (70, 190), 60, 40, 3
"""Levels of an own photo's ground, and by how many its light, its texture and a sensor's noise vary."""


def at_home(photo: Pixels, chance: Chance) -> Pixels:
    """Return goods as a buyer photographs them: before a ground with light and texture of its own, not a white one."""
    height, width = photo.shape[:2]
    wide, fine = (clouds(chance, (width, height), max(height, width) / part)[..., None] for part in (3, 60))
    ground = chance.uniform(*_GROUND, 3) + _LIGHT * (wide - 0.5) + _TEXTURE * (fine - 0.5)
    noisy = ground + chance.normal(0, _NOISE, photo.shape)
    return blended(np.asarray(noisy.clip(0, 255), np.uint8), photo, goods_in(photo, chance))


def together(kind: str, shown: Pixels, others: Sequence[Pixels], chance: Chance, mask: Mask | None = None) -> Pixels:
    """Return a photo among others in the cells of the layout ``kind``, each cut to fill one, in a drawn order.

    ``shown`` is in it once, cut so that the middle of ``mask`` is seen, and ``others`` over and over.
    """
    cells = LAYOUTS[kind]
    shape = chance.uniform(*_SHAPES)
    width, height = (_LONG, round(_LONG / shape)) if shape > 1 else (round(_LONG * shape), _LONG)
    border = int(chance.choice(_BORDERS))
    whole = np.full((height, width, 3), int(chance.choice(_SHADES)), np.uint8)
    chosen = [shown, *(others[at % len(others)] for at in range(len(cells) - 1))]
    for (x, y, across, down), at in zip(cells, chance.permutation(len(cells)), strict=True):
        left, top = (round(start * side) + (border if start else 0) for start, side in ((x, width), (y, height)))
        right, below = round((x + across) * width), round((y + down) * height)
        seen = None if at or mask is None or not mask.any() else mask
        whole[top:below, left:right] = _filling(chosen[at], (right - left, below - top), seen)
    return whole


def joined(kind: str, listing: Pixels, other: Pixels, chance: Chance) -> Pixels:
    """Return the listing beside another photo without a seam, one of :data:`WITHOUT_A_SEAM`; both keep their shape."""
    if kind == "touching":
        both = [_of_height(each, _HIGH) for each in (listing, other)]
        return np.hstack([both[at] for at in chance.permutation(2)])
    if kind == "laid over":
        return _laid_over(_of_height(listing, _HIGH).copy(), at_home(other, chance), chance)
    whole = _of_height(at_home(other, chance), _HIGH).copy()
    shown = _of_height(listing, round(_LAID * _HIGH))
    edge = round(_FROM_THE_EDGE * _HIGH)
    shown = shown[:, : whole.shape[1] - 2 * edge]
    whole[edge : edge + shown.shape[0], edge : edge + shown.shape[1]] = shown
    return whole


def _laid_over(listing: Pixels, own: Pixels, chance: Chance) -> Pixels:
    """Return the listing with an own photo over a part of it, framed or not, in a corner or anywhere."""
    height, width = listing.shape[:2]
    scale = chance.uniform(*_OVER) * min(height / own.shape[0], width / own.shape[1])
    size = tuple(max(1, round(side * scale)) for side in own.shape[1::-1])
    border = int(chance.choice(_BORDERS))
    inset = np.full((size[1] + 2 * border, size[0] + 2 * border, 3), int(chance.choice(_SHADES)), np.uint8)
    inset[border : border + size[1], border : border + size[0]] = sized(own, (size[0], size[1]))
    inset = inset[:height, :width]
    at = chance.choice([0.0, 0.5, 1.0, chance.random()], 2)
    top, left = (round(float(at[axis]) * (listing.shape[axis] - inset.shape[axis])) for axis in (0, 1))
    there = np.s_[top : top + inset.shape[0], left : left + inset.shape[1]]
    listing[there] = blended(listing[there], inset, _rounded(inset.shape[:2], float(chance.choice(_ROUNDED))))
    return listing


def _rounded(shape: tuple[int, ...], radius: float) -> Share:
    """Return which part of a rectangle is within its rounded corners; ``radius`` is a share of the shorter side."""
    height, width = shape
    off = round(radius * min(shape))
    inner = np.zeros((height, width), np.uint8)
    inner[off : height - off, off : width - off] = 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * off + 1, 2 * off + 1))
    return np.asarray(cv2.dilate(inner, disc), np.float32)


def _of_height(photo: Pixels, height: int) -> Pixels:
    return np.asarray(sized(photo, (max(1, round(photo.shape[1] * height / photo.shape[0])), height)), np.uint8)


def _filling(photo: Pixels, cell: tuple[int, int], mask: Mask | None) -> Pixels:
    """Return a photo cut to the shape of its cell around the middle of ``mask``, or its own, and made to fill it."""
    width, height = cell
    scale = max(width / photo.shape[1], height / photo.shape[0])
    size = max(width, round(photo.shape[1] * scale)), max(height, round(photo.shape[0] * scale))
    large = np.asarray(sized(photo, size), np.uint8)
    rows, columns = ([0.5], [0.5]) if mask is None else np.argwhere(mask).T / [[side] for side in mask.shape]
    left = int(np.clip(np.median(columns) * size[0] - width / 2, 0, size[0] - width))
    top = int(np.clip(np.median(rows) * size[1] - height / 2, 0, size[1] - height))
    return large[top : top + height, left : left + width]
