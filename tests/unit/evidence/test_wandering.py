"""Whether places miss a file's one by one, as those of a photo that was taken anew do."""

import numpy as np
import pytest

from streams.evidence.pixels.alignment import Alignment
from streams.evidence.pixels.bending import Bending
from streams.evidence.pixels.views import Geometry
from streams.evidence.pixels.wandering import wandering


def aligned(own: float, perspective: float, agree: int) -> Alignment:
    lie = Geometry(80, 5.0, perspective, 500.0, 0.01, np.zeros((80, 2)), Bending(5.0, 0.5, own))
    return Alignment(
        matrix=np.eye(3),
        inliers=80,
        coverage=0.5,
        mirrored=False,
        quarter_turns=0,
        correlation=0.9,
        view="turned",
        corners=agree,
        tracked=200,
        geometry=lie,
    )


def test_places_of_which_most_miss_one_by_one_wander() -> None:
    assert wandering(aligned(0.6, 0.5, agree=40)) == 1


@pytest.mark.parametrize(
    "found",
    [
        aligned(0.1, 0.1, agree=180),
        aligned(0.15, 0.1, agree=30),
        aligned(0.2, 1.0, agree=40),
        aligned(0.6, 0.2, agree=40),
        aligned(0.6, 0.5, agree=120),
    ],
    ids=["a file", "an edited file", "a warped file", "goods in perspective", "most are found again"],
)
def test_a_files_places_do_not_wander(found: Alignment) -> None:
    assert wandering(found) == 0
