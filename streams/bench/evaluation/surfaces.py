"""Stains and textures: what lies on the goods as a film or a growth, and lets them show through."""

import cv2
import numpy as np
import numpy.typing as npt

from streams.bench.evaluation.pixels import Chance, Pixels, Share, blended, clouds
from streams.bench.evaluation.spots import Spot, spot

_FLUIDS = ((0.42, 0.25, 0.12), (0.35, 0.33, 0.20), (0.55, 0.16, 0.14), (0.30, 0.34, 0.42))
"""What coffee, mud, sauce and ink leave of red, green and blue."""
_GROWTHS = ((95, 110, 80), (60, 58, 50), (190, 190, 180), (150, 130, 100))
"""Colours of mould, soot, dust and sand."""


def stained(photo: Pixels, chance: Chance, area: float) -> tuple[Pixels, Spot]:
    """Return the photo with a stain that takes light away, most at its rim, and the stain's shape."""
    where = spot(photo, chance, area, ragged=0.55, soft=0.12)
    colour = np.array(_FLUIDS[chance.integers(len(_FLUIDS))], np.float32)
    rim = cv2.GaussianBlur(where.share, (0, 0), max(1.0, 0.04 * max(where.share.shape)))
    strength = where.share * (1 - 0.35 * rim) * np.float32(chance.uniform(0.75, 1.0))
    below = photo[where.window]
    return _over(photo, where, below * (1 - strength[..., None] * (1 - colour))), where


def overgrown(photo: Pixels, chance: Chance, area: float) -> tuple[Pixels, Spot]:
    """Return the photo with mould or dust over a part of it: grains of several sizes, in one tint; and its shape."""
    where = spot(photo, chance, area, ragged=0.45, soft=0.08)
    height, width = where.share.shape
    grains = sum(
        (clouds(chance, (width, height), grain) - np.float32(0.5)) * weight
        for grain, weight in ((2.0, 0.5), (5.0, 0.6), (14.0, 0.5))
    )
    tint = np.array(_GROWTHS[chance.integers(len(_GROWTHS))], np.float32)
    grown = (tint * (1 + np.asarray(grains)[..., None])).clip(0, 255)
    opaque = np.float32(chance.uniform(0.55, 0.85)) * (0.75 + 0.5 * clouds(chance, (width, height), 9.0)).clip(0, 1)
    share: Share = np.asarray(where.share * opaque, np.float32)
    return _over(photo, where, blended(photo[where.window], grown, share)), where


def _over(photo: Pixels, where: Spot, changed: npt.NDArray[np.generic]) -> Pixels:
    altered = photo.copy()
    altered[where.window] = np.asarray(changed.round().clip(0, 255), np.uint8)
    return altered
