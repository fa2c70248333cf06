import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.evidence.files.colours import Colour
from streams.evidence.pixels import goods
from streams.evidence.pixels.goods import COARSE, Mask, Shades, Shown, shown

SIDE = 300
SAME_PLACE = np.eye(3)


def a_shirt(colour: tuple[int, int, int]) -> Colour:
    """Folded cloth of one colour on a white ground, with the same folds in every colour."""
    folds = cv2.GaussianBlur(np.random.default_rng(5).normal(0, 1, (SIDE, SIDE)).astype(np.float32), (0, 0), 4)
    pixels = np.full((SIDE, SIDE, 3), 255, np.float32)
    pixels[60:240, 60:240] = (np.array(colour) * (1 + 2.5 * folds[..., None]))[60:240, 60:240]
    return pixels.clip(0, 255).astype(np.uint8)


def a_plain_shirt(colour: tuple[int, int, int]) -> Colour:
    pixels = np.full((SIDE, SIDE, 3), 255, np.uint8)
    pixels[60:240, 60:240] = colour
    return pixels


def marks(rows: slice, columns: slice) -> Mask:
    whole = np.zeros((SIDE, SIDE), bool)
    whole[rows, columns] = True
    return whole[COARSE]


EVERYWHERE, NOWHERE = marks(slice(None), slice(None)), marks(slice(0), slice(0))


def of_the_shirt(unlike: Mask, compared: Mask, tinted: Mask = NOWHERE) -> Shown:
    return shown(a_shirt((40, 80, 150)), unlike, tinted, compared, SAME_PLACE)[0]


def shares(found: Shown) -> tuple[float, float, float]:
    return found.differ, found.replaced, found.gone


def test_goods_that_all_agree_are_shown_as_they_are() -> None:
    assert shares(of_the_shirt(NOWHERE, EVERYWHERE)) == (0.0, 0.0, 0.0)


def test_goods_that_are_cut_away_are_gone_but_do_not_differ() -> None:
    differ, replaced, gone = shares(of_the_shirt(NOWHERE, marks(slice(0, 150), slice(None))))
    assert gone == pytest.approx(0.5, abs=0.03)
    assert (differ, replaced) == (0.0, 0.0)


def test_a_new_ground_takes_nothing_of_the_goods() -> None:
    ground = EVERYWHERE & ~marks(slice(60, 240), slice(60, 240))
    assert shares(of_the_shirt(ground, EVERYWHERE)) == (0.0, 0.0, 0.0)


@given(down=st.integers(0, 180), under=st.integers(0, 180))
def test_what_differs_of_the_goods_is_replaced_unless_it_is_tinted(down: int, under: int) -> None:
    changed, stained = marks(slice(60, 60 + down), slice(60, 240)), marks(slice(60, 60 + under), slice(60, 240))
    differ, replaced, gone = shares(of_the_shirt(changed, EVERYWHERE, tinted=stained))
    assert differ == pytest.approx(down / 180, abs=0.03)
    assert replaced == pytest.approx(max(0, down - under) / 180, abs=0.03)
    assert gone == pytest.approx(replaced)


def test_goods_are_looked_for_where_the_claim_shows_them() -> None:
    half = np.diag([2.0, 2.0, 1.0])  # the claim is the reference at half its size
    seen = np.ones((50, 50), bool)
    assert shares(shown(a_shirt((40, 80, 150)), ~seen, ~seen, seen, half)[0]) == (0.0, 0.0, 0.0)


def test_where_nothing_is_compared_everything_is_gone() -> None:
    assert shares(of_the_shirt(NOWHERE, NOWHERE)) == (0.0, 0.0, 1.0)


def a_scene() -> Colour:
    return np.random.default_rng(3).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)


def test_of_a_full_scene_the_ground_is_what_lies_around_the_middle() -> None:
    middle = marks(slice(75, 225), slice(75, 225))
    found, ground = shown(a_scene(), middle, NOWHERE, EVERYWHERE, SAME_PLACE)
    assert found.kept == pytest.approx(0.0, abs=0.03)
    assert ground is not None
    assert ground.kept == pytest.approx(1.0, abs=0.03)


