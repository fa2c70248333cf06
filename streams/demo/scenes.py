"""Scenes: goods on a table seen by a camera. The merchant's studio is plain and bright; a buyer's home is neither."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from streams.demo.cloud import CLAY, Cloud, Floats
from streams.demo.photographs import Box, part_of
from streams.demo.pixels import Pixels, blended, shaded, sized

CANVAS = (640, 480)
"""Goods are drawn at about half of a photo's size: a phone's lens in a kitchen is not much sharper."""

TABLE = (720, 560)
FAR = -9.0
THROUGH = 0.2
"""A pixel this much farther than its neighbour is seen through a gap between points."""

TILES = (3, 2)
"""How often a newspaper's column stands down and across."""

# Parts of real photographs that make believable tables, floors and lawns, and what to tint the grey ones with.
TABLES: tuple[tuple[str, Box, tuple[float, float, float]], ...] = (
    ("coffee", (0.85, 0.05, 1.0, 0.95), (1, 1, 1)),
    ("coffee", (0.76, 0.0, 1.0, 0.4), (1, 1, 1)),
    ("brick", (0.0, 0.0, 0.7, 0.7), (1.15, 0.95, 0.82)),
    ("gravel", (0.1, 0.1, 0.75, 0.75), (1.1, 1.06, 1.0)),
    ("grass", (0.0, 0.0, 0.8, 0.8), (0.92, 1.06, 0.74)),
    ("page", (0.0, 0.3, 1.0, 0.95), (1.06, 1.05, 0.98)),
    ("cat", (0.62, 0.55, 0.98, 0.98), (1, 1, 1)),
    ("moon", (0.05, 0.45, 0.5, 0.9), (1.4, 1.4, 1.38)),
)
ROOMS = ("palace", "motorcycle_left", "cat", "officer", "flower", "rocket")


@dataclass(frozen=True, slots=True)
class View:
    """How a camera sees the table: degrees above it, degrees around the goods, size of one unit and place in pixels."""

    above: float
    around: float
    unit: float
    place: tuple[float, float]
    tilt: float = 0.0
    light: tuple[float, float, float] = (-0.5, 0.5, 0.8)


def studio(cloud: Cloud, chance: np.random.Generator) -> tuple[Pixels, Box]:
    """Return the merchant's photo of goods, in the size of a phone's, and where in it the goods are."""
    grey = chance.uniform(222, 246)
    down = np.linspace(1.0, 0.86, CANVAS[1], dtype=np.float32)[:, None, None]
    tint = np.array([1, 1 - chance.uniform(0, 0.02), 1 - chance.uniform(-0.02, 0.05)], np.float32)
    backdrop = np.clip(np.broadcast_to(grey * down * tint, (CANVAS[1], CANVAS[0], 3)), 0, 255).astype(np.uint8)
    unit = min(184.0, 344 / (cloud.height + 0.9))
    view = View(chance.uniform(22, 34), 12 + chance.uniform(-8, 8), unit, (320, 264 + unit * cloud.height * 0.42))
    place = _projected(*_turned(cloud, view)[:2], view, math.radians(view.above), 0.0) / CANVAS
    (left, top), (right, bottom) = place.min(0), place.max(0)
    inset = 0.12 * min(right - left, bottom - top)
    return sized(seen(cloud, view, backdrop)), (left + inset, top + inset, right - inset, bottom - inset)


def at_home(cloud: Cloud, chance: np.random.Generator, *, shards: bool, never: str | None) -> Pixels:
    """Return what a buyer's camera sees: another side of the goods, another place and light, pieces lying about.

    ``never`` is the photograph that the merchant lists: nothing of it may be in an honest photo.
    """
    table = _table(chance, never)
    unit = min(200.0, 376 / (cloud.height + 0.8)) * chance.uniform(0.72, 1.12)
    view = View(
        above=chance.uniform(30, 58),
        around=chance.uniform(70, 290),
        unit=unit,
        place=(chance.uniform(216, 424), chance.uniform(264, 320) + unit * cloud.height * 0.3),
        tilt=chance.uniform(-14, 14),
        light=tuple(chance.uniform((-0.9, 0.1, 0.5), (0.9, 0.7, 1.0)).tolist()),
    )
    if shards:
        table = _with_shards(table, cloud, view, chance)
    return seen(cloud, view, table)


