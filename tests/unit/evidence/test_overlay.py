import io

import numpy as np
import pytest
from PIL import Image

from streams.evidence.comparing.overlay import overlay
from streams.evidence.files.colours import ColourImage, develop
from streams.evidence.files.limits import Limits
from tests.photos import a_picture, jpeg

LIMITS = Limits(size_bytes=20_000_000, pixels=60_000_000)


def a_print(seed: int, width: int = 800, height: int = 600) -> ColourImage:
    return develop(jpeg(a_picture(seed, width, height)), LIMITS)


def opened(picture: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(int)


def test_reference_and_claim_stand_side_by_side() -> None:
    shown = opened(overlay(a_print(1), a_print(2, 600, 600)))
    assert shown.shape == (720, 720 + 12 + 960, 3)


@pytest.mark.parametrize("width", [500, 960, 1_000, 1_400, 3_000])
def test_every_hair_thin_crack_is_outlined_whatever_the_size_of_the_mask(width: int) -> None:
    cracks = [width * at // 29 for at in range(1, 29)]
    mask = np.zeros((width * 3 // 4, width), bool)
    mask[:, cracks] = True
    bare, drawn = opened(overlay(a_print(1), a_print(2))), opened(overlay(a_print(1), a_print(2), mask=mask))
    changed = (np.abs(drawn - bare).max(axis=2) > 60)[:, 960 + 12 :].mean(axis=0) > 0.5
    assert [crack for crack in cracks if not changed[(place := crack * 960 // width) - 4 : place + 5].any()] == []


def test_boxes_and_outlines_are_drawn_on_the_claim_only() -> None:
    claim, reference = a_print(1), a_print(2)
    mask = np.zeros((600, 800), bool)
    mask[200:300, 400:500] = True
    bare = opened(overlay(claim, reference))
    drawn = opened(overlay(claim, reference, [(400, 200, 100, 100)], mask))
    changed = np.abs(drawn - bare).max(axis=2) > 60
    rows, columns = np.nonzero(changed)
    middle = 960 + 12 + 450 * 1.2, 250 * 1.2
    assert columns.min() > 960 + 12
    assert abs((columns.min() + columns.max()) / 2 - middle[0]) < 4
    assert abs((rows.min() + rows.max()) / 2 - middle[1]) < 4


def test_pictures_of_any_shape_fit() -> None:
    shown = opened(overlay(a_print(1, 3_000, 20), a_print(2, 20, 3_000)))
    assert shown.shape[0] <= 720
    assert shown.shape[1] <= 2 * 1_600 + 12


def test_the_photos_themselves_are_not_drawn_on() -> None:
    claim = a_print(1, 960, 720)
    before = claim.pixels.copy()
    overlay(claim, a_print(2), [(10, 10, 100, 100)])
    assert (claim.pixels == before).all()
