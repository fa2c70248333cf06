"""Photos to look at: drawn when they are needed, as detailed and as noisy as what a phone's camera takes."""

import io
import struct

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]

LARGE = (4_000, 3_000)
"""Width and height of what phones take: 12 megapixels."""
SMALL = (400, 300)
QUALITY = 90
SHAPES = 400
NOISE = 6.0
"""Standard deviation of the sensor's noise; with it 12 megapixels weigh about as much as a phone's photo."""
TILE = 512


def scene(seed: int, size: tuple[int, int]) -> Pixels:
    """Return a picture of coloured shapes on a soft ground, with noise; no two seeds share anything.

    ``size`` is width and height.
    """
    draw = np.random.default_rng(seed)
    width, height = size
    ground = draw.integers(60, 200, (12, 16, 3), dtype=np.uint8)
    pixels = cv2.resize(ground, size, interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    for _ in range(SHAPES):
        centre = draw.uniform(0, 1, 2) * size
        corners = centre + draw.normal(0, 0.04 * min(size), (draw.integers(3, 7), 2))
        colour = [int(value) for value in draw.integers(0, 256, 3)]
        cv2.fillPoly(pixels, [corners.astype(np.int32)], colour, lineType=cv2.LINE_AA)
    tile = draw.normal(0, NOISE, (TILE, TILE, 1)).astype(np.int16)
    noise = np.tile(tile, (height // TILE + 1, width // TILE + 1, 1))[:height, :width]
    return (pixels + noise).clip(0, 255).astype(np.uint8)


def stained(pixels: Pixels) -> Pixels:
    """Return the picture with a stain on it, as a forger paints it."""
    height, width = pixels.shape[:2]
    forged = pixels.copy()
    cv2.circle(forged, (width // 2, height // 2), min(width, height) // 8, (60, 50, 70), -1)
    return forged


def jpeg(pixels: Pixels) -> bytes:
    """Return the picture as a JPEG file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def another_file(photo: bytes, number: int) -> bytes:
    """Return the same picture as another file: a comment with ``number`` in it, so that nobody has seen it before."""
    comment = str(number).encode()
    return photo[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + photo[2:]
