"""Goods as clouds of coloured points: what is made once can be seen from anywhere."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Colour = tuple[int, int, int]

CLAY: Colour = (214, 196, 172)
"""What a broken edge shows."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """Points (n, 3), their outward normals, their colours 0 to 255, and how much they shine, 0 to 1.

    The unit is the goods' own: a pot's largest radius. z points up, and 0 is the table.
    """

    points: Floats
    normals: Floats
    colours: Floats
    shine: float

    @property
    def height(self) -> float:
        """How high it stands."""
        return float(self.points[:, 2].max())
