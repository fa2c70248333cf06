import numpy as np
import pytest

from streams.bench.evaluation.pixels import Pixels, drawn
from streams.bench.evaluation.scenes import KINDS, regenerated_around
from tests.unit.bench.evaluation.photo_sets import photo

SIDE = 360


def goods_on_white() -> Pixels:
    picture = np.full((SIDE, SIDE, 3), 255, np.uint8)
    picture[90:270, 120:240] = photo(4)[90:270, 120:240]
    return picture


def off(one: Pixels, other: Pixels) -> float:
    """Levels by which two pieces differ in the middle of all pixels: a bend by a pixel moves few of them far."""
    return float(np.median(np.abs(one.astype(int) - other)))


def test_goods_on_plain_ground_stay_and_their_ground_is_another() -> None:
    before = goods_on_white()
    after = regenerated_around("scene, goods in place", before, photo(8), drawn(1))
    assert off(after[100:260, 130:230], before[100:260, 130:230]) < 8
    assert (after[:80].min(axis=2) < 240).mean() > 0.9


def test_goods_that_move_are_not_where_they_were() -> None:
    before = goods_on_white()
    after = regenerated_around("scene, goods smaller and elsewhere", before, photo(8), drawn(3))
    assert off(after[100:260, 130:230], before[100:260, 130:230]) > 8


def test_of_a_full_scene_the_middle_is_kept() -> None:
    before = photo(4)
    after = regenerated_around("scene, goods in place", before, photo(8), drawn(1))
    assert off(after[150:210, 180:240], before[150:210, 180:240]) < 8
    assert off(after[:40], before[:40]) > 8


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_chance_gives_the_same_scene(kind: str) -> None:
    one, other = (regenerated_around(kind, goods_on_white(), photo(8), drawn(7)) for _ in range(2))
    assert np.array_equal(one, other)
