"""Forgeries as buyers make them: the merchant's own photo, damage painted into it, and traces of the way it was sent.

Each takes the merchant's photo and where in it the goods are, and returns the altered picture.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from streams.demo.photographs import Box, part_of
from streams.demo.pixels import Light, Pixels, blended, jpeg, shaded, sized, soft_noise

Kind = Literal["crack", "stain", "hole", "mould", "scene"]
COARSE = 3
"""Soft things are worked out on every third pixel."""
Way = Literal["as it is", "recompressed", "cropped", "resized", "mirrored", "screenshot"]


@dataclass(frozen=True, slots=True)
class Forged:
    """A forged photo as it is uploaded, and which share of its area was painted over before it was sent on its way."""

    photo: bytes
    share: float


def forge(photo: Pixels, goods: Box, kind: Kind, way: Way, chance: np.random.Generator) -> Forged:
    """Return the merchant's photo with damage of one kind, sent one way."""
    altered = _KINDS[kind](photo, goods, chance)
    changed = np.abs(altered.astype(np.int16) - photo).max(-1) > 12  # noqa: PLR2004 - what an eye sees
    return Forged(sent(altered, way, chance), float(changed.mean()))


def sent(picture: Pixels, way: Way, chance: np.random.Generator) -> bytes:
    """Return the picture as JPEG after one way of sending it."""
    height, width = picture.shape[:2]
    if way == "cropped":
        top, bottom, left, right = chance.uniform(0.02, 0.06, 4)
        picture = picture[int(top * height) : int((1 - bottom) * height), int(left * width) : int((1 - right) * width)]
    elif way == "resized":
        share = chance.uniform(0.55, 0.8)
        picture = sized(picture, (round(width * share), round(height * share)))
    elif way == "mirrored":
        picture = picture[:, ::-1]
    elif way == "screenshot":
        picture = _screenshot(picture)
    return jpeg(picture, 60 if way == "recompressed" else int(chance.integers(78, 92)))


# --- damage ----------------------------------------------------------------------------------------------------------


