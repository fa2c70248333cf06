"""Cracks: branching strokes with a dark inside and one edge in the light, from wide ones down to a hair."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from streams.bench.evaluation.pixels import Chance, Pixels, Share, blended
from streams.bench.evaluation.spots import middle

_STEPS = 28
_SUBPIXEL = 4
"""Bits of a coordinate below one pixel: a hair that steps from pixel to pixel would look like stairs."""
_DARK_GOODS = 70
_BRANCHING = 0.3

Path = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Width:
    """How wide the stem is, as a share of the picture's longer side, and how dark its inside."""

    share: float
    depth: float


WIDE = Width(0.0065, 0.92)
THIN = Width(0.0028, 0.85)
HAIR = Width(0.0, 0.7)
"""One pixel wide, whatever the size of the picture."""


def cracked(photo: Pixels, chance: Chance, width: Width) -> Pixels:
    """Return the photo with a crack across its goods; on dark goods the crack is pale, as a chip is."""
    height, across = photo.shape[:2]
    longest = max(height, across)
    at = np.array(middle(photo, chance))
    stem = chance.uniform(0.18, 0.4) * longest
    dark, light = np.zeros((height, across), np.uint8), np.zeros((height, across), np.uint8)
    thick = max(1.0, width.share * longest * chance.uniform(0.8, 1.25))
    for path, strength in _branches(at, stem, chance):
        _stroke(dark, path, thick * strength)
        _stroke(light, path + thick * 0.6, thick * strength * 0.6)
    x, y = int(at[0]), int(at[1])
    around = photo[max(0, y - 20) : y + 20, max(0, x - 20) : x + 20]
    inside = 205 if around.mean() < _DARK_GOODS else 18
    lit = blended(photo, np.full_like(photo, 240 if inside < _DARK_GOODS else 60), _share(light) * np.float32(0.4))
    return blended(lit, np.full_like(photo, inside), _share(dark) * np.float32(width.depth))


def _branches(at: Path, length: float, chance: Chance) -> Iterator[tuple[Path, float]]:
    """Yield the paths of a crack that runs both ways from ``at``, with the strength of each, 1 for the stem."""
    heading = chance.uniform(0, 2 * np.pi)
    waiting = [(at, heading, 1.0), (at, heading + np.pi + chance.normal(0, 0.4), 0.8)]
    while waiting:
        start, towards, strength = waiting.pop()
        path = _wandering(start, towards, length * strength * chance.uniform(0.5, 0.8), chance)
        yield path, strength
        if strength > _BRANCHING:
            for _ in range(int(chance.integers(1, 3))):
                side = towards + float(chance.choice([-1, 1])) * chance.uniform(0.4, 1.1)
                waiting.append((path[chance.integers(3, len(path))], side, strength * chance.uniform(0.3, 0.55)))


def _wandering(at: Path, heading: float, length: float, chance: Chance) -> Path:
    turns = heading + np.cumsum(chance.normal(0, 0.2, _STEPS)) * 0.6 + chance.normal(0, 0.35, _STEPS)
    steps = np.stack([np.cos(turns), np.sin(turns)], 1) * length / _STEPS
    return np.concatenate([at[None], at + np.cumsum(steps, axis=0)])


def _stroke(layer: Pixels, path: Path, thick: float) -> None:
    points = (path * (1 << _SUBPIXEL)).round().astype(int)
    for step, (here, there) in enumerate(pairwise(points)):
        width = max(1, round(thick * (1 - 0.7 * step / len(points))))
        cv2.line(layer, here.tolist(), there.tolist(), 255, width, cv2.LINE_AA, _SUBPIXEL)


def _share(layer: Pixels) -> Share:
    return layer.astype(np.float32) / np.float32(255)
