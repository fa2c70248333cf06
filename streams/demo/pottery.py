"""Pots as thrown on a wheel: each form is worked out once, and every pot of it takes only its glaze and its damage."""

from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from streams.demo import glazes
from streams.demo.cloud import CLAY, Cloud, Colour, Floats
from streams.demo.pixels import Pixels

AROUND = 620
"""Points around a pot."""
ALONG = 360
"""Points along its wall, from the middle of the base over the rim to the middle of the inside."""
Line = npt.NDArray[np.float64]

WITH_HANDLE = frozenset({"mug", "cup"})
GLAZED_INSIDE = frozenset({"plate", "bowl"})

# Radius and height along the outside, from the middle of the base to the rim.
_PROFILES: dict[str, tuple[tuple[float, float], ...]] = {
    "mug": ((0, 0), (0.82, 0), (0.92, 0.06), (0.95, 0.5), (0.95, 1.4), (0.98, 1.95), (1, 2)),
    "cup": ((0, 0), (0.45, 0), (0.5, 0.1), (0.75, 0.35), (0.92, 0.8), (0.98, 1.15), (1, 1.25)),
    "bowl": ((0, 0), (0.42, 0), (0.44, 0.1), (0.7, 0.25), (0.9, 0.5), (0.98, 0.78), (1, 0.85)),
    "plate": ((0, 0), (0.55, 0), (0.58, 0.05), (0.7, 0.09), (0.95, 0.17), (1, 0.2)),
    "vase": ((0, 0), (0.5, 0), (0.62, 0.2), (0.95, 0.9), (1, 1.25), (0.8, 1.8), (0.42, 2.25), (0.4, 2.5), (0.55, 2.7)),
    "jar": ((0, 0), (0.75, 0), (0.88, 0.1), (1, 0.6), (1, 1.2), (0.85, 1.55), (0.7, 1.65), (0.72, 1.8)),
}
FORMS = tuple(_PROFILES)


@dataclass(frozen=True, slots=True)
class Pot:
    """One thing of clay: its form, its glaze unrolled, and what its inside and its gloss are like."""

    form: str
    glaze: Pixels
    inside: Colour
    shine: float


@dataclass(frozen=True, slots=True)
class _Form:
    """What all pots of a form share, point by point (n): where, facing where, around and up, and where on the glaze.

    ``lit`` is how much light the depth of the pot leaves; ``within`` says which points have the inside's colour.
    """

    points: Floats
    normals: Floats
    turn: Floats
    place: npt.NDArray[np.intp]
    within: npt.NDArray[np.bool_]
    lit: Floats


def a_pot(chance: np.random.Generator, form: str, print_of: Pixels | None = None) -> Pot:
    """Return a pot as a potter might sell it: painted with bands and flowers, or with a photograph printed on it."""
    base, line = glazes.colours(chance)
    glaze = glazes.painted(chance, base, line) if print_of is None else glazes.printed(base, print_of)
    return Pot(form, glaze, inside=glazes.towards_white(base, 0.55), shine=float(chance.uniform(0.35, 0.8)))


def cracked(pot: Pot, chance: np.random.Generator) -> Pot:
    """Return the pot with real cracks in its wall."""
    return replace(pot, glaze=glazes.cracked(pot.glaze, chance))


def thrown(pot: Pot, chance: np.random.Generator | None = None) -> Cloud:
    """Return the pot's points; with ``chance``, a piece of its rim is broken off."""
    form = _form(pot.form)
    colours = pot.glaze.reshape(-1, 3)[form.place].astype(np.float32)
    colours[form.within] = np.array(pot.inside, np.float32) * form.lit[form.within, None]
    if chance is None:
        return Cloud(form.points, form.normals, colours, pot.shine)
    left = _rim_left(form, chance)
    height = form.points[:, 2]
    colours[(height > left - 0.06) & (left < height.max())] = CLAY
    kept = height <= left
    return Cloud(form.points[kept], form.normals[kept], colours[kept], pot.shine)