def crack(photo: Pixels, goods: Box, chance: np.random.Generator) -> Pixels:
    """Return the photo with a branching crack: dark inside, one edge in the light."""
    height, width = photo.shape[:2]
    dark, bright = np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8)
    left, top, right, bottom = _within(photo, goods)
    reach = min(right - left, bottom - top)
    start = np.array([chance.uniform(left + 0.25 * (right - left), right - 0.25 * (right - left)), top + 0.12 * reach])
    branches = [(start, chance.uniform(0.35, 0.65) * np.pi, 1.0)]
    while branches:
        at, heading, strength = branches.pop()
        length = strength * reach * chance.uniform(0.75, 1.0)
        path = _wandering(at, heading, length, chance)
        thick = max(1, round(strength * reach * chance.uniform(0.010, 0.016)))
        _tapered(dark, path, thick)
        _tapered(bright, np.add(path, (thick * 0.8, thick * 0.6)), max(1, thick // 2))
        if strength > 0.3:  # noqa: PLR2004 - hair cracks do not branch
            for _ in range(chance.integers(1, 4)):
                side = heading + chance.choice([-1, 1]) * chance.uniform(0.5, 1.1)
                branches.append((path[chance.integers(3, len(path))], side, strength * chance.uniform(0.35, 0.55)))
    for mask in (dark, bright):  # a crack ends where the goods end
        mask[:, :left], mask[:, right:], mask[:top], mask[bottom:] = 0, 0, 0, 0
    inside, edge = _soft(dark, 0.9), _soft(bright, 1.1)
    return blended(blended(photo, np.full_like(photo, 236), edge * 0.5), _darkened(photo, 0.14), inside * 0.95)


def stain(photo: Pixels, goods: Box, chance: np.random.Generator) -> Pixels:
    """Return the photo with a spilt stain: it takes light away, most at its rim, and runs into drops."""
    height, width = photo.shape[:2]
    left, top, right, bottom = _within(photo, goods)
    reach = min(right - left, bottom - top)
    across, down = np.meshgrid(np.arange(0, width, COARSE), np.arange(0, height, COARSE))
    small = across.shape[::-1]
    ragged = 0.55 + soft_noise(chance, small, 70 / COARSE) * 0.7 + soft_noise(chance, small, 18 / COARSE) * 0.25
    spot = np.zeros(across.shape)
    middle = _amid(photo, goods, chance)
    for drop in range(chance.integers(4, 8)):
        size = (0.30 if drop == 0 else chance.uniform(0.03, 0.12)) * reach
        at = middle if drop == 0 else middle + chance.normal(0, 0.22 * reach, 2)
        away = np.hypot((across - at[0]) * chance.uniform(0.75, 1.1), down - at[1]) / (size * ragged)
        spot = np.maximum(spot, np.clip((1.05 - away) * 6, 0, 1) * (0.7 + 0.3 * np.clip(away, 0, 1) ** 4))
    kinds = ((0.42, 0.25, 0.12), (0.35, 0.33, 0.20), (0.55, 0.16, 0.14))  # coffee, mud, sauce
    colour = np.array(kinds[chance.integers(len(kinds))], np.float32)
    share = cv2.resize(spot.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    return shaded(photo, np.asarray(1 - share[..., None] * (1 - colour) * 0.8, np.float32))


def hole(photo: Pixels, goods: Box, chance: np.random.Generator) -> Pixels:
    """Return the photo with a piece broken out: a jagged dark hole, its torn edge pale, its depth in shadow."""
    height, width = photo.shape[:2]
    left, top, right, bottom = _within(photo, goods)
    size = min(right - left, bottom - top) * chance.uniform(0.14, 0.22)
    middle = np.array([chance.uniform(left + size, right - size), chance.uniform(top + size, bottom - size)])
    angles = np.linspace(0, 2 * np.pi, 26, endpoint=False)
    outline = np.stack([np.cos(angles), np.sin(angles) * 0.8], 1) * size * chance.uniform(0.55, 1.25, (26, 1))
    torn, open_ = np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8)
    cv2.fillPoly(torn, [(middle + outline * 1.16).astype(np.int32)], 255, cv2.LINE_AA)
    cv2.fillPoly(open_, [(middle + outline).astype(np.int32)], 255, cv2.LINE_AA)
    fibres = part_of("gravel", (0.2, 0.2, 0.7, 0.6))
    pale = shaded(sized(fibres, (width, height)), np.full((height, width), 1.55, np.float32))
    shade = cv2.GaussianBlur(np.roll(open_, (round(size * 0.2), round(size * 0.15)), (0, 1)), (0, 0), size * 0.12)
    depth = _darkened(sized(fibres, (width, height)), 0.14)
    lit = blended(depth, _darkened(photo, 0.5), np.asarray(shade, np.float32) * np.float32(0.35 / 255))
    return blended(blended(photo, pale, _soft(torn, 1.2)), lit, _soft(open_, 1.2))


def mould(photo: Pixels, goods: Box, chance: np.random.Generator) -> Pixels:
    """Return the photo with a real texture laid over a part of it, as mould or dirt would lie there."""
    height, width = photo.shape[:2]
    left, top, right, bottom = _within(photo, goods)
    across, down = np.meshgrid(np.linspace(0, 1, width, dtype=np.float32), np.linspace(0, 1, height, dtype=np.float32))
    middle = _amid(photo, goods, chance) / (width, height)
    reach = np.array([right - left, bottom - top]) / (width, height) * chance.uniform(0.26, 0.34)
    away = np.hypot((across - middle[0]) / reach[0], (down - middle[1]) / reach[1]).astype(np.float32)
    patchy = soft_noise(chance, (width, height), 45) * 0.8 + soft_noise(chance, (width, height), 10) * 0.4
    share = np.clip((1.25 - away) * 1.4, 0, 1) * np.clip((patchy - 0.42) * 6, 0, 1)
    grown = sized(part_of("grass", (0.1, 0.1, 0.9, 0.7)), (width, height))
    tints = ((0.55, 0.66, 0.48), (0.42, 0.40, 0.34), (0.72, 0.74, 0.70))
    tint = np.array(tints[chance.integers(len(tints))], np.float32)
    return blended(photo, shaded(grown, np.broadcast_to(tint, grown.shape)), share.astype(np.float32) * 0.85)


def scene(photo: Pixels, goods: Box, chance: np.random.Generator) -> Pixels:
    """Return the goods of the photo in another scene, as a generator fills one in around them."""
    height, width = photo.shape[:2]
    left, top, right, bottom = _within(photo, goods)
    around = np.zeros((height, width), np.uint8)
    axes = max(2, round(0.54 * (right - left))), max(2, round(0.54 * (bottom - top)))
    cv2.ellipse(around, ((left + right) // 2, (top + bottom) // 2), axes, 0, 0, 360, 255, -1)
    ground = sized(part_of(("gravel", "grass", "brick")[chance.integers(3)]), (width, height))
    tinted = shaded(ground, np.asarray(chance.uniform(0.75, 1.15, 3) * np.ones(photo.shape), np.float32))
    soft = np.asarray(cv2.GaussianBlur(tinted, (0, 0), chance.uniform(1.0, 2.0)), np.uint8)
    return blended(soft, photo, _soft(around, 2.5))


_KINDS: dict[Kind, Callable[[Pixels, Box, np.random.Generator], Pixels]] = {
    "crack": crack,
    "stain": stain,
    "hole": hole,
    "mould": mould,
    "scene": scene,
}
KINDS: tuple[Kind, ...] = ("crack", "stain", "hole", "mould")
"""What is painted onto the goods; a scene is made up around them."""


def _amid(photo: Pixels, goods: Box, chance: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return a point in the inner half of the goods, in pixels."""
    left, top, right, bottom = _within(photo, goods)
    return chance.uniform(0.25, 0.75, 2) * (right - left, bottom - top) + (left, top)


def _within(photo: Pixels, goods: Box) -> tuple[int, int, int, int]:
    height, width = photo.shape[:2]
    left, top, right, bottom = goods
    return round(left * width), round(top * height), round(right * width), round(bottom * height)


def _wandering(
    at: npt.NDArray[np.float64], heading: float, length: float, chance: np.random.Generator
) -> npt.NDArray[np.float64]:
    turns = heading + np.cumsum(chance.normal(0, 0.28, 24)) * 0.6 + chance.normal(0, 0.35, 24)
    steps = np.stack([np.cos(turns), np.sin(turns)], 1) * length / 24
    return np.concatenate([at[None], at + np.cumsum(steps, axis=0)])


def _tapered(mask: npt.NDArray[np.uint8], path: npt.NDArray[np.float64], thick: int) -> None:
    points = path.round().astype(int)
    for step, (here, there) in enumerate(pairwise(points)):
        width = max(1, round(thick * (1 - 0.8 * step / len(points))))
        cv2.line(mask, here.tolist(), there.tolist(), 255, width, cv2.LINE_AA)


def _soft(mask: npt.NDArray[np.uint8], blur: float) -> Light:
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), blur) / 255, np.float32)


def _darkened(photo: Pixels, factor: float) -> Pixels:
    return shaded(photo, np.full(photo.shape[:2], factor, np.float32))


# --- the way it was sent ---------------------------------------------------------------------------------------------


def _screenshot(picture: Pixels) -> Pixels:
    """Return a phone's screenshot of a shop's page that shows the photo."""
    page = Image.new("RGB", (1_080, 1_600), (250, 250, 250))
    draw = ImageDraw.Draw(page)
    small, large = ImageFont.load_default(34), ImageFont.load_default(52)
    draw.text((40, 24), "10:42", fill=(30, 30, 30), font=small)
    draw.text((900, 24), "5G  87%", fill=(30, 30, 30), font=small)
    page.paste(Image.fromarray(sized(picture, (1_080, 810))), (0, 100))
    draw.text((40, 950), "CNY 129.00", fill=(210, 50, 40), font=large)
    for row, length in enumerate((900, 760, 620)):
        draw.rectangle((40, 1_050 + row * 56, 40 + length, 1_078 + row * 56), fill=(214, 214, 214))
    draw.rounded_rectangle((560, 1_440, 1_040, 1_550), 55, fill=(240, 90, 50))
    draw.text((700, 1_468), "Buy now", fill=(255, 255, 255), font=large)
    return np.asarray(page)