def test_a_plain_ground_says_nothing() -> None:
    assert shown(a_shirt((40, 80, 150)), NOWHERE, NOWHERE, EVERYWHERE, SAME_PLACE)[1] is None


def under_a_stain(before: Colour) -> Colour:
    after = before.copy()
    after[90:200, 90:190] = (before[90:200, 90:190] * 0.5).astype(np.uint8)
    return after


STAIN = marks(slice(90, 200), slice(90, 190))


def test_folds_shine_through_a_stain_and_not_through_paint() -> None:
    before = a_shirt((140, 160, 190))
    painted = under_a_stain(before)
    painted[90:200, 90:190] = np.rot90(before[:110, :100], 2) // 2
    stained, covered = (Shades(after, before, STAIN).tinted[STAIN].mean() for after in (under_a_stain(before), painted))
    assert stained > 0.6, "where there are folds"
    assert covered < 0.3, "by chance"


def test_only_what_is_unlike_is_tinted() -> None:
    before = a_shirt((140, 160, 190))
    assert not Shades(under_a_stain(before), before, NOWHERE).tinted.any()


def dyed(claim: Colour, reference: Colour, unlike: Mask, compared: Mask) -> bool:
    return goods.dyed(Shades(claim, reference, unlike), compared)


def test_the_same_shirt_in_another_colour_is_dyed() -> None:
    shirt = marks(slice(60, 240), slice(60, 240))
    assert dyed(a_shirt((190, 60, 50)), a_shirt((40, 80, 150)), shirt, EVERYWHERE)


def test_a_plain_shirt_without_folds_in_another_colour_is_dyed_too() -> None:
    shirt = marks(slice(60, 240), slice(60, 240))
    assert dyed(a_plain_shirt((30, 30, 30)), a_plain_shirt((40, 80, 150)), shirt, EVERYWHERE)


def test_a_thing_that_was_removed_is_not_dyed_for_the_claim_has_no_outline_there() -> None:
    nothing = np.full((SIDE, SIDE, 3), 250, np.uint8)
    shirt = marks(slice(60, 240), slice(60, 240))
    assert not dyed(nothing, a_plain_shirt((40, 80, 150)), shirt, EVERYWHERE)


def test_a_stain_on_a_shirt_is_not_dyed_though_the_folds_show_through() -> None:
    before = a_shirt((140, 160, 190))
    assert not dyed(under_a_stain(before), before, STAIN, EVERYWHERE)


def test_a_shirt_in_another_colour_under_a_caption_is_dyed() -> None:
    claim, caption = a_shirt((190, 60, 50)), np.random.default_rng(1).integers(0, 2, (6, 60)) * 200 + 20
    claim[120:180, 20:260] = np.kron(caption[..., None], np.ones((10, 4, 1)))
    unlike = marks(slice(60, 240), slice(60, 240)) | marks(slice(120, 180), slice(20, 260))
    assert dyed(claim, a_shirt((40, 80, 150)), unlike, EVERYWHERE)


def test_another_thing_in_the_same_place_is_not_dyed() -> None:
    other = a_shirt((190, 60, 50))
    other[60:240, 60:240] = np.rot90(other[60:240, 60:240], 2)
    assert not dyed(other, a_shirt((40, 80, 150)), marks(slice(60, 240), slice(60, 240)), EVERYWHERE)


def test_a_new_ground_that_ends_at_the_goods_is_not_dyed() -> None:
    before = a_shirt((40, 80, 150))
    after = before.copy()
    ground = np.ones((SIDE, SIDE), bool)
    ground[60:240, 60:240] = False
    after[ground] = (90, 130, 90)
    assert not dyed(after, before, ground[COARSE], EVERYWHERE)


def test_nothing_unlike_is_nothing_dyed() -> None:
    assert not dyed(a_shirt((40, 80, 150)), a_shirt((40, 80, 150)), NOWHERE, EVERYWHERE)
