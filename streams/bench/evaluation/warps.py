"""A forged photo that was warped, bent or lit anew on the computer, so that it looks like a photo taken by hand.

Its file is still the merchant's: no camera's noise, blur or glare lies over it.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.bench.evaluation.frames import Frame
from streams.bench.evaluation.pixels import Chance, Pixels, Share, clouds, sized
from streams.bench.evaluation.planes import Bend, Places, filling, fitted, places, taken, tilt

KINDS = ("tilted", "tilted, cut", "tilted, on another ground", "bent", "lit anew", "tilted, lit anew", "bent, lit anew")
_DEGREES = (5.0, 25.0)
_SPIN = 12.0
_DEPTH, _WAVES = (0.004, 0.02), (0.5, 1.6)
_LIGHT = (0.15, 0.45)
"""By how much light changes over the picture, as a share."""
_GROUNDS = (255, 245, 128, 0)


def taken_anew(kind: str, frame: Frame, donor: Pixels, chance: Chance) -> Frame:
    """Return the frame after one of :data:`KINDS`; ``donor`` is another photo, for the ground around it."""
    steps = kind.split(", ")
    if steps[0] == "bent":
        frame = _through(frame, places(np.eye(3), frame.size, _bend(chance), frame.size), donor, "edge", chance)
    if steps[0] == "tilted":
        frame = _tilted(frame, donor, "cut" if "cut" in steps else kind, chance)
    if steps[-1] == "lit anew":
        frame = frame.toned(lit(frame.pixels, chance))
    return frame


def lit(picture: Pixels, chance: Chance) -> Pixels:
    """Return the picture with light that falls off to one side, a bright spot and soft shadows."""
    height, width = picture.shape[:2]
    across, down = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    towards = chance.uniform(0, 2 * np.pi)
    slope = chance.uniform(*_LIGHT) * (across * np.cos(towards) + down * np.sin(towards))
    x, y = chance.uniform(-0.8, 0.8, 2)
    spot = chance.uniform(0, _LIGHT[1]) * np.exp(-((across - x) ** 2 + (down - y) ** 2) / chance.uniform(0.1, 0.6))
    shade = chance.uniform(0, _LIGHT[0]) * (clouds(chance, (width, height), max(width, height) / 3) - 0.5) * 2
    warmth = np.exp(chance.normal(0, 0.04, 3))
    light = np.exp(slope + spot + shade - spot.mean())[..., None] * warmth
    return np.asarray((picture * light).round().clip(0, 255), np.uint8)


def _bend(chance: Chance) -> Bend:
    towards, start = chance.uniform(0, 2 * np.pi, 2)
    return Bend(float(towards), float(chance.uniform(*_DEPTH)), float(chance.uniform(*_WAVES)), float(start))


def _tilted(frame: Frame, donor: Pixels, kind: str, chance: Chance) -> Frame:
    size = frame.size
    view = tilt(size, float(chance.uniform(*_DEGREES)), chance, float(chance.uniform(-_SPIN, _SPIN)))
    if kind == "cut":
        view = filling(view, size)
    else:
        margin = chance.uniform(0, 0.12, 2) * size
        view = fitted(view, size, (margin[0], margin[1], size[0] - margin[0], size[1] - margin[1]))
    around = {"cut": "edge", "tilted, on another ground": "scene"}.get(kind, "plain")
    return _through(frame, places(view, size), donor, around, chance)


def _through(frame: Frame, where: Places, donor: Pixels, around: str, chance: Chance) -> Frame:
    """Return the frame with each pixel from its place, on the ground of another photo, a plain one, or its own edge."""
    inside = taken(np.ones(frame.pixels.shape[:2], np.float32), where, cv2.INTER_LINEAR)

    def move(layer: npt.NDArray[Any]) -> npt.NDArray[Any]:
        border = cv2.BORDER_REPLICATE if layer.ndim > 2 else cv2.BORDER_CONSTANT  # noqa: PLR2004 - a picture
        return taken(layer, where, cv2.INTER_CUBIC, border)

    moved = frame.moved(move)
    if around == "edge":
        return Frame(moved.pixels, moved.altered.clip(0, 1), moved.drawn.clip(0, 1))
    ground = _ground(donor, frame.size, around, chance)
    pixels = ground + (moved.pixels - ground) * inside[..., None]
    layers: list[Share] = [layer.clip(0, 1) * inside for layer in (moved.altered, moved.drawn)]
    return Frame(np.asarray(pixels.round().clip(0, 255), np.uint8), *layers)


def _ground(donor: Pixels, size: tuple[int, int], around: str, chance: Chance) -> npt.NDArray[np.float32]:
    if around == "scene":
        return np.asarray(sized(donor, size), np.float32)
    return np.full((size[1], size[0], 3), chance.choice(_GROUNDS), np.float32)
