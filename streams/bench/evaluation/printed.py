"""An honest photo of printed goods: a box, a carton or a cover that was really there, beside its own packshot.

The packshot and the goods show one artwork: the merchant's file is made from it on a computer, the claim by a press, by
light and by a camera. Nothing of the claim comes from the merchant's file.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from streams.bench.evaluation.cameras import Light, photographed
from streams.bench.evaluation.pixels import Chance, Pixels, clouds, encoded, sized
from streams.bench.evaluation.planes import Bend, Matrix, corners, fitted, tilt
from streams.bench.evaluation.tabletop import laid, lighten, size_of

KINDS = ("cover", "cover, near", "cover, frontal", "carton", "carton, bent", "several", "partly covered", "glare")
_SCENE = (900, 1_300)
_DEGREES, _FRONTAL, _SPIN = (6.0, 45.0), (0.0, 4.0), 180.0
"""How far goods are tilted; posters and covers that somebody stands right before; and how far they are turned."""
_SIZE = (0.35, 0.85)
"""Share of the frame's sides that the goods take."""
_LISTING_LONG, _LISTING_QUALITY = (350, 1_000), (70, 93)
_MARGIN = 0.1
_COLOURED, _CARD, _WHITE = 0.75, (110.0, 220.0), 255
"""How often goods are printed on card that is not white, and in which levels its colours lie."""


@dataclass(frozen=True, slots=True)
class Printed:
    """The packshot's file, and the photo of the goods."""

    listing: bytes
    claim: Pixels


def printed(kind: str, artwork: Pixels, ground: Pixels, chance: Chance) -> Printed:
    """Return goods of one of :data:`KINDS` with ``artwork`` on them, before a ``ground``, and their packshot."""
    artwork = _on_card(artwork, chance)
    press = _pressed(artwork, chance)
    first, *more = kind.split(", ")
    scene = _before(ground, chance)
    if first == "several":
        for _ in range(int(chance.integers(1, 4))):
            _put(scene, press, _view(scene, press, chance, _DEGREES, aside=True), None, chance)
    degrees = _FRONTAL if "frontal" in more else _DEGREES
    view = _view(scene, press, chance, degrees, near="near" in more)
    _put(scene, press, view, _bend(chance) if "bent" in more or chance.random() < 1 / 3 else None, chance)
    if first == "partly covered":
        _covered(scene, ground, corners(view, size_of(press)), chance)
    lighten(scene, chance, glare=first == "glare" or chance.random() < 1 / 3)
    on_white = first in {"carton", "several"}
    return Printed(_listing(artwork, chance, on_white=on_white), photographed(scene, chance))


def _on_card(artwork: Pixels, chance: Chance) -> Pixels:
    """Return the artwork on card of some colour, mostly: white around goods is a shop's, seldom a box's."""
    if chance.random() > _COLOURED:
        return artwork
    card = chance.uniform(*_CARD, 3)
    return (artwork.astype(np.float32) * (card / _WHITE)).round().clip(0, _WHITE).astype(np.uint8)


def _pressed(artwork: Pixels, chance: Chance) -> Light:
    """Return the artwork as ink shows it: less deep, white and colourful, a little soft, with the paper's grain."""
    ink = artwork.astype(np.float32)
    grey = ink.mean(axis=2, keepdims=True)
    ink = grey + (ink - grey) * np.float32(chance.uniform(0.65, 1.0))
    black, white = chance.uniform(10, 45), chance.uniform(205, 245)
    gamma = chance.uniform(0.8, 1.3)
    ink = black + (white - black) * (ink / 255).clip(0, 1) ** gamma
    ink = np.asarray(cv2.GaussianBlur(ink, (0, 0), float(chance.uniform(0.4, 0.9))), np.float32)
    return np.asarray(ink + chance.normal(0, chance.uniform(0.5, 3), ink.shape), np.float32)


def _before(ground: Pixels, chance: Chance) -> Light:
    """Return an empty scene with another photo as its ground."""
    long = int(chance.integers(*_SCENE))
    size = (long, round(long * 0.75)) if chance.random() < 1 / 2 else (round(long * 0.75), long)
    return np.asarray(sized(ground, size), np.float32)


