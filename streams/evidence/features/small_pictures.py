"""The tiny picture of a photo that is kept beside its features: light and shade, and no detail."""

import cv2
import numpy as np

from streams.evidence.files.decoding import Grey

SIDE = 48
"""Pixels of the longer side."""


def small(grey: Grey) -> Grey:
    """Return a picture as :data:`SIDE` pixels of its longer side."""
    height, width = grey.shape
    scale = SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def nothing() -> Grey:
    """Return the small picture of a photo of which none was kept."""
    return np.zeros((0, 0), np.uint8)
