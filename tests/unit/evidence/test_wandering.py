"""Whether places miss a file's one by one, as those of a photo that was taken anew do."""

import numpy as np
import pytest

from streams.evidence.pixels.alignment import Alignment
from streams.evidence.pixels.bending import Bending
from streams.evidence.pixels.views import Geometry
from streams.evidence.pixels.wandering import wandering


def aligned(
    similar: float, perspective: float, alike: float, agree: int, of: int = 200, corners: int = 80
) -> Alignment:
    places = np.random.default_rng(1).uniform(0, 600, (corners, 2))
    lie = Geometry(corners, similar, perspective, 500.0, 0.01, places, Bending(similar, alike))
    return Alignment(
        matrix=np.eye(3),
        inliers=80,
        coverage=0.5,
        mirrored=False,
        quarter_turns=0,
        correlation=0.9,
        view="turned",
        corners=agree,
        tracked=of,
        geometry=lie,
    )


def test_places_of_which_most_miss_one_by_one_wander() -> None:
    assert wandering(aligned(0.6, 0.5, 0.1, agree=40)) == 1


@pytest.mark.parametrize(
    ("why", "found"),
    [
        ("a file is exact", aligned(0.1, 0.1, 0.0, agree=180)),
        ("what was edited is not found, the rest is exact", aligned(0.15, 0.1, 0.0, agree=30)),
        ("a warp takes neighbours along", aligned(2.0, 1.0, 0.99, agree=40)),
        ("perspective explains it", aligned(3.0, 0.2, 0.3, agree=40)),
        ("most are found again", aligned(0.6, 0.5, 0.1, agree=120)),
        ("few places say nothing", aligned(0.6, 0.5, 0.0, agree=8, corners=10)),
    ],
    ids=lambda each: each.replace(" ", "-") if isinstance(each, str) else "",
)
def test_a_files_places_do_not_wander(why: str, found: Alignment) -> None:
    assert wandering(found) == 0, why
