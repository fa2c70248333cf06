"""The loops over labelled pixels, compiled by Numba: where each label lies, and the pixels of some.

OpenCV counts the ground too and takes four times as long, NumPy looks each label up in a slow pass.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from streams.compiled_loops import compiled


@compiled
def measure(
    labels: npt.NDArray[np.int32], boxes: Any, sums: Any
) -> None:  # pragma: no cover - compiled, so that coverage cannot see it
    """Write each label's left, top, width, height and size (n, 5), and sums of its columns and rows (n, 2), all 0."""
    height, width = labels.shape
    for row in range(height):
        column = 0
        while column < width:
            first, label = column, labels[row, column]
            while column < width and labels[row, column] == label:
                column += 1
            if label:
                box, long = boxes[label], column - first
                if not box[4]:
                    box[0], box[1] = first, row
                left, right = min(box[0], first), max(box[0] + box[2], column)
                box[0], box[2], box[3] = left, right - left, row + 1 - box[1]
                box[4] += long
                sums[label, 0] += long * (first + column - 1) // 2
                sums[label, 1] += long * row


@compiled
def draw(
    labels: npt.NDArray[np.int32], chosen: npt.NDArray[np.bool_], area: Any
) -> None:  # pragma: no cover - compiled, so that coverage cannot see it
    """Set each pixel of ``area`` (h, w), all False, whose label is ``chosen``; label 0 never is."""
    height, width = labels.shape
    for row in range(height):
        for column in range(width):
            label = labels[row, column]
            if label and chosen[label]:
                area[row, column] = True