def _view(
    scene: Light,
    press: Light,
    chance: Chance,
    degrees: tuple[float, float],
    *,
    near: bool = False,
    aside: bool = False,
) -> Matrix:
    """Return how the goods lie: tilted and turned anyhow, wholly in the frame, filling it, or somewhere beside."""
    size, (width, height) = size_of(press), size_of(scene)
    spin = float(chance.choice([chance.normal(0, 10), chance.uniform(-_SPIN, _SPIN)]))
    view = tilt(size, float(chance.uniform(*degrees)), chance, spin)
    share = chance.uniform(*_SIZE)
    room = np.array([width, height]) * (1 - share)
    left, top = chance.uniform(-0.3, 1.3, 2) * room if aside else chance.uniform(0, 1, 2) * room
    view = fitted(view, size, (left, top, left + width * share, top + height * share))
    if not near:
        return view
    zoom, middle = chance.uniform(1.1, 1.8) / share, corners(view, size).mean(axis=0)
    about = np.array([[zoom, 0, width / 2 - zoom * middle[0]], [0, zoom, height / 2 - zoom * middle[1]], [0, 0, 1]])
    return np.asarray(about @ view)


def _bend(chance: Chance) -> Bend:
    towards, start = chance.uniform(0, 2 * np.pi, 2)
    return Bend(float(towards), float(chance.uniform(0.005, 0.03)), float(chance.uniform(0.3, 0.8)), float(start))


def _put(scene: Light, press: Light, view: Matrix, bend: Bend | None, chance: Chance) -> None:
    """Lay the goods into the scene, with a shadow beside them."""
    quad = corners(view, size_of(press)).astype(np.int32)
    shade = np.zeros(scene.shape[:2], np.float32)
    off = (chance.normal(0, 0.015, 2) * max(scene.shape)).astype(np.int32)
    cv2.fillConvexPoly(shade, quad + off, 1.0)
    soft = cv2.GaussianBlur(shade, (0, 0), float(chance.uniform(4, 20)))
    scene *= 1 - np.float32(chance.uniform(0.2, 0.6)) * soft[..., None]
    laid(scene, press, view, bend)


def _covered(scene: Light, ground: Pixels, quad: npt.NDArray[np.float64], chance: Chance) -> None:
    """Cover a part of the goods: with a hand, or with another thing."""
    at = quad[chance.integers(4)] * 0.6 + quad.mean(axis=0) * 0.4
    reach = np.sqrt(cv2.contourArea(quad.astype(np.float32))) * chance.uniform(0.12, 0.25)
    mask = np.zeros(scene.shape[:2], np.float32)
    axes = (max(2, int(reach * chance.uniform(1, 2))), max(2, int(reach * 0.5)))
    cv2.ellipse(mask, (int(at[0]), int(at[1])), axes, float(chance.uniform(0, 180)), 0, 360, 1.0, -1)
    soft = np.asarray(cv2.GaussianBlur(mask, (0, 0), 1.5), np.float32)[..., None]
    skin = np.array([chance.uniform(150, 235), chance.uniform(110, 180), chance.uniform(80, 150)], np.float32)
    hand = skin * (0.7 + 0.6 * clouds(chance, size_of(scene), 60.0))[..., None]
    above = hand if chance.random() < 2 / 3 else sized(ground[::-1], size_of(scene)).astype(np.float32)
    scene += (above - scene) * soft


def _listing(artwork: Pixels, chance: Chance, *, on_white: bool) -> bytes:
    """Return the packshot: the artwork in other tones and smaller, whole, or seen a little from aside on white."""
    tones = 255 * (np.arange(256) / 255) ** chance.uniform(0.85, 1.2)
    shot = np.asarray(cv2.LUT(artwork, tones.round().clip(0, 255).astype(np.uint8)), np.float32)
    if on_white:
        size = size_of(artwork)
        white: Light = np.full(artwork.shape, 255, np.float32)
        inset = np.array([size[0] * _MARGIN, size[1] * _MARGIN])
        view = tilt(size, float(chance.uniform(0, 20)), chance)
        laid(white, shot, fitted(view, size, (*inset, *(np.array(size) - inset))), None)
        shot = white
    scale = min(1.0, int(chance.integers(*_LISTING_LONG)) / max(shot.shape))
    small = sized(
        shot.round().clip(0, 255).astype(np.uint8),
        (max(8, round(shot.shape[1] * scale)), max(8, round(shot.shape[0] * scale))),
    )
    return encoded(np.asarray(small, np.uint8), "JPEG", int(chance.integers(*_LISTING_QUALITY)))
