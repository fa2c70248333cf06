"""Pictures as arrays, and the few ways in which every camera and every messenger changes them."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
"""A picture: (height, width, 3), red, green, blue, 0 to 255."""
Light = npt.NDArray[np.float32]
"""One number a pixel (height, width), or one for each of its colours (height, width, 3)."""

PHONE = (1_200, 900)
"""Width and height of a photo as it is uploaded, in pixels: about one megapixel."""


def drawn(seed: int, *what: int) -> np.random.Generator:
    """Return the random generator of one thing of the demo: it gives the same numbers in every process and run."""
    return np.random.default_rng((seed, *what))


def sized(picture: Pixels, size: tuple[int, int] = PHONE) -> Pixels:
    """Return the middle of the picture in ``size`` (width, height), scaled as little as covers it."""
    height, width = picture.shape[:2]
    scale = max(size[0] / width, size[1] / height)
    covering = max(size[0], round(width * scale)), max(size[1], round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    whole = cv2.resize(picture, covering, interpolation=how)
    left, top = (covering[0] - size[0]) // 2, (covering[1] - size[1]) // 2
    return _pixels(whole[top : top + size[1], left : left + size[0]])


def shaded(picture: Pixels, factor: Light) -> Pixels:
    """Return the picture with each pixel's light multiplied by ``factor``."""
    each = factor if factor.shape == picture.shape else cv2.merge([factor] * 3)
    return _pixels(cv2.multiply(picture, np.ascontiguousarray(each, np.float32), dtype=cv2.CV_8U))


def blended(below: Pixels, above: Pixels, share: Light) -> Pixels:
    """Return ``above`` laid over ``below``; ``share`` (height, width) is how much of it is seen, 0 to 1."""
    opaque = share[..., None]
    return _pixels(below + (above.astype(np.float32) - below) * opaque)


def soft_noise(chance: np.random.Generator, size: tuple[int, int], grain: float) -> Light:
    """Return clouds between 0 and 1, of (width, height) ``size``; ``grain`` is the size of one cloud in pixels."""
    width, height = size
    coarse = chance.random((max(2, round(height / grain)), max(2, round(width / grain))), np.float32)
    return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC).clip(0, 1), np.float32)


def photographed(picture: Pixels, chance: np.random.Generator, *, quality: int) -> bytes:
    """Return the JPEG that a phone makes of a scene: its light, its noise, its size, its compression."""
    height, width = picture.shape[:2]
    across, down = np.meshgrid(
        np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32)
    )
    slant, lean, corner = chance.uniform((-0.12, -0.12, 0.06), (0.12, 0.12, 0.16)).tolist()
    warmth = np.array([1 + chance.uniform(-0.05, 0.06), 1, 1 - chance.uniform(-0.05, 0.06)], np.float32)
    light = (1 + slant * across + lean * down - corner * (across**2 + down**2))[..., None] * warmth
    lit = sized(shaded(picture, np.asarray(light, np.float32)))
    grain = cv2.resize(chance.standard_normal((PHONE[1] // 2, PHONE[0] // 2), np.float32) * 3.5, PHONE)
    return jpeg(_pixels(cv2.add(lit, cv2.merge([grain] * 3), dtype=cv2.CV_8U)), quality)


def jpeg(picture: Pixels, quality: int) -> bytes:
    """Return the picture as JPEG."""
    _, encoded = cv2.imencode(".jpg", np.ascontiguousarray(picture[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return encoded.tobytes()


def _pixels(values: npt.NDArray[Any]) -> Pixels:
    return np.ascontiguousarray(values, dtype=np.uint8)
