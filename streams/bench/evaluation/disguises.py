"""Forged photos in a disguise: what whoever forged a listing does next, so that it does not look like one."""

import io
from collections.abc import Callable, Mapping

import cv2
import numpy as np
from PIL import Image

from streams.bench.evaluation.frames import Frame
from streams.bench.evaluation.pixels import Chance, Pixels, Share, blended, encoded, shrunk, sized
from streams.bench.evaluation.screens import lettered

_LONGEST = 1_080
_FEW, _COLOURS = "few colours", (32, 65)
_LINES = 8
_SCREEN = (1_280, 720)


def disguised(kind: str, frame: Frame, donor: Pixels, chance: Chance) -> bytes:
    """Return a forged photo in one of :data:`KINDS` as a file; ``donor`` is another photo, for a ground."""
    if kind == _FEW:
        file = io.BytesIO()
        few = Image.fromarray(shrunk(frame.pixels, _LONGEST)).quantize(int(chance.integers(*_COLOURS)))
        few.save(file, str(chance.choice(["GIF", "PNG"])))
        return file.getvalue()
    return encoded(np.ascontiguousarray(_DRAWN[kind](frame, donor, chance)), "JPEG", int(chance.integers(65, 92)))


def _enlarged(frame: Frame, _donor: Pixels, chance: Chance) -> Pixels:
    """A part of 35 to 80 % of the sides with the damage in it, as large as a photo, mirrored or not."""
    part = frame.pixels[_around_the_damage(frame, float(chance.uniform(0.35, 0.8)), chance)]
    return _large(part[:, ::-1] if chance.random() < 1 / 3 else part)


def _before_a_blur(frame: Frame, donor: Pixels, chance: Chance) -> Pixels:
    """The goods before a blurred other ground, as a portrait is taken."""
    ground = cv2.GaussianBlur(_like(donor, frame.pixels), (0, 0), chance.uniform(0.01, 0.03) * frame.size[1])
    goods = np.asarray(cv2.GaussianBlur(_goods(frame.pixels), (0, 0), 1.5), np.float32)
    return blended(np.asarray(ground, np.uint8), frame.pixels, goods)


def _cut_out(frame: Frame, donor: Pixels, chance: Chance) -> Pixels:
    """The goods cut out, smaller and turned, on another photo or on white."""
    ground = _large(donor) if chance.random() < 1 / 2 else np.full((_LONGEST, _LONGEST, 3), 255, np.uint8)
    return _laid(frame.pixels, _goods(frame.pixels), ground, chance)


