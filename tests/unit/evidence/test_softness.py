"""What was enlarged, or blurred around one place, is soft; what a camera took is not."""

from typing import Any

import cv2
import numpy as np
import pytest

from streams.evidence.files.decoding import Grey, decode
from streams.evidence.files.limits import Limits
from streams.evidence.looking.examination import Means, examine
from streams.evidence.looking.softness import softness
from tests.photos import a_picture, jpeg

LIMITS = Limits(30_000_000, 100_000_000)
FROM_ENLARGED, FROM_BLURRED = 0.4, 0.5
"""What the packaged policy asks."""


def shares(grey: Grey) -> tuple[float, float]:
    enlarged, blurred = (reading.value for reading in softness(grey))
    assert isinstance(enlarged, float)
    assert isinstance(blurred, float)
    return enlarged, blurred


def scene(seed: int, width: int = 640, height: int = 480) -> Grey:
    """Return a picture with edges of every length and a fine grain, as goods on a table have."""
    chance = np.random.default_rng(seed)
    seen = np.full((height, width), 120, np.uint8)
    for _ in range(60):
        corners = chance.integers((0, 0), (width, height), (3, 2)).astype(np.int32)
        cv2.fillPoly(seen, [corners], int(chance.integers(20, 240)))
    grain = chance.normal(0, 4, seen.shape)
    return np.asarray((cv2.GaussianBlur(seen, (0, 0), 0.5) + grain).clip(0, 255), np.uint8)


def enlarged(grey: Grey, times: int) -> Grey:
    height, width = (side // times for side in grey.shape)
    part = grey[height // 2 : height // 2 + height, width // 2 : width // 2 + width]
    return np.asarray(cv2.resize(part, grey.shape[::-1], interpolation=cv2.INTER_CUBIC), np.uint8)


def blurred_but_for_a_spot(grey: Grey, sigma: float, seed: int) -> Grey:
    chance = np.random.default_rng(seed)
    soft = cv2.GaussianBlur(grey, (0, 0), sigma)
    top, left = (int(chance.integers(0, side - 90)) for side in grey.shape)
    soft[top : top + 90, left : left + 90] = grey[top : top + 90, left : left + 90]
    return np.asarray(soft, np.uint8)


@pytest.mark.parametrize("seed", range(8))
def test_a_photo_is_not_soft_until_a_part_of_it_is_enlarged_or_all_but_a_spot_is_blurred(seed: int) -> None:
    grey = scene(seed)
    sharp = shares(grey)
    assert (sharp[0] < FROM_ENLARGED, sharp[1] < FROM_BLURRED) == (True, True)
    assert shares(enlarged(grey, 6))[0] >= FROM_ENLARGED
    assert shares(blurred_but_for_a_spot(grey, 10.0 + seed, seed))[1] >= FROM_BLURRED


def test_an_enlarged_part_in_a_gallery_is_soft_whatever_the_bars_around_it_show() -> None:
    part = cv2.resize(enlarged(scene(7), 8), (372, 279))
    screen = np.full((826, 372), 255, np.uint8)
    screen[250:529] = part
    cv2.putText(screen, "10:42  85%", (20, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 0, 1)
    cv2.rectangle(screen, (120, 800), (250, 806), 0, -1)
    assert shares(screen)[0] >= FROM_ENLARGED


@pytest.mark.parametrize(
    "grey",
    [
        np.zeros((1, 1), np.uint8),
        np.full((480, 640), 200, np.uint8),
        np.tile(np.arange(640, dtype=np.uint8), (480, 1)),
        np.random.default_rng(3).integers(0, 256, (11, 900)).astype(np.uint8),
        np.random.default_rng(4).integers(0, 256, (8_000, 38)).astype(np.uint8),
    ],
    ids=["a pixel", "plain", "stripes", "too flat", "a long strip of noise"],
)
def test_a_picture_with_too_little_detail_or_a_strange_shape_is_not_soft(grey: Grey) -> None:
    enlarged, blurred = shares(grey)
    assert (enlarged < FROM_ENLARGED, blurred < FROM_BLURRED) == (True, True)


@pytest.mark.parametrize(("mirrored", "told"), [(True, 2), (False, 0)])
def test_softness_is_told_of_claims_alone(*, mirrored: bool, told: int) -> None:
    found = examine(jpeg(a_picture(width=800, height=600)), LIMITS, means=Means(mirrored=mirrored))
    names: list[Any] = [one.name for one in found.readings if one.name in {"enlarged_share", "blurred_share"}]
    assert len(names) == told


def test_a_small_photo_says_what_its_working_picture_says() -> None:
    file = jpeg(a_picture(width=320, height=240))
    found = {one.name: one.value for one in examine(file, LIMITS).readings}
    assert (found["enlarged_share"], found["blurred_share"]) == shares(decode(file, LIMITS).grey)
