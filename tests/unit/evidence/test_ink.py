"""Letters in lines are counted the same however many are compared at once."""

import numpy as np
import pytest

from streams.evidence.comparing.ink import in_line_with


@pytest.mark.parametrize("count", [0, 1, 40, 900])
def test_letters_in_a_line_are_counted_as_one_by_one(count: int) -> None:
    chance = np.random.default_rng(count)
    high, line, left = chance.uniform(7, 40, count), chance.uniform(0, 700, count), chance.uniform(0, 900, count)
    aligned, as_high, apart = 0.35, 1.7, 6.0
    near = np.abs(line[:, None] - line) <= aligned * high[:, None]
    near &= np.maximum(high[:, None], high) <= as_high * np.minimum(high[:, None], high)
    near &= np.abs(left[:, None] - left) <= apart * high[:, None]
    assert np.array_equal(in_line_with(high, line, left, (aligned, as_high, apart)), near.sum(axis=1))
