"""The listing in a circle or askew on a patterned page, beside an own photo: nobody is accused, and a person looks."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from streams.evidence.comparing import comparison
from streams.evidence.comparing.comparison import PairResult, Photo
from streams.evidence.comparing.windows import window
from streams.evidence.files.decoding import Grey
from tests.photos import a_picture, jpeg
from tests.unit.evidence.altered import Altered, with_a_crack, with_a_patch
from tests.unit.evidence.compared import beside, judged, looks, said, told_among_others
from tests.unit.evidence.drawn_collages import a_page, on_white, own_photo, round_ones, turned_prints

GOODS = a_picture(1, 480, 480)
WHITE, SCENE = on_white(GOODS), a_picture(4, 480, 480)


SHAPES = [round_ones, turned_prints]


def cut_out(photo: Image.Image) -> Image.Image:
    """The goods of a photo on a page of their own: the ground, and nothing else, was made anew."""
    shape = Image.fromarray(((np.asarray(photo).min(axis=2) < 250) * 255).astype(np.uint8))
    page = a_page(480, 480)
    page.paste(photo, (0, 0), shape)
    return page


@pytest.mark.parametrize("put", SHAPES)
@pytest.mark.parametrize("listing", [WHITE, SCENE], ids=["on white", "a scene"])
@pytest.mark.parametrize("first", [True, False])
def test_a_listing_that_a_program_cut_to_a_shape_is_for_a_person(
    put: Callable[..., Image.Image], listing: Image.Image, *, first: bool
) -> None:
    file = jpeg(put(listing, own_photo()) if first else put(own_photo(), listing), 82)
    (pair,) = beside(file, listing)

    assert "reference_within" in said(pair)
    assert judged(file, [pair]) - {"NOT_LOOKED"} == {"LIKE_REFERENCE"}


@pytest.mark.parametrize("damaged", [with_a_patch, with_a_crack])
def test_a_forged_one_that_lies_askew_is_told_beside_the_other_photo(damaged: Callable[..., Altered]) -> None:
    forged, _ = damaged(SCENE)
    assert told_among_others(jpeg(turned_prints(forged, own_photo()), 88), SCENE)


def bitten_at_its_edge(photo: Image.Image, seed: int) -> Image.Image:
    """A photo with a ragged piece of another one that reaches its right or its lower edge."""
    chance = np.random.default_rng(seed)
    width, height = photo.size
    middle = np.array([width - 40, height * 0.6] if seed % 2 else [width * 0.4, height - 40])
    turns = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    reach = 90 * (1 + 0.35 * chance.normal(size=40).clip(-1, 1))
    ragged = middle + reach[:, None] * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    shape = Image.new("L", photo.size, 0)
    ImageDraw.Draw(shape).polygon([tuple(each) for each in ragged.tolist()], fill=255)
    return Image.composite(a_picture(77, width, height), photo, shape)


def on_a_screen(photo: Image.Image) -> Image.Image:
    screen = Image.new("RGB", (720, 1_600), "white")
    screen.paste(photo, (0, 350))
    return screen


@pytest.mark.parametrize("seed", range(4))
def test_a_damage_that_reaches_the_edge_of_a_listing_is_no_cut_of_a_program(seed: int) -> None:
    """What is left of the listing ends straight for the most part."""
    listing = on_white(GOODS).resize((720, 900))
    whole, bitten = (
        comparison.compare(a_photo(on_a_screen(each)), [a_photo(listing)])[0]
        for each in (listing, bitten_at_its_edge(listing, seed))
    )
    assert window(whole, a_grey(whole)) is not None
    assert bitten.found is not None
    assert bitten.found.altered is True
    assert window(bitten, a_grey(bitten)) is None


def test_goods_that_were_cut_out_and_laid_on_another_ground_are_no_window() -> None:
    """They end where the listing itself has edges."""
    box = Image.new("RGB", (480, 480), "white")
    box.paste(GOODS.resize((300, 240)), (90, 120))
    pair = comparison.compare(a_photo(cut_out(box)), [a_photo(box)])[0]
    assert pair.found is not None
    assert pair.found.altered is True
    assert window(pair, a_grey(pair)) is None


def test_what_shows_a_listing_in_a_circle_is_a_window_there() -> None:
    pair = comparison.compare(a_photo(round_ones(SCENE, own_photo())), [a_photo(SCENE)])[0]
    box = window(pair, a_grey(pair))
    assert box is not None
    scale = 1200 / a_grey(pair).shape[1]
    assert (box.x * scale, box.width * scale) == (pytest.approx(70, abs=12), pytest.approx(480, abs=24))


def a_photo(picture: Image.Image) -> Photo:
    return looks(jpeg(picture, 90))[0].photo


def a_grey(pair: PairResult) -> Grey:
    assert pair.prints is not None
    return np.asarray(cv2.cvtColor(pair.prints[0].pixels, cv2.COLOR_RGB2GRAY), np.uint8)
