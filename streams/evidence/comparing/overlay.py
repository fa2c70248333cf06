"""A picture for people: the reference on the left, the claim on the right, with what was altered outlined and boxed."""

from collections.abc import Sequence

import cv2
import numpy as np

from streams.evidence.files.colours import Colour, ColourImage
from streams.evidence.pixels.difference import Mask

_HEIGHT, _WIDTH = 720, 1_600
_MUCH = 1.5
_GAP = 12
_OUTLINE, _BOX, _GROUND = (230, 30, 60), (255, 190, 0), (255, 255, 255)
"""RGB: a contour and boxes that stand out from goods and from each other."""
_QUALITY = 85
_ROOM = 0.012
"""Share of the longer side that a box leaves around what it shows."""


def overlay(
    ours: ColourImage, theirs: ColourImage, regions: Sequence[tuple[int, int, int, int]] = (), mask: Mask | None = None
) -> bytes:
    """Return a JPEG, at most 720 pixels high: reference, then claim with ``mask`` outlined and ``regions`` boxed.

    ``regions`` are in pixels of the whole claim, as an inspection gives them; ``mask`` may have any size.
    """
    right = _fitted(ours.pixels)
    shown = right.shape[1] / ours.width, right.shape[0] / ours.height
    if mask is not None:
        _outline(right, mask)
    room = int(_ROOM * max(right.shape[:2]))
    for x, y, width, height in regions:
        start = round(x * shown[0]) - room, round(y * shown[1]) - room
        end = round((x + width) * shown[0]) + room, round((y + height) * shown[1]) + room
        cv2.rectangle(right, start, end, _BOX, 2, cv2.LINE_AA)
    left = _fitted(theirs.pixels)
    height = max(left.shape[0], right.shape[0])
    gap = np.full((height, _GAP, 3), _GROUND, np.uint8)
    row = np.concatenate([_padded(left, height), gap, _padded(right, height)], axis=1)
    _, packed = cv2.imencode(".jpg", cv2.cvtColor(row, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return packed.tobytes()


def _fitted(pixels: Colour) -> Colour:
    """Return a copy of a picture, 720 pixels high, or less where it would be too wide."""
    scale = min(_HEIGHT / pixels.shape[0], _WIDTH / pixels.shape[1])
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=_way(scale)), np.uint8)


def _way(scale: float) -> int:
    """Return how to resize: averaging over areas is slow, and better only where much shrinks."""
    return cv2.INTER_AREA if scale * _MUCH < 1 else cv2.INTER_LINEAR


def _padded(picture: Colour, height: int) -> Colour:
    below = height - picture.shape[0]
    return np.asarray(cv2.copyMakeBorder(picture, 0, below, 0, 0, cv2.BORDER_CONSTANT, value=_GROUND), np.uint8)


def _outline(picture: Colour, mask: Mask) -> None:
    size = picture.shape[1], picture.shape[0]
    way = _way(min(size[0] / mask.shape[1], size[1] / mask.shape[0]))
    small = cv2.resize(mask.astype(np.uint8) * 255, size, interpolation=way)
    edges, _ = cv2.findContours((small > 0).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(picture, edges, -1, _OUTLINE, 2, cv2.LINE_AA)
