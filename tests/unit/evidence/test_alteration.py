"""How much of what was altered two photos share: painting more into a forgery, or less, does not hide it.

The photos here are masks: what was painted where, by a number for each paint. Two photos differ where their paints do.
"""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from streams.evidence.pixels.alteration import Altered, alike, altered, pack, shared, unpack
from streams.evidence.pixels.pixel_comparison import PixelComparison

Paints = npt.NDArray[np.int8]
SIDE = 40
LEFT, TOP_RIGHT, BOTTOM_RIGHT = np.s_[:, :10], np.s_[:18, 20:], np.s_[22:, 20:]

paints = arrays.arrays(np.int8, (SIDE, SIDE), elements=st.integers(0, 2), fill=st.just(0))
masks = arrays.arrays(np.bool_, (7, 5))


def painted(*strokes: tuple[tuple[slice, slice], int]) -> Paints:
    picture = np.zeros((SIDE, SIDE), np.int8)
    for where, paint in strokes:
        picture[where] = paint
    return picture


def beside(one: Paints, other: Paints) -> Altered:
    return Altered(one != other, np.ones(one.shape, bool), bool((one != other).any()))


CLEAN = painted()


def share(claim: Paints, earlier: Paints) -> float:
    return shared(beside(claim, CLEAN), beside(claim, earlier), earlier != CLEAN)


def of_all(claim: Paints, earlier: Paints) -> tuple[float, bool]:
    return alike(beside(claim, CLEAN), beside(claim, earlier))


@given(paints, paints)
def test_a_share_lies_between_0_and_1_and_is_at_least_that_of_all_that_was_altered(one: Paints, other: Paints) -> None:
    assert 0 <= of_all(one, other)[0] <= share(one, other) <= 1


@given(paints, paints)
def test_it_does_not_matter_which_of_two_photos_came_first(one: Paints, other: Paints) -> None:
    assume(np.count_nonzero(one) != np.count_nonzero(other))  # of two that have as much the claim's is taken
    assert share(one, other) == share(other, one)


@given(paints.filter(np.any))
def test_a_forgery_used_again_is_shared_whole(forged: Paints) -> None:
    assert share(forged, forged) == of_all(forged, forged)[0] == 1


@given(paints, paints)
def test_what_is_painted_into_a_forged_photo_besides_does_not_hide_it(forged: Paints, more: Paints) -> None:
    forged[:, 10:] = 0
    assume(forged.any())
    both = np.where(forged > 0, forged, np.where(np.arange(SIDE) < 13, 0, more))
    assert share(both, forged) == share(forged, both) == 1
    assert share(both, CLEAN) == share(CLEAN, both) == 0


@given(paints, paints)
def test_a_photo_that_was_not_altered_shares_nothing(forged: Paints, other: Paints) -> None:
    assert share(forged, CLEAN) == share(CLEAN, other) == 0


def test_two_forgeries_in_different_places_share_nothing_and_need_no_further_look() -> None:
    one, other = painted((TOP_RIGHT, 1)), painted((BOTTOM_RIGHT, 2))
    assert of_all(one, other) == (0, True)
    assert share(one, other) == 0


@pytest.mark.parametrize(("wide", "settled"), [(1, False), (20, True)])
def test_a_forgery_used_again_needs_a_further_look_where_a_comparison_may_have_missed_it(
    wide: int, *, settled: bool
) -> None:
    forged = painted((np.s_[5:15, 5 : 5 + wide], 1))
    assert of_all(forged, forged) == (1, settled)


def test_two_forgeries_in_one_place_share_nothing_where_they_look_different() -> None:
    assert share(painted((TOP_RIGHT, 1)), painted((TOP_RIGHT, 2))) == 0


def test_two_large_stains_that_overlap_a_little_share_little() -> None:
    one, other = painted((np.s_[:20, :20], 1)), painted((np.s_[15:35, 15:35], 1))
    assert share(one, other) < 0.15


def test_a_forged_photo_with_more_painted_into_it_needs_a_further_look() -> None:
    crack, both = painted((LEFT, 1)), painted((LEFT, 1), (TOP_RIGHT, 2))
    for one, other in ((crack, both), (both, crack)):
        found, settled = of_all(one, other)
        assert found == pytest.approx(400 / 760)
        assert not settled


def test_a_crack_that_is_missed_beside_a_photo_altered_elsewhere_is_not_shared() -> None:
    crack, patch = beside(painted((LEFT, 1)), CLEAN), painted((TOP_RIGHT, 2))
    seen = beside(CLEAN, patch)  # the claim beside the earlier photo, where the crack is lost in noise
    assert not alike(crack, seen)[1]
    assert shared(crack, seen, patch != CLEAN) == 0


def test_what_two_masks_of_a_thin_crack_are_apart_does_not_count() -> None:
    mine, theirs = painted((np.s_[:, 10:11], 1)), painted((np.s_[:, 11:12], 1))
    same = beside(CLEAN, CLEAN)
    assert shared(beside(mine, CLEAN), same, theirs != CLEAN) == 1


def test_a_spot_too_small_to_be_an_alteration_is_not_shared() -> None:
    mask = np.zeros((300, 300), bool)
    mask[5:9, 5:10] = True
    mine = Altered(mask, np.ones_like(mask), anything=True)
    same = Altered(np.zeros_like(mask), np.ones_like(mask), anything=False)
    assert alike(mine, same) == (1, True)
    assert shared(mine, same, mask) == 0


def test_what_only_one_of_two_photos_can_show_counts_for_nothing() -> None:
    whole, cut = painted((LEFT, 1), (TOP_RIGHT, 2)), painted((LEFT, 1))
    there = np.zeros((SIDE, SIDE), bool)
    there[:, :20] = True
    differs = Altered(np.zeros_like(there), there, anything=False)
    assert shared(beside(whole, CLEAN), differs, cut != CLEAN) == 1


@given(st.builds(Altered, masks, masks, anything=st.booleans()))
def test_what_is_packed_comes_back(where: Altered) -> None:
    found = unpack(pack(where))
    assert (found.mask == where.mask).all()
    assert (found.compared == where.compared).all()
    assert found.anything is where.anything


def test_nobody_can_say_where_a_photo_was_altered_that_was_not_compared_place_by_place() -> None:
    assert altered(PixelComparison(score=1.0)) is None


def test_a_crack_between_the_places_compared_is_an_alteration_all_the_same() -> None:
    mask = np.zeros((30, 30), bool)
    mask[:, 3] = True
    found = altered(PixelComparison(score=1.0, mask=mask, compared=np.ones((10, 10), bool)))
    assert found is not None
    assert not found.mask.any()
    assert found.anything
