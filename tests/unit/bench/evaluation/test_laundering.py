"""Masks follow every way: where a photo is grey and its mask is painted pink, pink is what the mask still covers."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.bench.evaluation.frames import framed, mask_of
from streams.bench.evaluation.laundering import WAYS, cropped, sent, tilted
from streams.bench.evaluation.pixels import Mask, Pixels, drawn, encoded, opened
from tests.unit.bench.evaluation.photo_sets import photo

GREY, PINK = (120, 120, 120), (250, 40, 250)
HEIGHT, WIDTH = 330, 410
EDGE = 2
"""Pixels by which an edge may be off: JPEG and WebP keep colour in every second one."""


def painted(left: int, top: int, width: int, height: int) -> tuple[Pixels, Mask]:
    mask = np.zeros((HEIGHT, WIDTH), np.bool_)
    mask[top : top + height, left : left + width] = True
    picture = np.full((HEIGHT, WIDTH, 3), GREY, np.uint8)
    picture[mask] = PINK
    return picture, mask


def pink(picture: Pixels) -> Mask:
    """Return where red and blue stand out against green, half as much as they were painted or more."""
    red, green, blue = (picture[..., channel].astype(int) for channel in range(3))
    return np.asarray((red + blue) / 2 - green > 90, np.bool_)


def within(mask: Mask, reach: int) -> Mask:
    """Return the mask and what lies no more than ``reach`` pixels beside it."""
    square = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    return np.asarray(cv2.dilate(mask.astype(np.uint8), square), np.bool_)


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=8, deadline=None)
@given(left=st.integers(60, 240), top=st.integers(60, 180), side=st.integers(40, 90), seed=st.integers(0, 10_000))
def test_the_mask_covers_what_was_painted_whichever_way_it_was_sent(
    way: str, left: int, top: int, side: int, seed: int
) -> None:
    picture, mask = painted(left, top, side, side)
    claim = sent(way, picture, mask, drawn(seed))
    there, told = pink(opened(claim.file)), claim.mask
    clear = ~within(claim.drawn, EDGE)

    assert claim.mask.shape == claim.drawn.shape == there.shape
    assert told.any()
    assert not (told & ~within(there, EDGE) & clear).any()
    assert not (there & ~within(told, EDGE) & clear).any()


@pytest.mark.parametrize("way", WAYS)
def test_a_way_repeats_for_its_seed(way: str) -> None:
    picture, mask = painted(100, 100, 60, 60)
    first, again = (sent(way, picture, mask, drawn(7, way)) for _ in range(2))

    assert first.file == again.file
    assert np.array_equal(first.mask, again.mask)


@pytest.mark.parametrize("way", WAYS)
def test_what_nobody_forged_has_an_empty_mask_after_every_way(way: str) -> None:
    clean = photo()

    assert not sent(way, clean, np.zeros(clean.shape[:2], np.bool_), drawn(3, way)).mask.any()


@pytest.mark.parametrize("way", WAYS)
def test_only_letters_are_drawn_over_the_photo(way: str) -> None:
    picture, mask = painted(100, 100, 60, 60)

    assert sent(way, picture, mask, drawn(2, way)).drawn.any() == ("text" in way)


def test_nothing_of_the_photo_is_lost_where_letters_are_not() -> None:
    clean = photo()
    claim = sent("text", clean, np.zeros(clean.shape[:2], np.bool_), drawn(4))
    plain = opened(encoded(clean, "JPEG", 90))
    off = np.abs(opened(claim.file).astype(int) - plain).max(axis=2)

    assert np.median(off[claim.drawn]) > np.median(off[~claim.drawn])


@given(seed=st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_a_crop_takes_4_to_20_per_cent_of_each_side_and_leaves_most_of_the_damage(seed: int) -> None:
    picture, mask = painted(100, 80, 120, 120)
    frame = cropped(framed(picture, mask), drawn(seed))

    assert 0.79 * WIDTH <= frame.size[0] <= 0.97 * WIDTH
    assert 0.79 * HEIGHT <= frame.size[1] <= 0.97 * HEIGHT
    assert frame.altered.sum() >= 0.7 * mask.sum()


@given(seed=st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_a_tilted_photo_shows_no_empty_corners(seed: int) -> None:
    frame = tilted(framed(np.full((HEIGHT, WIDTH, 3), 200, np.uint8), np.zeros((HEIGHT, WIDTH), np.bool_)), drawn(seed))

    assert frame.pixels.min() == 200
    assert frame.size[0] < WIDTH


def test_a_line_that_becomes_thinner_than_a_pixel_stays_a_line() -> None:
    mask = np.zeros((400, 400), np.bool_)
    mask[200, 50:350] = True
    frame = framed(np.zeros((400, 400, 3), np.uint8), mask).resized((160, 160))

    assert mask_of(frame.altered)[80].sum() == 120
    assert mask_of(frame.altered).sum() == 120


def test_nothing_covered_is_no_mask_and_everything_covered_is_all_of_it() -> None:
    assert not mask_of(np.zeros((4, 5), np.float32)).any()
    assert mask_of(np.ones((4, 5), np.float32)).all()
