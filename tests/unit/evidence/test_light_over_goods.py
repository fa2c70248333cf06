"""Whether light falls on goods from somewhere, or as it did in the listing."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from streams.evidence.pixels.light_over_goods import Light, light_over_goods
from tests.photos import a_picture

Reals = npt.NDArray[np.float64]
LISTING = np.asarray(cv2.cvtColor(np.asarray(a_picture(3, 600, 450)), cv2.COLOR_RGB2GRAY), np.uint8)
PLACES = np.array([[20.0, 20], [580, 20], [580, 430], [20, 430]])


def seen(claim: Reals) -> Light:
    found = light_over_goods(np.asarray(claim.clip(0, 255), np.uint8), LISTING, np.eye(3), PLACES)
    assert found is not None
    return found


def falling(share: float) -> Reals:
    return LISTING.astype(np.float64) * np.exp(share * np.linspace(-1, 1, LISTING.shape[1]))


@pytest.mark.parametrize("gamma", [0.7, 1.0, 1.4])
def test_one_curve_of_tones_is_no_light(gamma: float) -> None:
    noise = np.random.default_rng(4).normal(0, 3, LISTING.shape)
    light = seen(255 * (LISTING / 255) ** gamma * 0.9 + noise)
    assert light.explains < 0.25
    assert light.varies < 0.05


def test_what_was_painted_over_is_no_light() -> None:
    painted = LISTING.astype(np.float64)
    painted[150:300, 60:260] *= 0.4
    assert seen(painted).explains < 0.25


@pytest.mark.parametrize("share", [0.1, -0.2, 0.4])
def test_light_that_falls_off_is_seen_whatever_lies_on_the_goods(share: float) -> None:
    lit = falling(share)
    lit[150:300, 60:260] *= 0.4
    light = seen(lit)
    assert light.explains > 0.75
    assert light.varies == pytest.approx(1.6 * abs(share), rel=0.3)


def test_too_little_says_nothing() -> None:
    assert light_over_goods(np.zeros_like(LISTING), LISTING, np.eye(3), PLACES) is None
    assert light_over_goods(LISTING, LISTING, np.eye(3), PLACES / 200) is None
