"""Printed goods as a buyer photographs them: ink on paper that lies on a table, seen in perspective, in a room's light.

The merchant's photo is a file of the same artwork. Nothing of the claim comes from that file: a press and a camera made
every pixel anew, as of a poster or a box that really came.
"""

import math

import cv2
import numpy as np
import numpy.typing as npt

from streams.demo.pixels import Light, Pixels, blended, shaded, sized, soft_noise

_TILTED, _TURNED = (24.0, 38.0), (-24.0, 24.0)
"""Degrees by which the print leans away from the camera, and lies askew."""
_FAR = 1_300.0
"""Pixels from the camera to the print: the nearer, the stronger the perspective."""
_TAKES = (0.62, 0.75)
"""Share of the frame that the print takes."""


def print_at_home(artwork: Pixels, ground: Pixels, chance: np.random.Generator) -> Pixels:
    """Return a buyer's photo of a print on a table, with a crease across it."""
    table = np.asarray(cv2.GaussianBlur(sized(ground), (0, 0), 3.0), np.uint8)
    height, width = table.shape[:2]
    paper = _creased(_inked(artwork, chance), chance)
    view = _view(paper.shape[:2], (width, height), chance)
    laid = cv2.warpPerspective(paper, view, (width, height), flags=cv2.INTER_AREA)
    here = cv2.warpPerspective(np.full(paper.shape[:2], 255, np.uint8), view, (width, height)).astype(np.float32) / 255
    shadow = cv2.GaussianBlur(np.roll(here, (14, 10), (0, 1)), (0, 0), 9)
    dark, paper_here = np.asarray(1 - 0.45 * shadow, np.float32), np.asarray(here, np.float32)
    scene = blended(shaded(table, dark), np.asarray(laid, np.uint8), paper_here)
    return np.asarray(cv2.GaussianBlur(_glare(scene, chance), (0, 0), chance.uniform(0.8, 1.2)), np.uint8)


def _inked(artwork: Pixels, chance: np.random.Generator) -> Pixels:
    """Return the artwork as ink shows it: less deep, less white, less colourful, with the paper's grain."""
    ink = artwork.astype(np.float32)
    grey = ink.mean(axis=2, keepdims=True)
    ink = (grey + (ink - grey) * np.float32(chance.uniform(0.7, 0.9))) * np.float32(0.78) + 26
    return np.asarray((ink + chance.normal(0, 3, ink.shape)).clip(0, 255), np.uint8)


def _creased(paper: Pixels, chance: np.random.Generator) -> Pixels:
    """Return the print with a fold across it: one side in the light, the other in the shade, white where ink broke."""
    height, width = paper.shape[:2]
    down, across = np.mgrid[:height, :width].astype(np.float32)
    heading = chance.uniform(0.2, 0.5) * math.pi
    middle = width * chance.uniform(0.4, 0.6)
    off: Light = (across - middle) * math.sin(heading) + (down - height / 2) * math.cos(heading)
    reach = 0.05 * min(height, width)
    light: Light = np.asarray(1 + 0.35 * np.sign(off) * np.exp(-np.abs(off) / reach), np.float32)
    white = np.full_like(paper, 235)
    broken = np.asarray(0.8 * np.exp(-((off / 1.5) ** 2)), np.float32)
    return blended(shaded(paper, light), white, broken)


def _view(paper: tuple[int, ...], frame: tuple[int, int], chance: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return the homography by which a camera sees the paper, in the middle of the frame."""
    height, width = paper
    lean, turn = (math.radians(chance.uniform(*ends)) for ends in (_TILTED, _TURNED))
    side = math.radians(chance.uniform(-18, 18))
    unit = chance.uniform(*_TAKES) * min(frame[0] / width, frame[1] / height)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (width * unit / 2, height * unit / 2)
    seen = []
    for x, y in corners @ np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]]):
        away = _FAR - y * math.sin(lean) - x * math.sin(side)
        seen.append((frame[0] / 2 + x * math.cos(side) * _FAR / away, frame[1] / 2 + y * math.cos(lean) * _FAR / away))
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(flat, np.array(seen, np.float32)))


def _glare(scene: Pixels, chance: np.random.Generator) -> Pixels:
    """Return the scene in a room's uneven light, with a lamp that shines on the print."""
    height, width = scene.shape[:2]
    uneven: Light = np.asarray(0.75 + 0.5 * soft_noise(chance, (width, height), 500), np.float32)
    down, across = np.mgrid[:height, :width].astype(np.float32)
    x, y = chance.uniform(0.3, 0.7, 2) * (width, height)
    lamp = np.exp(-(((across - x) / (0.12 * width)) ** 2 + ((down - y) / (0.07 * height)) ** 2))
    return blended(shaded(scene, uneven), np.full_like(scene, 250), np.asarray(0.55 * lamp, np.float32))