def seen(cloud: Cloud, view: View, backdrop: Pixels) -> Pixels:
    """Return the goods drawn on the backdrop, with their shadow: nearer points last, so that they hide the others."""
    above, tilt = math.radians(view.above), math.radians(view.tilt)
    points, near, normals, colours, towards = _turned(cloud, view)
    place = _projected(points, near, view, above, tilt)
    order = np.argsort((near * 4_000).astype(np.int16), kind="stable")
    lit = _lit(colours, normals, towards, view.light, cloud.shine)[order]
    columns, rows = place[order].round().astype(np.intp).T
    inside = (columns >= 0) & (columns < CANVAS[0]) & (rows >= 0) & (rows < CANVAS[1])
    drawing, depth = np.zeros_like(backdrop), np.full(CANVAS[::-1], FAR, np.float32)
    drawing[rows[inside], columns[inside]], depth[rows[inside], columns[inside]] = lit[inside], near[order][inside]
    closed = cv2.morphologyEx((depth > FAR).astype(np.uint8) * 255, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    gaps = depth < cv2.dilate(depth, np.ones((3, 3), np.uint8)) - THROUGH
    drawing[gaps] = 0
    drawing = np.where(gaps[..., None], cv2.dilate(drawing, np.ones((5, 5), np.uint8)), drawing)
    shaded_table = shaded(backdrop, 1 - 0.55 * _shadow(points, view, above, tilt))
    return blended(shaded_table, drawing, np.asarray(cv2.GaussianBlur(closed, (3, 3), 0) / 255, np.float32))


def _turned(cloud: Cloud, view: View) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Return the points that face the camera: place, nearness, normal, colour; and the way to the camera."""
    above, around = math.radians(view.above), math.radians(view.around)
    towards = np.array([0, math.cos(above), math.sin(above)], np.float32)
    normals = _around(cloud.normals, around)
    facing = _along(normals, towards) > 0
    points = _around(cloud.points[facing], around)
    return points, _along(points, towards), normals[facing], cloud.colours[facing], towards


def _around(vectors: Floats, angle: float) -> Floats:
    """Return vectors (n, 3) turned about the upright. By columns: a product of matrices would wake all cores."""
    cos, sin = math.cos(angle), math.sin(angle)
    x, y, z = vectors.T
    return np.stack([cos * x - sin * y, sin * x + cos * y, z], 1)


def _along(vectors: Floats, direction: Floats) -> Floats:
    """Return how far vectors (n, 3) reach in a direction."""
    x, y, z = vectors.T
    return np.asarray(x * direction[0] + y * direction[1] + z * direction[2], np.float32)


def _projected(points: Floats, near: Floats, view: View, above: float, tilt: float) -> Floats:
    scale = view.unit / (1 - 0.07 * near)
    x = points[:, 0] * scale
    y = (points[:, 1] * math.sin(above) - points[:, 2] * math.cos(above)) * scale
    cos, sin = math.cos(tilt), math.sin(tilt)
    return np.stack([cos * x - sin * y + view.place[0], sin * x + cos * y + view.place[1]], 1).astype(np.float32)


def _lit(colours: Floats, normals: Floats, towards: Floats, light: tuple[float, float, float], shine: float) -> Pixels:
    lamp = _unit(np.array(light, np.float32))
    half = _unit(lamp + towards)
    diffuse: Floats = 0.45 + 0.62 * np.clip(_along(normals, lamp), 0, 1)
    glint = shine * 150 * np.clip(_along(normals, half), 0, 1) ** 40
    return np.clip(colours * diffuse[:, None] + glint[:, None], 0, 255).astype(np.uint8)


def _unit(direction: Floats) -> Floats:
    return np.asarray(direction / np.linalg.norm(direction), np.float32)


def _shadow(points: Floats, view: View, above: float, tilt: float) -> npt.NDArray[np.float32]:
    """Return how dark the table is: the goods laid flat, away from the lamp, and blurred."""
    lamp = np.array(view.light, np.float32)
    fallen = points[::5].copy()
    fallen[:, :2] -= fallen[:, 2:] * (lamp[:2] / lamp[2] * 0.45)
    fallen[:, 2] = 0
    place = _projected(fallen, fallen[:, 1] * math.cos(above), view, above, tilt)
    width, height = CANVAS[0] // 4, CANVAS[1] // 4
    dark = np.zeros((height, width), np.uint8)
    columns, rows = (place / 4).astype(np.intp).T
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    dark[rows[inside], columns[inside]] = 255
    soft = cv2.GaussianBlur(cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)), (0, 0), 3.5)
    return np.asarray(cv2.resize(soft, CANVAS) / 255, np.float32)


def _table(chance: np.random.Generator, never: str | None) -> Pixels:
    """Return a table, floor or lawn that recedes, with a blurred room behind it now and then."""
    tables = [table for table in TABLES if table[0] != never]
    name, box, tint = tables[chance.integers(len(tables))]
    stuff = part_of(name, box)
    stuff = sized(np.tile(stuff, (*TILES, 1)) if name == "page" else stuff, TABLE)
    stuff = stuff[:, ::-1] if chance.random() < 0.5 else stuff  # noqa: PLR2004 - either way up
    colour = (
        np.array(tint, np.float32) * chance.uniform(0.8, 1.15) * (1 + chance.normal(0, 0.025, 3).astype(np.float32))
    )
    stuff = shaded(stuff, np.broadcast_to(colour.astype(np.float32), stuff.shape))
    back = chance.uniform(0.06, 0.3)
    spread, slip = chance.uniform(0.1, 0.5) * CANVAS[0], chance.uniform(-130, 130)
    corners = np.array([[0, 0], [TABLE[0], 0], TABLE, [0, TABLE[1]]], np.float32)
    horizon = 0 if chance.random() < 0.6 else back * CANVAS[1]  # noqa: PLR2004 - most look down on the table
    onto = np.array(
        [
            [-20 + slip * 0.2, horizon],
            [CANVAS[0] + 20 + slip * 0.2, horizon],
            [CANVAS[0] + spread + slip, CANVAS[1]],
            [-spread + slip, CANVAS[1]],
        ],
        np.float32,
    )
    warp = cv2.getPerspectiveTransform(corners, onto)
    laid = cv2.warpPerspective(
        np.ascontiguousarray(stuff), warp, CANVAS, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    if not horizon:
        return np.asarray(laid, np.uint8)
    rooms = [room for room in ROOMS if room != never]
    room = cv2.GaussianBlur(sized(part_of(rooms[chance.integers(len(rooms))]), CANVAS), (0, 0), 9)
    seam = np.clip((np.arange(CANVAS[1], dtype=np.float32) - horizon) / 6 + 0.5, 0, 1)
    return blended(np.asarray(room, np.uint8), np.asarray(laid, np.uint8), np.repeat(seam[:, None], CANVAS[0], 1))


def _with_shards(table: Pixels, cloud: Cloud, view: View, chance: np.random.Generator) -> Pixels:
    """Return the table with pieces of the goods lying on it."""
    strewn = table.copy()
    dark = np.zeros(table.shape[:2], np.uint8)
    pieces = []
    for _ in range(chance.integers(4, 11)):
        size = chance.uniform(7, 32)
        angles = np.sort(chance.uniform(0, 2 * np.pi, chance.integers(4, 7)))
        outline = (
            np.stack([np.cos(angles), np.sin(angles) * 0.7], 1) * size * chance.uniform(0.6, 1.2, (len(angles), 1))
        )
        away = chance.normal((0, 32), (1.15 * view.unit, 56), 2)
        pieces.append((outline + np.array(view.place) + away).round().astype(np.int32))
        cv2.fillPoly(dark, [np.add(pieces[-1], (5, 6))], 255)
    strewn = shaded(strewn, np.asarray(1 - cv2.GaussianBlur(dark, (0, 0), 4) / 510, np.float32))
    for piece in pieces:
        colour = cloud.colours[chance.integers(len(cloud.colours))] * chance.uniform(0.75, 1.05)
        cv2.fillPoly(strewn, [np.add(piece, (2, 3))], CLAY, cv2.LINE_AA)
        cv2.fillPoly(strewn, [piece], tuple(colour.tolist()), cv2.LINE_AA)
    return strewn
