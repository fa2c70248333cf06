"""Groups of points are the same whether they are looked for around sure points or in the whole picture."""

import cv2
import numpy as np
import pytest

from streams.evidence.pixels.clusters import seeded_groups


@pytest.mark.parametrize("seed", range(12))
def test_groups_with_enough_sure_points_are_found_whole(seed: int) -> None:
    chance = np.random.default_rng(seed)
    weak = np.where(chance.random((260, 340)) < 0.3, np.uint8(255), np.uint8(0))
    sure = np.zeros_like(weak)
    at = slice(100, 130 + 10 * seed), slice(150, 170)
    sure[at] = weak[at] & np.where(chance.random(weak[at].shape) < 0.5, np.uint8(255), np.uint8(0))

    place, found = seeded_groups(weak, sure)

    count, groups = cv2.connectedComponents(weak, connectivity=8)
    enough = np.bincount(groups[sure > 0], minlength=count) >= 4
    wanted = np.where(enough[groups] & (weak > 0), np.uint8(255), np.uint8(0))
    seen = np.zeros_like(weak)
    assert place is not None
    seen[place] = found
    assert wanted.any()
    assert np.array_equal(seen, wanted)


def test_a_line_that_goes_far_beyond_its_sure_points_is_found_whole() -> None:
    weak, sure = np.zeros((400, 600), np.uint8), np.zeros((400, 600), np.uint8)
    weak[200, 20:580] = 255
    sure[200, 290:300] = 255
    place, found = seeded_groups(weak, sure)
    assert place is not None
    assert np.count_nonzero(found) == np.count_nonzero(weak)


def test_where_no_point_is_sure_there_is_no_group() -> None:
    weak = np.full((40, 50), 255, np.uint8)
    assert seeded_groups(weak, np.zeros_like(weak))[0] is None