def _in_a_circle(frame: Frame, donor: Pixels, chance: Chance) -> Pixels:
    """The forged photo cut to an ellipse, in another photo."""
    width, height = frame.size
    share = np.zeros((height, width), np.float32)
    cv2.ellipse(share, (width // 2, height // 2), (width // 2, height // 2), 0, 0, 360, 1.0, -1)
    return _laid(frame.pixels, share, _large(donor), chance)


def _askew(frame: Frame, donor: Pixels, chance: Chance) -> Pixels:
    """The forged photo, smaller and turned, in another photo."""
    return _laid(frame.pixels, np.ones(frame.pixels.shape[:2], np.float32), _large(donor), chance)


def _without_colour(frame: Frame, _donor: Pixels, chance: Chance) -> Pixels:
    """In shades of grey or sepia, with more contrast."""
    grey = cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    shades = ((grey - 128) * chance.uniform(1, 1.6) + 128).clip(0, 255)[..., None]
    tint = np.array([1.0, 0.88, 0.68] if chance.random() < 1 / 2 else [1.0, 1.0, 1.0], np.float32)
    return np.asarray(shades * tint, np.uint8)


def _filtered(frame: Frame, _donor: Pixels, chance: Chance) -> Pixels:
    """Smoothed, warmer, with stronger colours, then sharpened: a beauty filter."""
    smooth = cv2.bilateralFilter(shrunk(frame.pixels, 1_280), 9, chance.uniform(40, 90), 7)
    hsv = cv2.cvtColor(smooth, cv2.COLOR_RGB2HSV).astype(np.float32)
    hsv[..., 1] *= chance.uniform(1.1, 1.5)
    warm = cv2.cvtColor(np.asarray(hsv.clip(0, 255), np.uint8), cv2.COLOR_HSV2RGB) * np.array([1.05, 1.0, 0.92])
    shown = np.asarray(warm.clip(0, 255), np.uint8)
    return np.asarray(cv2.addWeighted(shown, 1.6, cv2.GaussianBlur(shown, (0, 0), 3), -0.6, 0), np.uint8)


def _still(frame: Frame, _donor: Pixels, chance: Chance) -> Pixels:
    """A picture of a video: between black bars, blurred by a motion, coded hard."""
    width, height = _SCREEN
    screen = np.zeros((height, width, 3), np.uint8)
    scale = min(width / frame.size[0], height / frame.size[1])
    shown = sized(frame.pixels, (round(frame.size[0] * scale), round(frame.size[1] * scale)))
    top, left = (height - shown.shape[0]) // 2, (width - shown.shape[1]) // 2
    screen[top : top + shown.shape[0], left : left + shown.shape[1]] = shown
    steps = int(chance.integers(2, 6))
    moved = np.asarray(cv2.filter2D(screen, -1, np.full((1, steps), 1 / steps, np.float32)), np.uint8)
    return np.asarray(Image.open(io.BytesIO(encoded(moved, "JPEG", 45))))


def _lettered_over(frame: Frame, _donor: Pixels, chance: Chance) -> Pixels:
    """Under many lines of letters."""
    for _ in range(_LINES):
        frame = lettered(frame, chance)
    return frame.pixels


def _through_chats(frame: Frame, _donor: Pixels, chance: Chance) -> Pixels:
    """Sent on three times at 640 pixels."""
    shown = shrunk(frame.pixels, 640)
    for _ in range(2):
        shown = np.asarray(Image.open(io.BytesIO(encoded(shown, "JPEG", int(chance.integers(35, 65))))))
    return shown


def _goods(picture: Pixels) -> Share:
    """Return 1 where a picture is not the colour of its edges."""
    edges = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    apart = np.abs(picture.astype(np.int16) - np.median(edges, axis=0)).max(axis=2) > 14  # noqa: PLR2004 - levels
    return cv2.morphologyEx(apart.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)).astype(np.float32)


def _around_the_damage(frame: Frame, share: float, chance: Chance) -> tuple[slice, slice]:
    rows, columns = np.nonzero(frame.altered > 0)
    middle = [
        float(np.median(each)) if len(each) else side / 2
        for each, side in ((rows, frame.size[1]), (columns, frame.size[0]))
    ]
    cut = []
    for at, side in zip(middle, frame.pixels.shape, strict=False):
        length = max(32, round(side * share))
        first = int(np.clip(at - length * chance.uniform(0.35, 0.65), 0, max(0, side - length)))
        cut.append(slice(first, first + length))
    return cut[0], cut[1]


def _laid(shown: Pixels, share: Share, ground: Pixels, chance: Chance) -> Pixels:
    """Return the ground with a picture on it, 50 to 80 % as large and turned by up to 30 degrees."""
    height, width = ground.shape[:2]
    scale = chance.uniform(0.5, 0.8) * min(height / shown.shape[0], width / shown.shape[1])
    middle = shown.shape[1] / 2, shown.shape[0] / 2
    turn = cv2.getRotationMatrix2D(middle, float(chance.uniform(-30, 30)), float(scale))
    turn[:, 2] += np.array([width, height]) * chance.uniform(0.4, 0.6, 2) - middle
    over, there = (cv2.warpAffine(each, turn, (width, height), flags=cv2.INTER_AREA) for each in (shown, share))
    return blended(ground, over, np.asarray(there, np.float32).clip(0, 1))


def _large(picture: Pixels) -> Pixels:
    scale = _LONGEST / max(picture.shape[:2])
    return np.asarray(
        sized(picture, (max(8, round(picture.shape[1] * scale)), max(8, round(picture.shape[0] * scale)))), np.uint8
    )


def _like(picture: Pixels, other: Pixels) -> Pixels:
    return np.asarray(sized(picture, (other.shape[1], other.shape[0])), np.uint8)


_DRAWN: Mapping[str, Callable[[Frame, Pixels, Chance], Pixels]] = {
    "enlarged": _enlarged,
    "before a blur": _before_a_blur,
    "cut out": _cut_out,
    "in a circle": _in_a_circle,
    "askew": _askew,
    "without colour": _without_colour,
    "filtered": _filtered,
    "still of a video": _still,
    "lettered over": _lettered_over,
    "through chats": _through_chats,
}
KINDS = (*_DRAWN, _FEW)
