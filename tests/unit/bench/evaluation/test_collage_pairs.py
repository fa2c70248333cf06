import numpy as np
import pytest

from streams.bench.evaluation.collage_pairs import LAYOUTS, at_home, joined, together
from streams.bench.evaluation.pixels import Pixels, drawn
from tests.unit.bench.evaluation.photo_sets import photo

RED, GREY = (200, 30, 30), (90, 90, 90)


def plain(colour: tuple[int, int, int], size: tuple[int, int] = (400, 300)) -> Pixels:
    return np.full((*size, 3), colour, np.uint8)


def share_of(colour: tuple[int, int, int], picture: Pixels) -> float:
    return float((np.abs(picture.astype(int) - colour).max(axis=2) < 12).mean())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_photo_fills_one_cell_and_the_others_fill_the_rest(layout: str) -> None:
    whole = together(layout, plain(RED), [plain(GREY)], drawn(1))
    areas = [across * down for _, _, across, down in LAYOUTS[layout]]
    assert min(abs(share_of(RED, whole) - area) for area in areas) < 0.03
    assert share_of(RED, whole) + share_of(GREY, whole) > 0.95


def test_a_cut_leaves_the_damage_in_its_cell() -> None:
    forged, mask = plain(GREY), np.zeros((400, 300), np.bool_)
    mask[10:40, 130:170] = True
    forged[mask] = RED
    for seed in range(4):
        whole = together("stacked", forged, [plain((0, 90, 0))], drawn(seed), mask)
        assert share_of(RED, whole) > 0.003


def test_photos_that_touch_fill_the_picture_and_a_listing_that_is_laid_into_one_is_shown_whole() -> None:
    touching, laid = (joined(kind, plain(RED), plain(GREY), drawn(3)) for kind in ("touching", "laid into"))
    assert (share_of(RED, touching), share_of(GREY, touching)) == (0.5, 0.5)
    assert 0.15 < share_of(RED, laid) < 0.25


def test_an_own_photo_that_is_laid_over_the_listing_leaves_most_of_it() -> None:
    for seed in range(5):
        whole = joined("laid over", plain(RED, (720, 540)), photo(4), drawn(seed))
        assert whole.shape == (720, 540, 3)
        assert 0.6 < share_of(RED, whole) < 0.98


def test_goods_at_home_lie_on_no_white_ground() -> None:
    listed = plain((255, 255, 255), (360, 360))
    listed[100:260, 100:260] = photo(3)[100:260, 100:260]
    seen = at_home(listed, drawn(2))
    assert float((seen[:80].min(axis=2) > 240).mean()) < 0.01
    assert float(np.median(np.abs(seen[120:240, 120:240].astype(int) - listed[120:240, 120:240]))) < 3
