"""Frames of an animated picture (GIF, WebP, PNG, AVIF), as those of a short video."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import cv2
import numpy as np
import numpy.typing as npt
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
"""A frame that is shown for less, so soon after one that was looked at, is passed over: drawn by hand they flow. Not so
the last one, and one that looks like none that was looked at."""
MOST_SHORT = 32
"""Frames that are looked at for that."""
_TINY, _NEW_LEVELS = (16, 16), 8.0
"""A frame looks new by so many grey levels, reduced to so few pixels."""
MOST_PIXELS = 1_500_000_000
"""Pixels of all frames that are decoded: about fifteen seconds."""
MOST_SEEN = 5_000
"""Frames that are decoded, looked at or passed over."""
_GIF = b"GIF8"
"""Of these all frames are wanted, and a photo's decoder gets the first alone."""
_PLAYED_FROM_MS, _PLAYED_MS = 10, 100
"""Up to the first viewers do not believe how long a frame is to be shown, and show it for the second."""


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
    choice, at_s, most = _Choice(), 0.0, max(1, min(MOST_SEEN, MOST_PIXELS // (clip.width * clip.height)))
    passed: tuple[float, Image.Image] | None = None
    for number in range(most + 1):
        try:
            image.seek(number)
        except EOFError:
            if passed is not None:  # what is played once ends with it
                yield passed[0], _upright(passed[1], turn)
            clip.length_s = at_s
            return
        if number == most:
            return
        image.load()
        shown_s, frame = _shown_s(image), rgb(image)
        passed = None if choice.wants(at_s, shown_s, frame) else (at_s, frame)
        if passed is None:
            yield at_s, _upright(frame, turn)
        at_s = round(at_s + shown_s, 6)  # twenty times a twentieth is a second


def _shown_s(image: Image.Image) -> float:
    """Return for how long viewers show a frame: one that says nothing, or next to nothing, for a tenth of a second."""
    stated_ms = float(image.info.get("duration") or 0)
    return (stated_ms if stated_ms > _PLAYED_FROM_MS else _PLAYED_MS) / 1000


def _upright(frame: Image.Image, turn: int) -> Colour:
    return np.asarray(cv2.cvtColor(np.asarray(turned(frame, turn)), cv2.COLOR_RGB2BGR), np.uint8)


class _Choice:
    """Chooses frames as they go by: those that are shown for long, one in so often, and the first that look new."""

    def __init__(self) -> None:
        self._last_s = -APART_S
        self._looks: list[npt.NDArray[np.int16]] = []
        self._short = 0

    def wants(self, at_s: float, shown_s: float, frame: Image.Image) -> bool:
        """Return whether a frame is to be looked at."""
        tiny = np.asarray(frame.resize(_TINY, Image.Resampling.BOX, reducing_gap=2), np.int16)
        soon = at_s - self._last_s < APART_S and shown_s < APART_S
        if soon and (self._short == MOST_SHORT or not self._is_new(tiny)):
            return False
        self._short += soon
        self._last_s = at_s
        self._looks.append(tiny)
        return True

    def _is_new(self, tiny: npt.NDArray[np.int16]) -> bool:
        return all(np.abs(tiny - seen).mean() >= _NEW_LEVELS for seen in self._looks)
