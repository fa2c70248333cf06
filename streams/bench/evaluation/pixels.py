"""Pictures as arrays, and the few operations that every damage and every laundering is made of. Pure."""

import hashlib
import io
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

Pixels = npt.NDArray[np.uint8]
"""A picture: (height, width, 3), red, green, blue."""
Share = npt.NDArray[np.float32]
"""How much of each pixel is meant, 0 to 1: (height, width)."""
Mask = npt.NDArray[np.bool_]
Chance = np.random.Generator

VISIBLE = 8
"""Levels of 255, in the channel that differs most, from which a change counts as one that can be seen."""


def drawn(*what: object) -> Chance:
    """Return the random generator of one thing of a run: it gives the same numbers in every process."""
    digest = hashlib.blake2b("\x1f".join(map(str, what)).encode(), digest_size=16).digest()
    return np.random.default_rng(int.from_bytes(digest))


def opened(photo: bytes) -> Pixels:
    """Return a photo's pixels, upright, transparency flattened on white."""
    with Image.open(io.BytesIO(photo)) as image:
        upright = ImageOps.exif_transpose(image)
        if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
            clear = upright.convert("RGBA")
            ground = Image.new("RGBA", clear.size, (255, 255, 255, 255))
            upright = Image.alpha_composite(ground, clear)
        return np.asarray(upright.convert("RGB"))


def encoded(picture: Pixels, form: str, quality: int = 95) -> bytes:
    """Return the picture as a file; ``form`` is Pillow's name of the format, ``quality`` is unused by PNG."""
    file = io.BytesIO()
    options = {"compress_level": 1} if form == "PNG" else {"quality": quality}
    Image.fromarray(picture).save(file, form, **options)
    return file.getvalue()


def sized(layer: npt.NDArray[Any], size: tuple[int, int]) -> npt.NDArray[Any]:
    """Return a picture or a share in ``size`` (width, height), averaged where it shrinks."""
    shrinks = size[0] * size[1] < layer.shape[0] * layer.shape[1]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(np.ascontiguousarray(layer), size, interpolation=how), layer.dtype)


def shrunk(picture: Pixels, longest: int) -> Pixels:
    """Return the picture with its longer side at most ``longest`` pixels."""
    height, width = picture.shape[:2]
    scale = longest / max(height, width)
    return picture if scale >= 1 else sized(picture, (max(1, round(width * scale)), max(1, round(height * scale))))


def blended(below: Pixels, above: npt.NDArray[Any], share: Share) -> Pixels:
    """Return ``above`` laid over ``below``; ``share`` is how much of it is seen."""
    mixed = below + (above.astype(np.float32) - below) * share[..., None]
    return np.asarray(mixed.round().clip(0, 255), np.uint8)


def clouds(chance: Chance, size: tuple[int, int], grain: float) -> Share:
    """Return soft noise of (width, height) ``size``; ``grain`` is the size of one cloud in pixels."""
    width, height = size
    coarse = chance.random((max(2, round(height / grain)), max(2, round(width / grain))), np.float32)
    return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC).clip(0, 1), np.float32)


def difference(one: Pixels, other: Pixels) -> npt.NDArray[np.uint8]:
    """Return by how many levels each pixel differs, in the channel that differs most."""
    return np.asarray(cv2.absdiff(one, other).max(axis=2), np.uint8)
