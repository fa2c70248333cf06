"""Frames of an animated picture (GIF, WebP, PNG, AVIF), as those of a short video."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import cv2
import numpy as np
from PIL import Image

from schemas.records import Reading
from streams.errors import MediaUnreadable
from streams.evidence.files import decoding
from streams.evidence.files.clips import Clip
from streams.evidence.files.colours import Colour, rgb
from streams.evidence.files.decoding import Opened
from streams.evidence.files.limits import Limits
from streams.evidence.files.orientation import orientation, turned
from streams.evidence.files.picture_data import picture_data
from streams.wording import causes
from streams.wording.cause import cause_of

FORMATS = ("GIF", "WEBP", "PNG", "AVIF")
APART_S = 0.25
"""A frame that is shown for less, so soon after one that was looked at, is passed over: drawn by hand they flow."""
MOST_PIXELS = 1_500_000_000
"""Pixels of all frames that are decoded: about fifteen seconds."""
MOST_SEEN = 5_000
"""Frames that are decoded, looked at or passed over."""
_GIF = b"GIF8"
"""Of these all frames are wanted, and a photo's decoder gets the first alone."""
_PLAYED_MS = 100
"""How long viewers show a frame that does not say it."""


def is_animated(readings: tuple[Reading, ...]) -> bool:
    """Return whether a look at a photo saw the first frame of an animation, from its readings."""
    by_name = {one.name: one for one in readings}
    cause = cause_of(by_name["frames"]) if "frames" in by_name else None
    told = cause is not None and cause.code == causes.only_first_frame(2).code
    return told and "format" in by_name and by_name["format"].value in FORMATS


@contextmanager
def opened(photo: bytes, limits: Limits) -> Iterator[Clip]:
    """Give the frames of an animated picture that was decoded before; its length is the sum of what frames state.

    Raises :class:`MediaUnreadable`, also while the frames are read.
    """
    try:
        data = picture_data(photo, limits.pixels)
        with decoding.open_picture(photo if photo.startswith(_GIF) else data.data) as image:
            turn = orientation(data, image)
            width, height = Opened(image, turn, 0).size
            if width * height > limits.pixels:
                _too_large(width, height, limits)
            clip = Clip(str(image.format), width, height, 0.0, iter(()))
            clip.frames = _frames(image, turn, clip)
            yield clip
    except MediaUnreadable:
        raise
    except Exception as exc:  # a decoder may raise anything, and all of it means the same
        raise MediaUnreadable(causes.PICTURE_DAMAGED) from exc


def _too_large(width: int, height: int, limits: Limits) -> NoReturn:
    raise MediaUnreadable(causes.picture_too_large(width, height, limits.pixels))


def _frames(image: Image.Image, turn: int, clip: Clip) -> Iterator[tuple[float, Colour]]:
    """Yield the frames that are seen, and count the clip's length; one that ends too early has none."""
    last_s, at_s, most = -APART_S, 0.0, max(1, min(MOST_SEEN, MOST_PIXELS // (clip.width * clip.height)))
    for number in range(most + 1):
        try:
            image.seek(number)
        except EOFError:
            clip.length_s = at_s
            return
        if number == most:
            return
        image.load()
        shown_s = max(0.0, float(image.info.get("duration") or _PLAYED_MS)) / 1000
        if at_s - last_s >= APART_S or shown_s >= APART_S:
            last_s = at_s
            upright = turned(rgb(image), turn)
            yield at_s, np.asarray(cv2.cvtColor(np.asarray(upright), cv2.COLOR_RGB2BGR), np.uint8)
        at_s += shown_s
