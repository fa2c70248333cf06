"""How a forged photo is sent: cut, reduced, recompressed, photographed from a screen's memory, mirrored, brightened.

Every way takes the picture and its known mask along alike (:mod:`streams.bench.evaluation.frames`).
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import starmap
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from streams.bench.evaluation import screens
from streams.bench.evaluation.frames import Frame, framed, mask_of
from streams.bench.evaluation.pixels import Chance, Mask, Pixels, encoded

_TRIES = 6
_KEPT = 0.7
"""Share of the mask that a crop leaves, if it can: nobody cuts away the damage."""

Step = Callable[[Frame, Chance], Frame]


@dataclass(frozen=True, slots=True)
class Sent:
    """A claim photo as it is uploaded, and in its pixels: what was forged, and what was drawn over it on the way."""

    file: bytes
    mask: Mask
    drawn: Mask


def sent(way: str, pixels: Pixels, mask: Mask, chance: Chance) -> Sent:
    """Return the picture after one of :data:`WAYS`; a mask that is empty stays so."""
    frame = framed(pixels, mask)
    steps, form, qualities = WAYS[way]
    for step in steps:
        frame = step(frame, chance)
    quality = int(chance.integers(qualities[0], qualities[1] + 1))
    return Sent(encoded(frame.pixels, form, quality), mask_of(frame.altered), frame.drawn > 0)


def cropped(frame: Frame, chance: Chance) -> Frame:
    """Return the frame without 4 to 20 % of its width and of its height, cut at both ends by lot."""
    before = float(frame.altered.sum())
    cuts = (_cut(frame, chance) for _ in range(_TRIES))
    best = next(cuts)
    for other in cuts:
        if float(best.altered.sum()) >= _KEPT * before:
            break
        best = max(best, other, key=lambda each: float(each.altered.sum()))
    return best


def resized(frame: Frame, chance: Chance) -> Frame:
    """Return the frame at 0.4 to 1.2 of its size."""
    scale = chance.uniform(0.4, 1.2)
    width, height = frame.size
    return frame.resized((max(8, round(width * scale)), max(8, round(height * scale))))


def recompressed(frame: Frame, chance: Chance) -> Frame:
    """Return the frame after one to three rounds of JPEG of quality 30 to 95."""
    for _ in range(int(chance.integers(1, 4))):
        file = io.BytesIO(encoded(frame.pixels, "JPEG", int(chance.integers(30, 96))))
        frame = frame.toned(np.asarray(Image.open(file).convert("RGB")))
    return frame


def mirrored(frame: Frame, _chance: Chance) -> Frame:
    """Return the frame as a mirror shows it."""
    return frame.moved(lambda layer: layer[:, ::-1])


def quarter_turned(frame: Frame, chance: Chance) -> Frame:
    """Return the frame turned by one, two or three quarters."""
    turns = int(chance.integers(1, 4))
    return frame.moved(lambda layer: np.rot90(layer, turns))


def tilted(frame: Frame, chance: Chance) -> Frame:
    """Return the frame turned by 1 to 5 degrees either way, and cut upright."""
    return frame.turned(chance.uniform(1, 5) * float(chance.choice([-1, 1])))


def brightened(frame: Frame, chance: Chance) -> Frame:
    """Return the frame 5 to 15 % brighter or darker; what was light already is clipped."""
    gain = 1 + chance.uniform(0.05, 0.15) * float(chance.choice([-1, 1]))
    return frame.toned(_through(frame.pixels, np.arange(256) * gain))


def bent(frame: Frame, chance: Chance) -> Frame:
    """Return the frame with a gamma of 0.7 to 1.4."""
    gamma = float(np.exp(chance.uniform(np.log(0.7), np.log(1.4))))
    return frame.toned(_through(frame.pixels, 255 * (np.arange(256) / 255) ** gamma))


def _cut(frame: Frame, chance: Chance) -> Frame:
    (left, right), (top, bottom) = starmap(_ends, ((length, chance) for length in frame.size))
    return frame.moved(lambda layer: layer[top:bottom, left:right])


def _ends(length: int, chance: Chance) -> tuple[int, int]:
    lost = chance.uniform(0.04, 0.20) * length
    first = int(lost * chance.random())
    return first, length - int(lost - first)


def _through(pixels: Pixels, table: npt.NDArray[np.floating[Any]]) -> Pixels:
    return np.asarray(cv2.LUT(pixels, table.round().clip(0, 255).astype(np.uint8)), np.uint8)


Way = tuple[tuple[Step, ...], str, tuple[int, int]]
"""Steps, the format of the file in the end, and the range of its quality."""

_GOOD = (88, 95)
WAYS: Mapping[str, Way] = {
    "saved anew": ((), "JPEG", _GOOD),
    "JPEG": ((recompressed,), "JPEG", (30, 95)),
    "resize": ((resized,), "JPEG", _GOOD),
    "crop": ((cropped,), "JPEG", _GOOD),
    "screenshot": ((screens.screenshot,), "PNG", _GOOD),
    "mirror": ((mirrored,), "JPEG", _GOOD),
    "quarter turn": ((quarter_turned,), "JPEG", _GOOD),
    "tilt": ((tilted,), "JPEG", _GOOD),
    "brightness": ((brightened,), "JPEG", _GOOD),
    "gamma": ((bent,), "JPEG", _GOOD),
    "WebP": ((), "WEBP", (50, 90)),
    "text": ((screens.lettered,), "JPEG", _GOOD),
    "crop, JPEG": ((cropped,), "JPEG", (60, 85)),
    "crop, resize, JPEG": ((cropped, resized), "JPEG", (60, 80)),
    "screenshot, JPEG": ((screens.screenshot, recompressed), "JPEG", (60, 85)),
    "mirror, crop, JPEG": ((mirrored, cropped), "JPEG", (60, 85)),
    "tilt, brightness, JPEG": ((tilted, brightened), "JPEG", (60, 85)),
    "quarter turn, resize, WebP": ((quarter_turned, resized), "WEBP", (50, 85)),
    "gamma, resize, JPEG": ((bent, resized), "JPEG", (60, 85)),
    "text, crop, JPEG": ((screens.lettered, cropped), "JPEG", (60, 85)),
}
LIGHT = frozenset({"saved anew", "JPEG", "resize"})
"""What every photo goes through when it is sent on: here nothing may be missed."""
