"""A new scene around the reference's goods, and new goods on its ground, are made from it; a shared part is not."""

import numpy as np
import pytest
from PIL import Image

from streams.evidence.pixels.pixel_comparison import PixelComparison
from tests.looks import compare_files
from tests.photos import a_picture, jpeg

SEEDS = (1, 2, 3)
SIZE = WIDTH, HEIGHT = 800, 600


def found_in(claim: Image.Image, reference: Image.Image) -> PixelComparison:
    (beside,) = compare_files(jpeg(claim, 80), jpeg(reference, 90))
    return beside.found or PixelComparison(score=0.0)


def values(found: PixelComparison) -> dict[str, object]:
    return {reading.name: reading.value for reading in found.readings}


def with_its_middle_from(ground: Image.Image, goods: Image.Image, share: float) -> Image.Image:
    """The middle of one picture, in that place of another one."""
    across, down = round(WIDTH * share / 2) * 2, round(HEIGHT * share / 2) * 2
    box = ((WIDTH - across) // 2, (HEIGHT - down) // 2, (WIDTH + across) // 2, (HEIGHT + down) // 2)
    whole = ground.copy()
    whole.paste(goods.crop(box), box)
    return whole


@pytest.mark.parametrize("seed", SEEDS)
def test_the_references_goods_in_another_scene_are_made_from_it(seed: int) -> None:
    reference = a_picture(seed, *SIZE)
    found = found_in(with_its_middle_from(a_picture(seed + 50, *SIZE), reference, 0.6), reference)
    assert found.score >= 0.5
    assert isinstance(kept := values(found)["goods_kept"], float)
    assert kept > 0.8
    left, top, width, height = map(int, str(values(found)["shared_in_claim"]).split(","))
    assert left >= 0.15 * WIDTH
    assert top >= 0.15 * HEIGHT
    assert left + width <= 0.85 * WIDTH
    assert top + height <= 0.85 * HEIGHT


@pytest.mark.parametrize("seed", SEEDS)
def test_other_goods_on_the_references_ground_are_made_from_it(seed: int) -> None:
    reference = a_picture(seed, *SIZE)
    found = found_in(with_its_middle_from(reference, a_picture(seed + 50, *SIZE), 0.5), reference)
    assert found.score >= 0.5
    assert isinstance(kept := values(found)["ground_kept"], float)
    assert kept > 0.8
    assert "goods_kept" not in values(found)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_part_that_two_photos_share_is_not_enough(seed: int) -> None:
    banner = np.asarray(a_picture(seed + 80, WIDTH, 150))
    claim, reference = (np.asarray(a_picture(each, *SIZE)).copy() for each in (seed, seed + 50))
    claim[-150:], reference[-150:] = banner, banner
    assert found_in(Image.fromarray(claim), Image.fromarray(reference)).score < 0.5
