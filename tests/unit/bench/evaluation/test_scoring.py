import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.bench.evaluation.pairs import Pair
from streams.bench.evaluation.pixels import Mask
from streams.bench.evaluation.scoring import Truth, outcome, overlap, tolerant_overlap
from streams.bench.evaluation.subject import Inspection

TRUTH = Truth("altered", "a.jpg", "crop", "stain")
SIDE = 500


def box(left: int, top: int, width: int, height: int) -> Mask:
    mask = np.zeros((SIDE, SIDE), np.bool_)
    mask[top : top + height, left : left + width] = True
    return mask


def pair(mask: Mask | None, drawn: Mask | None = None, source: int | None = 0) -> Pair:
    return Pair(b"claim", (b"one", b"two"), source, mask, drawn)


def test_overlap_of_a_box_with_its_half_is_a_half() -> None:
    assert overlap(box(0, 0, 10, 10), box(0, 0, 10, 5)) == 0.5
    assert overlap(box(0, 0, 10, 10), box(50, 50, 10, 10)) == 0
    assert overlap(box(0, 0, 0, 0), box(0, 0, 0, 0)) == 1


def test_a_line_that_is_off_by_two_pixels_of_500_is_right_with_the_tolerance_and_wrong_without() -> None:
    true, found = box(100, 200, 200, 1), box(100, 202, 200, 1)

    assert overlap(found, true) == 0
    assert tolerant_overlap(found, true) == 1


def test_a_line_that_is_off_by_three_pixels_of_500_is_wrong_either_way() -> None:
    assert tolerant_overlap(box(100, 203, 200, 1), box(100, 200, 200, 1)) == 0


def test_half_of_a_line_is_half_of_it_with_the_tolerance_too() -> None:
    assert tolerant_overlap(box(100, 200, 100, 1), box(100, 200, 200, 1)) == pytest.approx(0.51, abs=0.005)


def test_with_the_tolerance_nothing_found_is_nothing() -> None:
    assert tolerant_overlap(box(0, 0, 0, 0), box(0, 0, 9, 9)) == 0
    assert tolerant_overlap(box(0, 0, 9, 9), box(0, 0, 0, 0)) == 0


@given(st.integers(0, 400), st.integers(0, 400), st.integers(1, 99), st.integers(1, 99))
def test_what_is_found_exactly_overlaps_wholly(left: int, top: int, width: int, height: int) -> None:
    mask = box(left, top, width, height)

    assert (overlap(mask, mask), tolerant_overlap(mask, mask)) == (1, 1)


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_tolerance_never_takes_away(left: int, top: int) -> None:
    found, true = box(left, top, 120, 90), box(150, 150, 110, 110)

    assert tolerant_overlap(found, true) >= overlap(found, true) - 1e-9


def test_a_claim_that_was_not_found_derived_has_an_overlap_of_nothing() -> None:
    found = outcome(TRUTH, pair(box(9, 9, 50, 50)), Inspection(derived=False, best_reference=None, altered=False))

    assert (found.derived, found.iou, found.tolerant, found.hit) == (False, 0, 0, False)


def test_an_alteration_found_well_is_a_hit_by_the_right_reference() -> None:
    mask = box(9, 9, 50, 50)
    found = outcome(TRUTH, pair(mask), Inspection(derived=True, best_reference=0, altered=True, mask=mask))

    assert (found.right_reference, found.iou, found.hit, found.false_share) == (True, 1, True, None)


def test_the_wrong_reference_is_told() -> None:
    found = outcome(TRUTH, pair(box(9, 9, 50, 50)), Inspection(derived=True, best_reference=1))

    assert found.right_reference is False


def test_of_an_unedited_photo_everything_found_is_false() -> None:
    mask = box(0, 0, SIDE, SIDE // 10)
    found = outcome(TRUTH, pair(box(0, 0, 0, 0)), Inspection(derived=True, best_reference=0, altered=True, mask=mask))

    assert found.iou is None
    assert found.false_share == pytest.approx(0.1)


def test_letters_drawn_on_the_way_are_neither_right_nor_wrong() -> None:
    true, letters = box(100, 100, 50, 50), box(300, 300, 100, 20)
    both = Inspection(derived=True, best_reference=0, altered=True, mask=true | letters)

    assert outcome(TRUTH, pair(true, letters), both).iou == 1
    assert outcome(TRUTH, pair(box(0, 0, 0, 0), letters | true), both).false_share == 0


def test_a_mask_in_other_pixels_than_the_claims_is_a_fault() -> None:
    found = Inspection(derived=True, best_reference=0, altered=True, mask=np.zeros((5, 6), np.bool_))

    with pytest.raises(ValueError, match=r"the mask has \(6, 5\) pixels, the claim \(500, 500\)"):
        outcome(TRUTH, pair(box(9, 9, 50, 50)), found)
