"""Whether places miss a similar picture as their neighbours do."""

import numpy as np
import pytest

from streams.evidence.pixels.bending import bending

PLACES = np.random.default_rng(1).uniform(0, 600, (80, 2))


def test_errors_without_a_pattern_do_not_hang_together() -> None:
    for seed in range(10):
        found = bending(PLACES, np.random.default_rng(seed).normal(0, 0.4, PLACES.shape))
        assert found.alike < 0.15
        assert 0.3 < found.px < 0.8


@pytest.mark.parametrize("how", ["tilted", "lens"])
def test_what_a_camera_moves_hangs_together_beneath_errors(how: str) -> None:
    x, y = ((PLACES - 300) / 300).T
    moved = np.column_stack([x * x, x * y] if how == "tilted" else [x * (x * x + y * y), y * (x * x + y * y)])
    found = bending(PLACES, moved + np.random.default_rng(2).normal(0, 0.05, PLACES.shape))
    assert found.alike > 0.7


@pytest.mark.parametrize("noise", [0.05, 0.5])
def test_what_a_place_misses_by_itself_is_what_neither_lens_nor_warp_moves(noise: float) -> None:
    x, y = ((PLACES - 300) / 300).T
    barrel = np.column_stack([x * (x * x + y * y), y * (x * x + y * y)]) * 4
    found = bending(PLACES, barrel + np.random.default_rng(5).normal(0, noise, PLACES.shape))
    assert 0.7 * noise < found.own_px < 2 * noise


def test_few_places_and_exact_ones_say_nothing() -> None:
    assert bending(PLACES[:20], PLACES[:20] ** 2).alike == 0
    assert bending(PLACES, np.zeros(PLACES.shape)) == bending(PLACES[:3], PLACES[:3])
