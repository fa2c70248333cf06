"""From a file's bytes to one small grey picture: the only place where a photo is decoded, and it happens once.

Everything after it (fingerprint, features) starts from the *working picture*: luma, upright, flattened on white, of
about 640 x 480 pixels whatever the shape, 500 x 375 where that saves much. The way there is canonical, since
fingerprints are compared for months: a change of it is a new version of
:data:`streams.evidence.features.fingerprints.VERSION` and of the features.
"""

import io
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, UnidentifiedImageError
from PIL.AvifImagePlugin import AvifImageFile
from pillow_heif import HeifImageFile

from streams.errors import MediaUnreadable
from streams.evidence.files import deep_pictures, jpeg_eighth
from streams.evidence.files.hidden_settings import hides_settings
from streams.evidence.files.limits import (
    LONGEST_AVIF_SIDE,
    LOOKED_AT,
    PILLOW_FORMATS,
    Limits,
    boxed_picture,
    boxed_size,
    branded,
    foreign_format,
)
from streams.evidence.files.orientation import on_its_side, orientation, turned
from streams.evidence.files.picture_data import picture_data
from streams.wording import causes

# Pillow warns of more than 89 megapixels, in a line of its own among a program's; how many may be is asked below.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

Grey = npt.NDArray[np.uint8]
Read = TypeVar("Read")

WORKING_PIXELS = 640 * 480
"""Area of the working picture. By area, not by longer side: a long screenshot keeps enough height to be matched."""
DECODED_SIDE = 512
"""JPEG is decoded at the smallest scale (1, 1/2, 1/4, 1/8) that leaves both sides at least this long."""
_EIGHTH, _ENOUGH_PIXELS = 8, 180_000
"""At an eighth, fewer pixels are enough (12 megapixels: 500 x 375): a JPEG decoder then computes only the mean of each
block, and every later step has less to do."""
_JPEG = frozenset({"JPEG", "MPO"})
_LONGEST_SIDE = 8_000
"""Longest side of a working picture: what features can address."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded photo. ``grey`` (h, w) is the working picture; ``width`` and ``height`` are the whole photo's.

    All are upright, in pixels. ``frames`` is how many pictures the file holds. ``hides_settings`` says that a generator
    wrote its settings into the pixels.
    """

    grey: Grey
    width: int
    height: int
    format: str
    frames: int
    hides_settings: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A photo whose header was read and whose pixels are not decoded yet; ``orientation`` is EXIF's, 1 to 8.

    ``data`` is what the decoder has of the file.
    """

    image: Image.Image
    orientation: int
    frames: int
    data: bytes = b""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, upright."""
        width, height = self.image.size
        return (height, width) if on_its_side(self.orientation) else (width, height)


def decode(photo: bytes, limits: Limits) -> Picture:
    """Return the working picture of a photo; of an animation or a multi-picture file, its first frame.

    Raises :class:`MediaUnreadable`, as :func:`read` does. Truncated files are refused, never completed.
    """
    return read(photo, limits, _picture)


def read(photo: bytes, limits: Limits, picture: Callable[[Opened], Read]) -> Read:
    """Return what ``picture`` makes of a photo that was opened and is not decoded yet.

    Raises :class:`MediaUnreadable` for whatever is wrong with the file, with its cause. Format, pixels, size and what
    decoding costs are checked on the headers, before anything is decoded.
    """
    if not photo:
        raise MediaUnreadable(causes.FILE_EMPTY)
    if len(photo) > limits.size_bytes:
        raise MediaUnreadable(causes.file_too_large(len(photo), limits.size_bytes))
    try:
        data = picture_data(photo, limits.pixels)
        with open_picture(data.data) as image:
            _check_pixels(image.size, limits)
            image.info.pop("xmp", None)  # Pillow would turn a TIFF by it, and no browser does
            image.info[deep_pictures.NEGATIVE] = data.negative
            if isinstance(image, ImageFile.ImageFile):
                # It is in memory already: pieces of 64 KB take 3 % longer. Never smaller: a WebP's pixels come in them.
                image.decodermaxblock = max(image.decodermaxblock, len(photo))
            frames = int(getattr(image, "n_frames", 1)) if data.frames is None else data.frames
            return picture(Opened(image, orientation(data, image), frames, data.data))
    except MediaUnreadable:
        raise
    except MemoryError as exc:
        raise MediaUnreadable(causes.DECODING_NEEDS_TOO_MUCH_MEMORY) from exc
    except Exception as exc:  # a decoder may raise anything, and all of it means the same
        raise MediaUnreadable(causes.PICTURE_DAMAGED) from exc


