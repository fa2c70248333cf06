"""Spots: the connected parts of an area are those that OpenCV tells, with their boxes."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from streams.evidence.pixels.spots import spots


def an_area(share: float, soft: float) -> npt.NDArray[np.uint8]:
    """Return an area (h, w) of that share of a picture, in spots that are the larger the softer it is."""
    noise = np.random.default_rng(11).random((97, 143)).astype(np.float32)
    light = cv2.GaussianBlur(noise, (0, 0), soft)
    return np.asarray(light < np.quantile(light, share), np.uint8)


@pytest.mark.parametrize("share", [0.0, 0.05, 0.4, 0.8, 1.0])
@pytest.mark.parametrize("soft", [0.4, 3.0])
def test_spots_are_those_that_opencv_tells(share: float, soft: float) -> None:
    area = an_area(share, soft)
    found = spots(area)
    count, labels, boxes, middles = cv2.connectedComponentsWithStats(area, connectivity=8)
    assert len(found.boxes) == count
    np.testing.assert_array_equal(found.labels, labels)
    np.testing.assert_array_equal(found.boxes[1:], boxes[1:])
    np.testing.assert_array_equal(found.middles[1:], middles[1:])
    assert not found.boxes[0].any()


def test_the_area_of_some_spots_is_all_of_them_and_no_ground() -> None:
    found = spots(an_area(0.3, 1.0))
    chosen = np.arange(len(found.boxes)) % 3 == 0
    np.testing.assert_array_equal(found.of(chosen), chosen[found.labels] & (found.labels > 0))
    assert not found.of(np.zeros(len(chosen), bool)).any()


def test_an_empty_picture_has_no_spots() -> None:
    found = spots(np.zeros((5, 7), np.uint8))
    assert len(found.boxes) == 1
    assert found.of(np.ones(1, bool)).shape == (5, 7)
    assert not found.of(np.ones(1, bool)).any()