def _rim_left(form: _Form, chance: np.random.Generator) -> Floats:
    """Return up to which height the pot still stands, point by point, when a piece of its rim is off."""
    tall = float(form.points[:, 2].max())
    middle, half = chance.uniform(0, 2 * np.pi), chance.uniform(0.3, 0.6)
    turn = np.linspace(0, 2 * np.pi, AROUND, endpoint=False)
    away = np.abs((turn - middle + np.pi) % (2 * np.pi) - np.pi)
    rough = np.interp(turn, np.linspace(0, 2 * np.pi, 90), chance.normal(0, 0.03, 90))
    depth = np.clip(1 - away / half, 0, 1) ** 0.7 * chance.uniform(0.25, 0.45)
    left = np.where(depth > 0, tall * (1 - depth - rough), tall).astype(np.float32)
    around = (form.turn * (AROUND / (2 * np.pi))).astype(np.intp) % AROUND
    return left[around]


@cache
def _form(name: str) -> _Form:
    wall = _wall(name)
    return _joined(wall, _handle(name)) if name in WITH_HANDLE else wall


def _wall(name: str) -> _Form:
    radius, height, along, within = _outline(name)
    rising, widening = np.gradient(height), np.gradient(radius)
    length = np.hypot(rising, widening) + 1e-6
    turn = np.linspace(0, 2 * np.pi, AROUND, endpoint=False)
    width, tall = glazes.SIZE
    rows = np.clip((1 - along) * (tall - 1), 0, tall - 1).astype(np.intp)
    place = rows[:, None] * width + (turn / (2 * np.pi) * width).astype(np.intp)[None, :]
    lit = 1 - 0.45 * np.clip(1 - height / height.max(), 0, 1)
    return _Form(
        points=_turned(radius, height, turn),
        normals=_turned(rising / length, -widening / length, turn),
        turn=np.tile(turn, ALONG).astype(np.float32),
        place=place.ravel(),
        within=np.repeat(within & (name not in GLAZED_INSIDE), AROUND),
        lit=np.repeat(lit, AROUND).astype(np.float32),
    )


def _outline(name: str) -> tuple[Line, Line, Line, npt.NDArray[np.bool_]]:
    """Return radius and height along the wall, outside and in; place on the glaze, 0 base to 1 rim; what is in."""
    outside = np.array(_PROFILES[name], np.float64)
    inside = outside[::-1] * (0.93, 1) + (0, 0.05)
    inside[0] = outside[-1] * (0.97, 1) + (0, 0.02)
    inside[:, 1] = np.maximum(inside[:, 1], 0.08)
    corners = np.concatenate([outside, inside])
    steps = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    at = np.linspace(0, steps[-1], ALONG)
    radius, height = (cv2.GaussianBlur(np.interp(at, steps, side), (1, 31), 0).ravel() for side in corners.T)
    rim = int(ALONG * steps[len(outside)] / steps[-1])
    step = np.arange(ALONG)
    along = np.where(step < rim, step / rim, (ALONG - step) / (ALONG - rim))
    return radius, height, along, step >= rim


def _turned(outward: Line, upward: Line, turn: Line) -> Floats:
    """Return vectors (n, 3) of a line turned on the wheel."""
    ups = np.broadcast_to(upward[:, None], (len(upward), len(turn)))
    around = np.stack([outward[:, None] * np.cos(turn), outward[:, None] * np.sin(turn), ups], -1)
    return around.reshape(-1, 3).astype(np.float32)


def _handle(name: str) -> _Form:
    """Return a handle at the right of the pot, in the colour that the glaze has there."""
    outside = np.array(_PROFILES[name])
    tall = outside[-1, 1]
    bend, round_it = np.meshgrid(np.linspace(-np.pi / 2, np.pi / 2, 260), np.linspace(0, 2 * np.pi, 70), indexing="ij")
    thick, reach, middle = 0.12, 0.3 * tall, 0.56 * tall
    start = float(np.interp(middle, outside[:, 1], outside[:, 0])) - 0.06
    away = np.stack([np.cos(bend) * np.cos(round_it), np.sin(round_it), np.sin(bend) * np.cos(round_it)], -1)
    spine = np.stack([start + reach * 0.85 * np.cos(bend), 0 * bend, middle + reach * np.sin(bend)], -1)
    count = bend.size
    return _Form(
        points=(spine + thick * away).reshape(-1, 3).astype(np.float32),
        normals=away.reshape(-1, 3).astype(np.float32),
        turn=np.zeros(count, np.float32),
        place=np.full(count, (glazes.SIZE[1] - 12) * glazes.SIZE[0]),
        within=np.zeros(count, bool),
        lit=np.ones(count, np.float32),
    )


def _joined(one: _Form, other: _Form) -> _Form:
    return _Form(*(np.concatenate([getattr(one, name), getattr(other, name)]) for name in _Form.__dataclass_fields__))
