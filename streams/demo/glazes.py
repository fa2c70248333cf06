"""Glazes, unrolled: the left edge meets the right one, and from bottom to top it is the wall of a pot."""

import cv2
import numpy as np
import numpy.typing as npt

from streams.demo.cloud import CLAY, Colour
from streams.demo.pixels import Pixels, blended, sized, soft_noise

SIZE = (1_024, 512)
_BASES: tuple[Colour, ...] = (
    (240, 236, 226), (232, 238, 240), (176, 205, 196), (222, 178, 150), (96, 124, 150),
    (200, 186, 160), (150, 60, 48), (60, 78, 70), (236, 214, 158), (206, 164, 176),
)  # fmt: skip
_LINES: tuple[Colour, ...] = (
    (34, 60, 130), (150, 42, 36), (40, 92, 74), (60, 48, 44), (190, 130, 40), (248, 244, 236),
)  # fmt: skip
_CONTRAST = 150
"""Less than this between line and base, summed over the three colours, and nobody sees the pattern."""
_CRACK: Colour = (52, 40, 34)


def colours(chance: np.random.Generator) -> tuple[Colour, Colour]:
    """Return a colour for the pot, and one for what is painted on it."""
    base = _BASES[chance.integers(len(_BASES))]
    far = [line for line in _LINES if abs(sum(line) - sum(base)) > _CONTRAST]
    return base, far[chance.integers(len(far))]


def towards_white(colour: Colour, share: float) -> Colour:
    """Return the colour, paler."""
    red, green, blue = (round(part + (250 - part) * share) for part in colour)
    return red, green, blue


def painted(chance: np.random.Generator, base: Colour, line: Colour) -> Pixels:
    """Return a glaze with bands, flowers and leaves, never twice the same on its way around."""
    width, height = SIZE
    glaze = _plain(base)
    for row in chance.uniform(0.04, 0.96, chance.integers(1, 4)) * height:
        cv2.rectangle(glaze, (0, int(row)), (width, int(row) + int(chance.integers(4, 22))), line, -1)
    for _ in range(chance.integers(9, 20)):
        middle = chance.uniform((60, 0.15 * height), (width - 60, 0.85 * height))
        _motif(glaze, chance, middle, line, towards_white(line, 0.35))
    mottled = soft_noise(chance, SIZE, 40)
    return blended(glaze, _plain(towards_white(base, 0.3)), mottled * np.float32(0.25))


def printed(base: Colour, photograph: Pixels) -> Pixels:
    """Return a glaze with a photograph on the side that faces the camera when the handle is on the right."""
    glaze = _plain(towards_white(base, 0.6))
    tall = int(0.66 * SIZE[1])
    picture = sized(photograph, (int(tall * 0.95), tall))
    top, left = int(0.12 * SIZE[1]), SIZE[0] // 4 - picture.shape[1] // 2
    glaze[top : top + tall, left : left + picture.shape[1]] = picture
    return glaze


def cracked(glaze: Pixels, chance: np.random.Generator) -> Pixels:
    """Return the glaze with cracks that run down from the rim, wherever they happen to be."""
    broken = glaze.copy()
    width, height = SIZE
    for _ in range(chance.integers(4, 7)):
        start = np.array([chance.uniform(0, width), chance.uniform(0, 0.25 * height)])
        line = (start + np.cumsum(chance.normal((0, 16), (13, 6), (22, 2)), axis=0)).round().astype(np.int32)
        cv2.polylines(broken, [np.add(line, (3, 1))], isClosed=False, color=CLAY, thickness=3)
        cv2.polylines(broken, [line], isClosed=False, color=_CRACK, thickness=int(chance.integers(3, 6)))
    return broken


def _plain(colour: Colour) -> Pixels:
    return np.full((SIZE[1], SIZE[0], 3), colour, np.uint8)


def _motif(
    glaze: Pixels, chance: np.random.Generator, middle: npt.NDArray[np.float64], dark: Colour, pale: Colour
) -> None:
    size, petals, turn = chance.uniform(16, 44), int(chance.integers(4, 9)), chance.uniform(0, np.pi)
    for petal in range(petals):
        angle = turn + 2 * np.pi * petal / petals
        at = middle + 0.75 * size * np.array([np.cos(angle), np.sin(angle)])
        axes = (int(size * 0.6), max(3, int(size * 0.25)))
        cv2.ellipse(
            glaze,
            at.astype(int).tolist(),
            axes,
            np.degrees(angle),
            0,
            360,
            dark if petal % 2 else pale,
            -1,
            cv2.LINE_AA,
        )
    cv2.circle(glaze, middle.astype(int).tolist(), int(size * 0.25), dark, -1, cv2.LINE_AA)
    stem = middle + np.cumsum(chance.normal((4, 6), 5, (9, 2)), axis=0)
    cv2.polylines(glaze, [stem.round().astype(np.int32)], isClosed=False, color=dark, thickness=3, lineType=cv2.LINE_AA)
