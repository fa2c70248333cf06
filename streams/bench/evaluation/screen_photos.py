"""A photo of a screen that shows another photo: with the shop's page around it, or alone on black."""

import cv2
import numpy as np

from streams.bench.evaluation.cameras import Light, photographed
from streams.bench.evaluation.pixels import Chance, Pixels
from streams.bench.evaluation.planes import fitted, tilt
from streams.bench.evaluation.tabletop import laid, lighten, size_of

SCREENS = ("on a screen", "on a screen, with its page")


def on_a_screen(kind: str, forged: Pixels, chance: Chance) -> Pixels:
    """Return the photo of a screen that shows a whole picture, one of :data:`SCREENS`: with its page or on black."""
    shown = _page(forged, chance) if "page" in kind else forged
    height, width = shown.shape[:2]
    size = round(width * 1.3), round(height * 1.3)
    scene: Light = np.full((size[1], size[0], 3), chance.uniform(0, 40), np.float32)
    view = tilt((width, height), float(chance.uniform(1, 15)), chance, float(chance.uniform(-6, 6)))
    margin = chance.uniform(0.01, 0.1)
    view = fitted(
        view, (width, height), (size[0] * margin, size[1] * margin, size[0] * (1 - margin), size[1] * (1 - margin))
    )
    glow = _with_its_grid(shown.astype(np.float32), chance)
    laid(scene, glow, view, None)
    lighten(scene, chance, glare=bool(chance.random() < 1 / 3))
    return photographed(scene, chance)


def _page(shown: Pixels, chance: Chance) -> Pixels:
    """Return a shop's page with the picture at its top, and lines of text below it."""
    height, width = shown.shape[:2]
    page = np.full((round(height * 1.5), width, 3), 255, np.uint8)
    bar = round(height * 0.08)
    page[bar : bar + height] = shown
    y, step = bar + height + bar, max(14, height // 18)
    while y < page.shape[0] - step:
        end = int(width * chance.uniform(0.3, 0.95))
        cv2.putText(
            page,
            "shop 24h  best price  free returns  in stock",
            (width // 30, y),
            cv2.FONT_HERSHEY_SIMPLEX,
            step / 40,
            (60, 60, 60),
            max(1, step // 16),
            cv2.LINE_AA,
        )
        page[y - step : y + step // 3, end:] = 255
        y += int(step * 1.6)
    return page


def _with_its_grid(shown: Light, chance: Chance) -> Light:
    """Return what a screen shows, as its rows of coloured points: a camera makes moiré of it."""
    zoom = float(chance.uniform(1.0, 1.6))
    large = np.asarray(cv2.resize(shown, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_LINEAR), np.float32)
    depth = np.float32(chance.uniform(0.0, 0.25))
    for channel in range(3):
        large[:, channel::3, channel] *= 1 + depth
    large[::2] *= 1 - depth / 2
    return np.asarray(cv2.resize(large, size_of(shown), interpolation=cv2.INTER_LINEAR), np.float32)
