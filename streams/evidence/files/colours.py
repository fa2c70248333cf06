"""A photo in colour, upright, at the size at which two photos are compared pixel by pixel.

Only pairs whose features agree come here; fingerprints and features start from :mod:`streams.evidence.files.decoding`.
"""

import math
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from streams.evidence.files import decoding, deep_pictures
from streams.evidence.files.decoding import Grey, Opened
from streams.evidence.files.limits import Limits
from streams.evidence.files.orientation import turned

Colour = npt.NDArray[np.uint8]

COMPARED_PIXELS = 1024 * 768
"""Area at which pixels are compared: below it hair-thin cracks are lost, above it the time is."""
CLOSE_PIXELS = 2_500_000
"""Area at which thin lines are looked at once more (:mod:`streams.evidence.comparing.thin_lines`)."""
_OPAQUE, _MOSTLY_OPAQUE = 255, 250
_DECODED_SIDE = 720
"""JPEG is decoded at the smallest scale that leaves both sides at least this long, for ``COMPARED_PIXELS``."""


@dataclass(frozen=True, slots=True)
class ColourImage:
    """A photo for comparing: ``pixels`` (h, w, 3) RGB, reduced; ``width``, ``height`` the whole photo's, upright.

    ``solid`` (h, w) is 255 where the photo is opaque and 0 elsewhere, None where it is opaque all over: goods that are
    cut out on transparent ground may be shown on any, so the ground is no part of a comparison.
    """

    pixels: Colour
    width: int
    height: int
    solid: Grey | None = None

    def grey(self) -> Grey:
        """Return the pixels' brightness (h, w)."""
        return np.asarray(cv2.cvtColor(self.pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def develop(photo: bytes, limits: Limits, most_pixels: int = COMPARED_PIXELS) -> ColourImage:
    """Return a photo in colour, of ``most_pixels`` at most; raises :class:`streams.errors.MediaUnreadable`."""
    return decoding.read(photo, limits, partial(_colour_image, most_pixels=most_pixels))


def _colour_image(opened: Opened, most_pixels: int) -> ColourImage:
    image, size = opened.image, opened.size
    side = round(_DECODED_SIDE * math.sqrt(most_pixels / COMPARED_PIXELS))
    image.draft("RGB", (side, side))
    image.load()
    pixels = compared_size(np.asarray(turned(rgb(image), opened.orientation)), most_pixels)
    return ColourImage(pixels, *size, _solid(image, opened.orientation, pixels))


def _solid(image: Image.Image, orientation: int, pixels: Colour) -> Grey | None:
    """Return where a picture is opaque, at the size of its ``pixels``; None where it is so all over."""
    if not _may_be_clear(image):
        return None
    alpha = np.asarray(turned(deep_pictures.opacity(image), orientation))
    if alpha.min(initial=_OPAQUE) == _OPAQUE:
        return None
    height, width = pixels.shape[:2]
    reduced = cv2.resize(alpha, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(np.where(reduced >= _MOSTLY_OPAQUE, np.uint8(255), np.uint8(0)))


def _may_be_clear(image: Image.Image) -> bool:
    return "transparency" in image.info or image.mode in {"RGBA", "LA", "PA", "RGBa", "La"}


def rgb(image: Image.Image) -> Image.Image:
    """Return the picture as RGB, transparency flattened on white; deeper pictures come through their luma."""
    if image.mode == "F" or image.mode.startswith("I"):
        return decoding.luma(image).convert("RGB")
    if _may_be_clear(image):
        clear = image.convert("RGBA")
        white = Image.new("RGBA", clear.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, clear).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def compared_size(pixels: Colour, most_pixels: int = COMPARED_PIXELS) -> Colour:
    """Return an upright RGB picture at the size at which pixels are compared."""
    height, width = pixels.shape[:2]
    scale = min(1.0, math.sqrt(most_pixels / (width * height)))
    if scale == 1.0:
        return np.ascontiguousarray(pixels)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
