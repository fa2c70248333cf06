"""Alterations for tests, each with the mask of what it altered; and how masks are compared."""

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from tests.photos import a_picture

Mask = npt.NDArray[np.bool_]
Altered = tuple[Image.Image, Mask]


def with_a_stain(picture: Image.Image) -> Altered:
    pixels = np.asarray(picture).astype(np.float32)
    height, width = pixels.shape[:2]
    spot = np.zeros((height, width), np.float32)
    cv2.ellipse(spot, (width // 3, height // 2), (width // 8, height // 7), 25, 0, 360, 1.0, -1)
    soft = cv2.GaussianBlur(spot, (0, 0), 2)[..., None] * 0.75
    stained = pixels * (1 - soft) + np.array([70, 45, 20], np.float32) * soft
    return Image.fromarray(stained.astype(np.uint8)), spot > 0.5


def with_a_patch(picture: Image.Image) -> Altered:
    """A piece of another picture with a bent outline: a rectangle or a disc might be a photo that was laid into it."""
    pixels = np.asarray(picture).copy()
    other = np.asarray(a_picture(seed=99, width=picture.width, height=picture.height))
    height, width = pixels.shape[:2]
    spot = np.zeros((height, width), np.uint8)
    cv2.ellipse(spot, (width * 5 // 8, height * 3 // 8), (width // 7, height // 10), 0, 0, 360, 1, -1)
    mask = spot > 0
    pixels[mask] = other[mask]
    return Image.fromarray(pixels), mask


def with_a_crack(picture: Image.Image) -> Altered:
    pixels = np.asarray(picture).copy()
    height, width = pixels.shape[:2]
    steps = np.array([[0.3, 0.3], [0.38, 0.36], [0.42, 0.47], [0.53, 0.5], [0.58, 0.62], [0.7, 0.66]])
    line = (steps * (width, height)).astype(np.int32)
    mask = np.zeros((height, width), np.uint8)
    cv2.polylines(mask, [line], isClosed=False, color=255, thickness=3)
    pixels[mask > 0] = (15, 12, 10)
    return Image.fromarray(pixels), mask > 0


def overlap(one: Mask | None, other: Mask) -> float:
    """Intersection over union, 0 where there is no mask."""
    return 0.0 if one is None else float((one & other).sum() / max(1, (one | other).sum()))


def grown(mask: Mask, pixels: int) -> Mask:
    """The mask and what lies within so many pixels around it."""
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((2 * pixels + 1, 2 * pixels + 1), np.uint8)) > 0)
