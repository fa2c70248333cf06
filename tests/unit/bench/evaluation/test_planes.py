"""Flat pictures in space: what is fitted lies within, what fills leaves nothing beside."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.bench.evaluation.pixels import drawn
from streams.bench.evaluation.planes import Bend, corners, filling, fitted, mapped, places, tilt

SIZE = (400, 300)
seeds = st.integers(0, 10_000)
degrees = st.floats(1, 40)


def whole(matrix: np.ndarray) -> np.ndarray:
    """Return the similarity nearest to where the corners are seen, as the largest distance from it in pixels."""
    quad = corners(matrix, SIZE)
    flat = corners(np.eye(3), SIZE)
    one, other = (each - each.mean(axis=0) for each in (flat, quad))
    turned = (one * other).sum(), (one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]).sum()
    along, across = np.array(turned) / (one**2).sum()
    fit = one @ np.array([[along, across], [-across, along]])
    return np.asarray(np.abs(fit - other).max())


@given(seeds, degrees)
def test_the_middle_stays_where_it_is(seed: int, turned: float) -> None:
    assert mapped(tilt(SIZE, turned, drawn(seed)), np.array([[200.0, 150.0]])) == pytest.approx(
        np.array([[200.0, 150.0]])
    )


@given(seeds)
def test_a_tilt_is_no_turn_and_a_turn_is_none(seed: int) -> None:
    assert whole(tilt(SIZE, 10, drawn(seed))) > 1.5
    assert whole(tilt(SIZE, 0, drawn(seed), spin=33)) < 1e-6


@given(seeds, degrees)
def test_what_is_fitted_lies_within_and_what_fills_leaves_nothing_beside(seed: int, turned: float) -> None:
    view = tilt(SIZE, turned, drawn(seed), spin=20)
    within = corners(fitted(view, SIZE, (20, 30, 220, 180)), SIZE)
    assert (within >= np.array([20, 30]) - 1e-6).all()
    assert (within <= np.array([220, 180]) + 1e-6).all()
    outwards = np.asarray(np.linalg.inv(filling(view, SIZE)), np.float64)
    back = mapped(outwards, np.array([[0.0, 0], [400, 0], [400, 300], [0, 300]]))
    assert (back >= 0).all()
    assert (back <= np.array(SIZE)).all()


def test_each_pixel_comes_from_its_place_and_a_bend_moves_it_no_further_than_its_depth() -> None:
    plain = places(np.eye(3), SIZE)
    assert plain[7, 11].tolist() == [11, 7]
    bent = places(np.eye(3), SIZE, Bend(0.3, 0.02, 1.0, 0.0), SIZE)
    assert 1 < np.linalg.norm(bent - plain, axis=-1).max() <= 0.02 * 400 + 1e-3
