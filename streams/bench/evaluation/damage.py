"""Damage with a known mask: every kind, painted into a clean photo where it can be seen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from streams.bench.evaluation import cracks, regions, surfaces
from streams.bench.evaluation.pixels import VISIBLE, Chance, Mask, Pixels, difference

_TRIES = 8
_SEEN = 0.7
"""Share of the mask that must have changed visibly; what nobody can see is no damage."""
_SMALLEST, _LARGEST = 0.01, 0.15
_SMALL_REGION = 0.06


@dataclass(frozen=True, slots=True)
class Damaged:
    """A photo after damage. ``mask`` is what was altered; ``seen`` the share of it that changed visibly."""

    pixels: Pixels
    mask: Mask
    seen: float


Damage = Callable[[Pixels, Pixels, Chance], Damaged]


def damaged(kind: str, photo: Pixels, donor: Pixels, chance: Chance) -> Damaged:
    """Return the photo with damage of one of :data:`KINDS`; ``donor`` is another photo, to paste from.

    Some places show nothing of it (a dark stain on black cloth): of a few tries the first that is seen well is kept,
    else the best.
    """
    best = KINDS[kind](photo, donor, chance)
    for _ in range(_TRIES - 1):
        if best.seen >= _SEEN:
            break
        best = max(best, KINDS[kind](photo, donor, chance), key=lambda each: each.seen)
    return best


def _crack(width: cracks.Width, photo: Pixels, _donor: Pixels, chance: Chance) -> Damaged:
    return _kept(photo, cracks.cracked(photo, chance, width), None)


def _stain(photo: Pixels, _donor: Pixels, chance: Chance) -> Damaged:
    altered, where = surfaces.stained(photo, chance, _area(chance, _LARGEST))
    return _kept(photo, altered, where.within(photo))


def _texture(photo: Pixels, _donor: Pixels, chance: Chance) -> Damaged:
    altered, where = surfaces.overgrown(photo, chance, _area(chance, _LARGEST))
    return _kept(photo, altered, where.within(photo))


def _patch(photo: Pixels, donor: Pixels, chance: Chance) -> Damaged:
    altered, where = regions.pasted(photo, donor, chance, _area(chance, _LARGEST))
    return _kept(photo, altered, where.within(photo))


def _removal(method: int, photo: Pixels, _donor: Pixels, chance: Chance) -> Damaged:
    altered, where = regions.removed(photo, chance, _area(chance, _SMALL_REGION), method)
    return _kept(photo, altered, where.within(photo))


def _regeneration(photo: Pixels, _donor: Pixels, chance: Chance) -> Damaged:
    """The tones of the whole picture move a little too, which is no alteration to be found."""
    altered, where = regions.regenerated(photo, chance, _area(chance, _LARGEST))
    kept = _kept(photo, altered, where.within(photo))
    pixels = regions.retoned(kept.pixels, chance)
    return Damaged(pixels, kept.mask, _share_seen(photo, pixels, kept.mask))


def _area(chance: Chance, largest: float) -> float:
    return float(np.exp(chance.uniform(np.log(_SMALLEST), np.log(largest))))


def _kept(photo: Pixels, altered: Pixels, shape: Mask | None) -> Damaged:
    """Return the damage, cut at the edge of its mask: the soft rim that nobody sees is the photo again.

    ``shape`` is the region that was altered, or None where the mask is exactly what changed visibly.
    """
    changed = difference(photo, altered) > VISIBLE
    mask = changed if shape is None else _seen_part(shape, changed)
    return Damaged(np.where(mask[..., None], altered, photo), mask, _share_seen(photo, altered, mask))


def _seen_part(shape: Mask, changed: Mask) -> Mask:
    """Return the shape without its parts where nothing changed (white filled with white), and with its visible rim."""
    return (shape & _grown(changed)) | (changed & _grown(shape))


def _grown(shape: Mask) -> Mask:
    """Return the shape with a rim of 1 % of the longer side."""
    side = 2 * max(1, round(0.01 * max(shape.shape))) + 1
    return np.asarray(cv2.dilate(shape.astype(np.uint8), np.ones((side, side), np.uint8)), np.bool_)


def _share_seen(photo: Pixels, altered: Pixels, mask: Mask) -> float:
    return float((difference(photo, altered)[mask] > VISIBLE).mean()) if mask.any() else 0.0


KINDS: Mapping[str, Damage] = {
    "crack, wide": partial(_crack, cracks.WIDE),
    "crack, thin": partial(_crack, cracks.THIN),
    "crack, hair": partial(_crack, cracks.HAIR),
    "stain": _stain,
    "texture": _texture,
    "patch": _patch,
    "removal, Telea": partial(_removal, cv2.INPAINT_TELEA),
    "removal, Navier-Stokes": partial(_removal, cv2.INPAINT_NS),
    "regeneration": _regeneration,
}
