"""A scene before a camera: pictures are laid into it as a view shows them, and it is lit."""

import cv2
import numpy as np
import numpy.typing as npt

from streams.bench.evaluation.cameras import Light
from streams.bench.evaluation.pixels import Chance, clouds
from streams.bench.evaluation.planes import Bend, Matrix, places, taken


def size_of(picture: npt.NDArray[np.generic]) -> tuple[int, int]:
    """Return a picture's width and height."""
    return picture.shape[1], picture.shape[0]


def laid(scene: Light, picture: Light, view: Matrix, bend: Bend | None) -> None:
    """Lay a picture into the scene as a view shows it; where it is seen smaller, its pixels are averaged."""
    shrink = np.sqrt(abs(np.linalg.det(view[:2, :2])))
    seen = picture if shrink >= 1 else np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.45 / shrink), np.float32)
    where = places(view, size_of(scene), bend, size_of(picture))
    inside = taken(np.ones(picture.shape[:2], np.float32), where, cv2.INTER_LINEAR)[..., None]
    moved = taken(seen, where, cv2.INTER_CUBIC, cv2.BORDER_REPLICATE)
    scene += (moved - scene) * inside


def lighten(scene: Light, chance: Chance, *, glare: bool) -> None:
    """Light the scene unevenly, with soft shadows, and where it shines, with glare that hides what lies under it."""
    height, width = scene.shape[:2]
    across, down = np.meshgrid(*(np.linspace(-1, 1, long, dtype=np.float32) for long in (width, height)))
    towards = chance.uniform(0, 2 * np.pi)
    slope = chance.uniform(0.05, 0.4) * (across * np.cos(towards) + down * np.sin(towards))
    shade = chance.uniform(0.05, 0.35) * (clouds(chance, (width, height), max(width, height) / 3) - 0.5)
    scene *= np.exp(slope + shade).astype(np.float32)[..., None]
    if glare:
        for _ in range(int(chance.integers(1, 4))):
            x, y = chance.uniform(-0.8, 0.8, 2)
            long, wide = chance.uniform(0.1, 0.7), chance.uniform(0.03, 0.2)
            turn = chance.uniform(0, np.pi)
            along = (across - x) * np.cos(turn) + (down - y) * np.sin(turn)
            beside = (down - y) * np.cos(turn) - (across - x) * np.sin(turn)
            scene += (chance.uniform(60, 260) * np.exp(-((along / long) ** 2) - (beside / wide) ** 2)).astype(
                np.float32
            )[..., None]
