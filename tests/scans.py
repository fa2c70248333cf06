"""Printed articles as a scanner app hands them on: laid flat, filling the frame, each with a light of its own."""

import cv2
import numpy as np
from PIL import Image

from streams.bench.evaluation.cameras import photographed
from streams.bench.evaluation.pixels import Chance
from streams.bench.evaluation.tabletop import lighten


def scanned(artwork: Image.Image, chance: Chance) -> Image.Image:
    """Return one buyer's own photo of a printed article that fills its frame."""
    black, white = chance.uniform(10, 45), chance.uniform(205, 245)
    ink = black + (white - black) * (np.asarray(artwork, np.float32) / 255)
    press = cv2.GaussianBlur(ink, (0, 0), float(chance.uniform(0.4, 0.9)))
    scene = np.asarray(press + chance.normal(0, 2, press.shape[:2])[..., None], np.float32)
    lighten(scene, chance, glare=False)
    return Image.fromarray(photographed(scene, chance))
