"""Sharpness and exposure say how much a photo can show."""

import cv2
import numpy as np
import pytest
from PIL import Image

from streams.evidence.files.decoding import Grey, decode
from streams.evidence.files.limits import Limits
from streams.evidence.looking.clarity import clarity
from tests.photos import a_picture, jpeg

LIMITS = Limits(30_000_000, 100_000_000)
GREY = decode(jpeg(a_picture(width=1_200, height=900)), LIMITS).grey


def values(grey: Grey) -> dict[str, float]:
    return {reading.name: float(reading.value) for reading in clarity(grey) if isinstance(reading.value, float)}


def test_the_more_a_photo_is_blurred_the_less_sharp_it_is() -> None:
    blurred = [
        values(np.asarray(cv2.GaussianBlur(GREY, (0, 0), sigma), np.uint8))["sharpness"] for sigma in (1, 2, 4, 8)
    ]
    assert blurred == sorted(blurred, reverse=True)
    assert values(GREY)["sharpness"] > 100
    assert blurred[2] < 10


def test_goods_in_one_corner_of_a_plain_photo_are_as_sharp_as_goods_that_fill_it() -> None:
    plain = np.full((480, 640), 255, np.uint8)
    plain[:120, :160] = cv2.resize(GREY, (640, 480))[120:240, 160:320]
    assert values(plain)["sharpness"] > 100


@pytest.mark.parametrize(("level", "dark", "bright"), [(3, 1.0, 0.0), (128, 0.0, 0.0), (255, 0.0, 1.0)])
def test_a_photo_of_one_grey_is_not_sharp_and_says_how_it_is_exposed(level: int, dark: float, bright: float) -> None:
    grey = np.full((300, 400), level, np.uint8)
    assert values(grey) == {"sharpness": 0.0, "dark_share": dark, "bright_share": bright}


def test_a_half_dark_photo_is_half_dark() -> None:
    grey = np.asarray(Image.new("L", (400, 300), 128)).copy()
    grey[:150] = 10
    assert values(grey)["dark_share"] == 0.5


@pytest.mark.parametrize("size", [(1, 1), (1, 640), (3, 5), (7, 2)])
def test_the_tiniest_pictures_have_a_sharpness(size: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, size, np.uint8)
    assert values(noise)["sharpness"] >= 0


@pytest.mark.parametrize("blur", [4, 8])
def test_a_photo_that_was_reduced_to_less_is_told_to_be_as_sharp(blur: int) -> None:
    whole = np.asarray(a_picture(width=4_000, height=3_000).convert("L").resize((2_000, 1_500)))
    blurred = cv2.GaussianBlur(whole, (0, 0), blur)
    usual, less = (
        np.asarray(cv2.resize(blurred, size, interpolation=cv2.INTER_AREA), np.uint8)
        for size in ((640, 480), (500, 375))
    )
    sharpness = [clarity(grey, 12_000_000)[0].value for grey in (usual, less)]
    assert sharpness[1] == pytest.approx(sharpness[0], rel=0.33)


def test_a_small_photo_is_as_sharp_as_it_is() -> None:
    assert clarity(GREY[:200, :300], 60_000) == clarity(GREY[:200, :300])
