"""Where damage lies: on the goods, in a ragged shape."""

from dataclasses import dataclass

import cv2
import numpy as np

from streams.bench.evaluation.pixels import Chance, Mask, Pixels, Share, clouds, shrunk, sized

_COARSE = 96
_FROM_GROUND = 14
_INNER = 0.08
"""Share of each side near the edges where no damage has its middle."""
_LEAST_GOODS = 0.04
_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Spot:
    """A shape within a picture: how much of each pixel of the box it covers. ``left`` and ``top`` are the box's."""

    left: int
    top: int
    share: Share

    @property
    def window(self) -> tuple[slice, slice]:
        """The box as an index into the picture."""
        height, width = self.share.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)

    def within(self, picture: Pixels) -> Mask:
        """Return which pixels of the whole picture lie at least half in the shape."""
        mask = np.zeros(picture.shape[:2], np.bool_)
        mask[self.window] = self.share >= 0.5  # noqa: PLR2004 - half
        return mask


def middle(picture: Pixels, chance: Chance, *, busy: bool = False) -> tuple[float, float]:
    """Return a point on the goods, x and y in pixels: where the picture differs from the colour of its edges.

    ``busy`` prefers a point with much to see around it.
    """
    small = cv2.GaussianBlur(shrunk(picture, _COARSE), (0, 0), 1.0)
    height, width = small.shape[:2]
    edges = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    ground = np.median(edges, axis=0)
    goods = np.abs(small - ground).max(axis=2) > _FROM_GROUND
    inner = np.zeros_like(goods)
    margin_y, margin_x = int(height * _INNER), int(width * _INNER)
    inner[margin_y : height - margin_y, margin_x : width - margin_x] = True
    ys, xs = np.nonzero(goods & inner if (goods & inner).mean() > _LEAST_GOODS else inner)
    at = int(chance.integers(len(xs)))
    if busy:
        rough = np.abs(small - cv2.GaussianBlur(small, (0, 0), 5.0).astype(np.float32)).max(axis=2)
        at = max((at, *chance.integers(len(xs), size=_CANDIDATES)), key=lambda each: float(rough[ys[each], xs[each]]))
    x, y = (xs[at] + chance.random()) / width, (ys[at] + chance.random()) / height
    return float(x * picture.shape[1]), float(y * picture.shape[0])


def spot(picture: Pixels, chance: Chance, area: float, ragged: float, soft: float, *, busy: bool = False) -> Spot:
    """Return a spot on the goods that covers about ``area`` of the picture (a share).

    ``ragged`` is how far its outline leaves an ellipse, ``soft`` how wide its edge is, both as shares of its radius.
    """
    height, width = picture.shape[:2]
    x, y = middle(picture, chance, busy=busy)
    lengthy = chance.uniform(0.7, 1.4)
    radius = np.sqrt(area * height * width / np.pi)
    reach_x, reach_y = radius * lengthy, radius / lengthy
    span = 1 + ragged
    left, right = max(0, int(x - reach_x * span)), min(width, int(x + reach_x * span) + 1)
    top, bottom = max(0, int(y - reach_y * span)), min(height, int(y + reach_y * span) + 1)
    across, down = np.meshgrid(
        (np.arange(left, right, dtype=np.float32) + 0.5 - x) / reach_x,
        (np.arange(top, bottom, dtype=np.float32) + 0.5 - y) / reach_y,
    )
    size = right - left, bottom - top
    wavy = clouds(chance, size, max(4.0, radius * 0.45)) * 0.7 + clouds(chance, size, max(3.0, radius * 0.15)) * 0.3
    outline = 1 + ragged * (wavy - 0.5) * 2
    share = (outline - np.hypot(across, down)) / max(soft, 1 / radius) + 0.5
    return Spot(left, top, np.asarray(share.clip(0, 1), np.float32))


def like(share: Share, picture: Pixels) -> Pixels:
    """Return ``picture`` stretched to the size of ``share``."""
    return np.asarray(sized(picture, (share.shape[1], share.shape[0])), np.uint8)
