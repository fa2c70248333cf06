"""Which plain view explains matched corners: copies stay similar pictures, photos are seen in perspective."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.bench.evaluation.planes import tilt
from streams.evidence.pixels.views import Geometry, Matrix, fits, geometry, mapped, plainest

SIZE = (640, 480)
CORNERS = np.random.default_rng(3).uniform((20, 20), (620, 460), (80, 2))

scales = st.floats(0.4, 2.5)
degrees = st.floats(-170, 170)
seeds = st.integers(0, 1_000)


def a_turn(by: float, scale: float, *, mirrored: bool = False) -> Matrix:
    cosine, sine = scale * np.cos(np.radians(by)), scale * np.sin(np.radians(by))
    turned = np.array([[cosine, -sine, 30.0], [sine, cosine, -12.0], [0, 0, 1]])
    return turned @ np.diag([-1.0 if mirrored else 1.0, 1, 1])


def lying(view: Matrix, noise: float = 0.0) -> Geometry:
    draw = np.random.default_rng(1)
    theirs = mapped(view, CORNERS) + draw.normal(0, noise, CORNERS.shape)
    found = geometry(fits(CORNERS, theirs, view, (SIZE[1], SIZE[0])), CORNERS, theirs, (SIZE, SIZE))
    assert found is not None
    return found


@given(degrees, scales, st.booleans())
def test_a_picture_that_was_turned_resized_or_mirrored_is_similar(by: float, scale: float, mirrored: bool) -> None:  # noqa: FBT001 - drawn
    found = lying(a_turn(by, scale, mirrored=mirrored))
    assert found.similar_px < 0.05
    assert found.corners == len(CORNERS)


@given(st.floats(0.5, 2.0), st.floats(0, 0.2))
def test_a_picture_that_was_stretched_along_its_sides_is_similar_while_its_corners_agree(
    by: float, noise: float
) -> None:
    assert lying(np.diag([by, 1.0, 1.0]), noise * min(1.0, by)).similar_px < 0.4


@given(st.floats(0.6, 0.85))
def test_a_picture_that_was_stretched_much_is_not_similar_where_its_corners_lie_roughly(by: float) -> None:
    assert lying(np.diag([by, 1.0, 1.0]), noise=0.6).similar_px > 2


@given(seeds, st.floats(0.6, 0.85))
def test_few_corners_do_not_make_a_stretched_picture_similar(seed: int, by: float) -> None:
    corners = CORNERS[np.random.default_rng(seed).permutation(len(CORNERS))[:12]]
    view = np.diag([by, 1.0, 1.0])
    theirs = mapped(view, corners)
    found = geometry(fits(corners, theirs, view, (SIZE[1], SIZE[0])), corners, theirs, (SIZE, SIZE))
    assert found is not None
    assert found.similar_px > 1


@given(seeds, st.floats(4, 40))
def test_what_is_seen_in_perspective_is_not_similar_though_a_view_explains_it(seed: int, by: float) -> None:
    found = lying(tilt(SIZE, by, np.random.default_rng(seed)))
    assert found.perspective_px < 0.2
    assert found.similar_px > 5 * found.perspective_px


def test_noise_moves_corners_from_every_view_alike() -> None:
    found = lying(a_turn(3, 1.0), noise=0.6)
    assert found.similar_px < 1.3 * found.perspective_px + 0.1


def test_the_frame_misses_by_nothing_for_the_same_frame_turned_too_and_by_much_for_a_part() -> None:
    assert lying(np.eye(3)).frame < 0.001
    turned = np.array([[-1.0, 0, 640], [0, -1, 480], [0, 0, 1]])
    assert lying(turned).frame < 0.001
    assert lying(np.array([[0.5, 0, 100], [0, 0.5, 60], [0, 0, 1]])).frame > 0.1


@pytest.mark.parametrize(
    ("matrix", "view"),
    [
        (np.diag([0.8, 0.8, 1.0]), "upright"),
        (a_turn(7, 1.1), "turned"),
        (np.array([[1.0, 0.2, 0], [0, 1.0, 0], [0, 0, 1]]), "affine"),
        (tilt(SIZE, 25, np.random.default_rng(2)), "perspective"),
    ],
)
def test_the_plainest_view_that_explains_the_corners_is_taken(matrix: Matrix, view: str) -> None:
    theirs = mapped(matrix, CORNERS)
    assert plainest(fits(CORNERS, theirs, matrix, (SIZE[1], SIZE[0]))).view == view
