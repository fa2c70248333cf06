"""A picture with what is known about it: laundering moves both alike, and this is where that is done.

The layers are shares until the end, and become masks once: a chain of steps must not wear thin lines away.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.bench.evaluation.pixels import Mask, Pixels, Share, sized

Move = Callable[[npt.NDArray[Any]], npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Frame:
    """``altered`` is where the goods were forged, ``drawn`` what the way of sending drew over the picture."""

    pixels: Pixels
    altered: Share
    drawn: Share

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.pixels.shape[1], self.pixels.shape[0]

    def moved(self, move: Move) -> "Frame":
        """Return the frame with the same ``move`` of pixels done to the picture and to both layers."""
        return Frame(*(np.ascontiguousarray(move(layer)) for layer in (self.pixels, self.altered, self.drawn)))

    def toned(self, pixels: Pixels) -> "Frame":
        """Return the frame with other pixels in the same places."""
        return Frame(pixels, self.altered, self.drawn)

    def resized(self, size: tuple[int, int]) -> "Frame":
        """Return the frame in ``size`` (width, height)."""
        return self.moved(lambda layer: sized(layer, size))

    def turned(self, degrees: float) -> "Frame":
        """Return the frame turned by a small angle, cut to the largest upright part without empty corners."""
        width, height = self.size
        matrix = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), degrees, 1.0)
        left, top = _lost(width, height, degrees)

        def move(layer: npt.NDArray[Any]) -> npt.NDArray[Any]:
            whole = cv2.warpAffine(layer, matrix, (width, height), flags=cv2.INTER_LINEAR)
            return np.asarray(whole, layer.dtype)[top : height - top, left : width - left]

        return self.moved(move)


def framed(pixels: Pixels, mask: Mask) -> Frame:
    """Return a frame that nothing has been drawn over yet."""
    return Frame(pixels, mask.astype(np.float32), np.zeros(mask.shape, np.float32))


def mask_of(share: Share) -> Mask:
    """Return as many pixels as the share covers in sum, the most covered first; equally covered ones stay together.

    For what is wide that is the half; a line that was reduced to less than a pixel stays a line instead of vanishing.
    """
    wanted = round(float(share.sum()))
    if wanted == 0:
        return np.zeros(share.shape, np.bool_)
    covered = share[share > 0]
    if wanted >= len(covered):
        return np.asarray(share > 0, np.bool_)
    least = np.partition(covered, len(covered) - wanted)[len(covered) - wanted]
    return np.asarray(share >= least, np.bool_)


def _lost(width: int, height: int, degrees: float) -> tuple[int, int]:
    """Return how many pixels at the left and right, and at the top and bottom, show empty corners after a turn."""
    sine, cosine = abs(np.sin(np.radians(degrees))), abs(np.cos(np.radians(degrees)))
    turned_x, turned_y = width * cosine + height * sine, width * sine + height * cosine
    scale = min(width / turned_x, height / turned_y)
    return int(np.ceil(width * (1 - scale) / 2)) + 1, int(np.ceil(height * (1 - scale) / 2)) + 1
