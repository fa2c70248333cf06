"""Parcels: boxes of brown cardboard, whole or crushed, as couriers bring them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from streams.demo.cloud import Cloud, Floats
from streams.demo.pixels import soft_noise

POINTS = 190
"""Points along one unit of an edge."""
WORDS = ("FRAGILE", "THIS SIDE UP", "HANDLE WITH CARE", "GLASS", "KEEP DRY", "EXPRESS")

_Place = Callable[[Floats, Floats], tuple[Floats, Floats, Floats]]


def a_box(chance: np.random.Generator, *, crushed: bool = False) -> Cloud:
    """Return a parcel of brown cardboard with tape and labels; ``crushed`` as couriers sometimes leave it."""
    wide, deep, high = chance.uniform((1.1, 0.8, 0.6), (1.6, 1.3, 1.3))
    brown = np.array([186, 148, 104]) + chance.integers(-16, 16)
    sides: list[tuple[tuple[float, float], _Place, tuple[int, int, int]]] = [
        ((wide, deep), lambda u, v: (u - wide / 2, v - deep / 2, np.full_like(u, high)), (0, 0, 1)),
        ((wide, high), lambda u, v: (u - wide / 2, np.full_like(u, deep / 2), high - v), (0, 1, 0)),
        ((wide, high), lambda u, v: (wide / 2 - u, np.full_like(u, -deep / 2), high - v), (0, -1, 0)),
        ((deep, high), lambda u, v: (np.full_like(u, wide / 2), deep / 2 - u, high - v), (1, 0, 0)),
        ((deep, high), lambda u, v: (np.full_like(u, -wide / 2), u - deep / 2, high - v), (-1, 0, 0)),
    ]
    parts = [_side(chance, brown, size, place, normal) for size, place, normal in sides]
    points, normals, colours = (np.concatenate(group) for group in zip(*parts, strict=True))
    cloud = Cloud(points, normals, colours, shine=0.05)
    return _crushed(cloud, chance) if crushed else cloud


def _side(
    chance: np.random.Generator, brown: Any, size: tuple[float, float], place: _Place, normal: tuple[int, int, int]
) -> tuple[Floats, Floats, Floats]:
    across, down = max(2, round(size[0] * POINTS)), max(2, round(size[1] * POINTS))
    u, v = np.meshgrid(
        np.linspace(0, size[0], across, dtype=np.float32), np.linspace(0, size[1], down, dtype=np.float32)
    )
    points = np.stack(place(u, v), -1).reshape(-1, 3).astype(np.float32)
    normals = np.broadcast_to(np.array(normal, np.float32), points.shape)
    return points, normals, _cardboard(chance, brown, (across, down), top=normal[2] == 1).reshape(-1, 3)


def _cardboard(chance: np.random.Generator, brown: Any, size: tuple[int, int], *, top: bool) -> Floats:
    fibres = soft_noise(chance, size, 9)[..., None] * 14 + soft_noise(chance, size, 120)[..., None] * 22 - 18
    face = Image.fromarray(np.clip(brown + fibres, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(face, "RGBA")
    width, height = size
    if top:
        draw.rectangle((0, height * 0.44, width, height * 0.58), fill=(228, 212, 170, 170))
        draw.line((0, height // 2, width, height // 2), fill=(110, 84, 56), width=2)
    if chance.random() < 0.7:  # noqa: PLR2004 - most sides carry something
        _label(draw, chance, size)
    return np.asarray(face, np.float32)


def _label(draw: ImageDraw.ImageDraw, chance: np.random.Generator, size: tuple[int, int]) -> None:
    width, height = size
    left, top = chance.uniform(0.06, 0.4) * width, chance.uniform(0.06, 0.3) * height
    right, bottom = left + 0.48 * width, top + 0.52 * height
    draw.rectangle((left, top, right, bottom), fill=(246, 245, 240, 255))
    font = ImageFont.load_default(max(9, width * 0.05))
    draw.text((left + 8, top + 4), WORDS[chance.integers(len(WORDS))], fill=(20, 20, 20, 255), font=font)
    bar = left + 8
    while bar < right - 10:
        thick = float(chance.integers(1, 5))
        draw.rectangle((bar, top + 0.25 * height, bar + thick, bottom - 8), fill=(20, 20, 20, 255))
        bar += thick + float(chance.integers(2, 5))


def _crushed(cloud: Cloud, chance: np.random.Generator) -> Cloud:
    """Return the box with dents: points near each blow give way, and the light shows it."""
    points, normals, colours = cloud.points.copy(), cloud.normals.copy(), cloud.colours.copy()
    reach = points.max(0)
    waves = chance.normal(0, 5, (3, 3)).astype(np.float32)
    folds = np.prod(
        [np.sin(points[:, 0] * wave[0] + points[:, 1] * wave[1] + points[:, 2] * wave[2]) for wave in waves], axis=0
    )
    for _ in range(chance.integers(2, 4)):
        share = (chance.choice([-1, 1]) * chance.uniform(0.4, 1), chance.uniform(0.5, 1), chance.uniform(0.6, 1))
        blow = (reach * share).astype(np.float32)
        give = np.clip(1 - np.linalg.norm(points - blow, axis=1) / chance.uniform(0.4, 0.8), 0, 1) ** 1.5
        points -= (give * (chance.uniform(0.18, 0.32) + 0.12 * folds))[:, None] * (blow / np.linalg.norm(blow))
        normals += (give * folds)[:, None] * chance.normal(0, 1.6, 3).astype(np.float32)
        colours *= (1 - 0.4 * give * np.clip(folds, 0, 1))[:, None]
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-6
    return Cloud(points.astype(np.float32), normals.astype(np.float32), colours.astype(np.float32), cloud.shine)