class _Heif(HeifImageFile):
    """A HEIF photo, opened without entering it among Pillow's formats, where other programs' openers would see it.

    libheif turns and mirrors it as its boxes say, which stand above EXIF, and pillow-heif removes EXIF's orientation.
    """

    def draft(self, mode: str | None, size: tuple[int, int] | None) -> None:
        """Never take the thumbnail that the file carries for the photo: nothing makes it the same picture."""


def open_picture(photo: bytes) -> Image.Image:
    """Return a picture that is not decoded yet, from what its decoder is to get; raises :class:`MediaUnreadable`."""
    name = foreign_format(photo)
    if name is not None:
        raise MediaUnreadable(causes.format_not_looked_at(name, LOOKED_AT))
    boxed = boxed_picture(photo)
    if boxed == "HEIF":
        return _Heif(io.BytesIO(branded(photo, boxed)))  # type: ignore[no-untyped-call] # pillow-heif leaves its types out here
    try:
        if boxed == "AVIF":  # Pillow asks for the first brand alone
            return AvifImageFile(io.BytesIO(branded(photo, boxed)))
        return deep_pictures.in_planes(Image.open(io.BytesIO(photo), formats=PILLOW_FORMATS), photo)
    except (UnidentifiedImageError, SyntaxError) as exc:
        if boxed == "AVIF" and max(size := boxed_size(photo)) > LONGEST_AVIF_SIDE:
            raise MediaUnreadable(causes.side_too_long(*size, LONGEST_AVIF_SIDE)) from exc
        raise MediaUnreadable(causes.not_a_picture(LOOKED_AT)) from exc
    except Image.DecompressionBombError as exc:
        raise MediaUnreadable(causes.TOO_MANY_PIXELS) from exc


def _check_pixels(size: tuple[int, int], limits: Limits) -> None:
    width, height = size
    if width * height > limits.pixels:
        raise MediaUnreadable(causes.picture_too_large(width, height, limits.pixels))


def _picture(opened: Opened) -> Picture:
    image, size = opened.image, opened.size
    name = str(image.format)
    eighth = _eighth(opened)
    upright = np.asarray(turned(_reduced(image) if eighth is None else eighth, opened.orientation))
    return Picture(_working_size(upright), *size, name, opened.frames, hides_settings(image))


def _eighth(opened: Opened) -> Image.Image | None:
    """Return a large JPEG at an eighth, decoded without Pillow where that can be done: it is the same picture."""
    if opened.image.format not in _JPEG or _reduction(opened.image.size) != _EIGHTH:
        return None
    grey = jpeg_eighth.eighth(opened.data, opened.image.size)
    return None if grey is None else Image.fromarray(grey)


def _reduced(image: Image.Image) -> Image.Image:
    factor = _reduction(image.size)
    image.draft("L", (image.width // factor, image.height // factor))
    image.load()
    return _halved(luma(image))


def luma(image: Image.Image) -> Image.Image:
    """Return the picture as 8-bit luma, transparency flattened on white, 16 bits reduced to the 8 that they use."""
    if image.mode in {"F", "I"}:
        raise MediaUnreadable(causes.SCIENTIFIC_FORMAT)
    if deep_pictures.is_deep(image):
        return deep_pictures.grey(image)
    if "transparency" in image.info or image.mode in {"RGBA", "LA", "PA", "RGBa", "La"}:
        clear = image.convert("RGBA")
        white = Image.new("L", clear.size, 255)
        return Image.composite(clear.convert("L"), white, clear.getchannel("A"))
    if image.mode in {"CMYK", "LAB", "HSV"}:
        image = image.convert("RGB")
    return image if image.mode == "L" else image.convert("L")


def working_picture(grey: Image.Image) -> Grey:
    """Return the working picture of what no file holds as a picture: a frame of a video, upright, in luma."""
    return _working_size(np.asarray(_halved(grey)))


def _halved(grey: Image.Image) -> Image.Image:
    """Return the picture reduced as a JPEG is while it is decoded."""
    factor = _reduction(grey.size)
    return grey if factor == 1 else grey.reduce(factor)


def _reduction(size: tuple[int, int]) -> int:
    """Return by which power of two a picture of this size is reduced before anything else."""
    factor = 1
    while min(size) >= 2 * factor * DECODED_SIDE:
        factor *= 2
    return max(factor, _EIGHTH) if math.prod(size) >= _EIGHTH**2 * _ENOUGH_PIXELS else factor


def _working_size(grey: Grey) -> Grey:
    height, width = grey.shape
    scale = min(1.0, math.sqrt(WORKING_PIXELS / (width * height)), _LONGEST_SIDE / max(width, height))
    if scale == 1.0:
        return np.ascontiguousarray(grey)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
