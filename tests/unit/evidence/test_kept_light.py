"""A generator bends goods and softens them as a camera does, but leaves them in the listing's own light."""

import cv2
import numpy as np
import pytest

from streams.bench.evaluation.pixels import Pixels, encoded, opened
from tests.looks import compare_files
from tests.photos import a_picture

WIDTH, HEIGHT = 900, 700


def artwork() -> Pixels:
    pixels = np.asarray(a_picture(2, WIDTH, HEIGHT)).copy()
    for row in range(6):
        cv2.putText(pixels, "fragile goods 24h", (40, 80 + 100 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (20, 20, 20), 2)
    grain = np.random.default_rng(2).normal(0, 5, pixels.shape)
    return np.asarray((pixels + grain).clip(0, 255), np.uint8)


LISTED = encoded(artwork(), "JPEG", 90)


def in_a_new_scene(lit: float, gamma: float = 1.0) -> bytes:
    """The listing's goods bent by up to a pixel and softened, small in another scene; ``lit`` from aside."""
    pixels = opened(LISTED)
    across, down = np.meshgrid(np.arange(WIDTH, dtype=np.float32), np.arange(HEIGHT, dtype=np.float32))
    x = across + 1.3 * np.sin(across / 140) * np.cos(down / 170)
    y = down + 1.3 * np.cos(across / 160) * np.sin(down / 150)
    bent = cv2.remap(pixels, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)
    soft = cv2.GaussianBlur(bent, (0, 0), 1.0).astype(np.float64)
    light = np.exp(lit * (across / WIDTH - 0.5))[..., None]
    goods = (255 * (soft / 255) ** gamma * 0.9 * light).clip(0, 255).astype(np.uint8)
    scene = cv2.GaussianBlur(np.asarray(a_picture(8, 1_200, 1_000)), (0, 0), 9)
    scene[200 : 200 + HEIGHT, 170 : 170 + WIDTH] = goods
    return encoded(np.asarray(scene, np.uint8), "JPEG", 85)


def copied(claim: bytes) -> float:
    values = [one.value for one in compare_files(claim, LISTED)[0].readings if one.name == "copied"]
    assert values
    return float(str(values[0]))


@pytest.mark.parametrize("gamma", [1.0, 0.9, 0.8])
def test_goods_in_the_listings_own_light_are_the_files_though_they_are_bent_and_soft(gamma: float) -> None:
    assert copied(in_a_new_scene(0.0, gamma)) > 0.5


def test_the_same_goods_in_a_light_of_their_own_are_not_surely_the_files() -> None:
    assert copied(in_a_new_scene(0.25)) < 0.02
