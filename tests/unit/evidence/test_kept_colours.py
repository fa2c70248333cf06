"""Files that were warped and then filtered once more keep their colours; a photo of print has those of a press."""

import cv2
import numpy as np
import pytest

from streams.bench.evaluation.frames import framed
from streams.bench.evaluation.pixels import Pixels, drawn, encoded, opened
from streams.bench.evaluation.printed import printed
from streams.bench.evaluation.warps import taken_anew
from streams.evidence.pixels.copied import UNSURE
from tests.photos import a_picture
from tests.unit.evidence.test_copied import artwork, found, value


def _within(pixels: np.ndarray) -> Pixels:
    return np.asarray(pixels.clip(0, 255), np.uint8)


def _listing() -> Pixels:
    """A picture of several soft hues, with print and a grain that has none."""
    vivid = np.asarray(a_picture(1, 900, 700))
    pixels = _within(70 + 0.45 * vivid.mean(axis=2, keepdims=True) + 0.2 * vivid)
    for row in range(6):
        cv2.putText(pixels, "fragile goods 24h", (40, 80 + 100 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (20, 20, 20), 2)
    return _within(pixels + np.random.default_rng(1).normal(0, 5, (700, 900, 1)))


LISTED = encoded(_listing(), "JPEG", 92)


def _darker_corners(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    across, down = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    return _within(pixels * (1 - 0.2 * (across**2 + down**2))[..., None])


def _noisy(pixels: Pixels) -> Pixels:
    return _within(pixels + np.random.default_rng(2).normal(0, 5, pixels.shape))


def _blurred(pixels: Pixels) -> Pixels:
    return _within(cv2.GaussianBlur(pixels, (0, 0), 1.3))


def _warped(seed: int) -> Pixels:
    pixels = opened(LISTED).copy()
    mask = np.zeros(pixels.shape[:2], np.uint8)
    crack = np.array([[300, 200], [380, 330], [350, 420], [460, 520]])
    cv2.polylines(mask, [crack], isClosed=False, color=1, thickness=5)
    pixels[mask > 0] = 25
    return taken_anew("tilted", framed(pixels, mask > 0), np.asarray(a_picture(8)), drawn("filtered", seed)).pixels


FILTERS = {"vignette": _darker_corners, "noise": _noisy, "blur": _blurred}


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_file_that_was_warped_and_filtered_passes_for_no_photo(name: str, seed: int) -> None:
    copied = value(found(encoded(FILTERS[name](_warped(seed)), "JPEG", 80), LISTED), "copied")
    assert copied is not None
    assert copied >= UNSURE


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("kind", ["cover", "carton"])
def test_a_photo_of_print_has_colours_of_its_own(kind: str, seed: int) -> None:
    goods = printed(kind, artwork(seed), np.asarray(a_picture(9)), drawn("kept", kind, seed))
    copied = value(found(encoded(goods.claim, "JPEG", 88), goods.listing), "copied")
    assert copied is None or copied < 0.2


@pytest.mark.parametrize("mixing", [0.1, 0.25])
def test_channels_that_hold_something_of_each_other_were_seen_by_a_camera(mixing: float) -> None:
    """As an own press and camera leave them: what is left of it was softened, and its places lie in perspective."""
    pixels = opened(encoded(_blurred(_warped(2)), "JPEG", 90)).astype(np.float64)
    mixed = (1 - mixing) * pixels + mixing * np.roll(pixels, 1, axis=2)
    copied = value(found(encoded(_within(mixed), "JPEG", 80), LISTED), "copied")
    assert copied is not None
    assert copied < UNSURE
