"""The listing in a circle or askew on a patterned page, beside an own photo: nobody is accused, and a person looks."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from streams.evidence.comparing import comparison
from streams.evidence.comparing.comparison import PairResult, Photo
from streams.evidence.comparing.windows import window
from streams.evidence.files.decoding import Grey
from tests.photos import a_picture, jpeg
from tests.unit.evidence.altered import Altered, with_a_crack, with_a_patch
from tests.unit.evidence.compared import beside, judged, looks, reasons, said, told_among_others
from tests.unit.evidence.drawn_collages import on_white, own_photo

GOODS = a_picture(1, 480, 480)
WHITE, SCENE = on_white(GOODS), a_picture(4, 480, 480)


def a_page(width: int = 1200, height: int = 700) -> Image.Image:
    """Stripes of two colours, as programs offer them."""
    y, x = np.mgrid[0:height, 0:width]
    stripes = ((x + y) // 40 % 2)[..., None]
    return Image.fromarray(np.where(stripes, (240, 170, 210), (120, 235, 215)).astype(np.uint8))


def round_ones(*photos: Image.Image) -> Image.Image:
    """The middle of each photo in a circle."""
    page, disc = a_page(), Image.new("L", (480, 480), 0)
    ImageDraw.Draw(disc).ellipse((0, 0, 479, 479), fill=255)
    for at, photo in enumerate(photos):
        page.paste(photo.crop((20, 20, 460, 460)).resize((480, 480)), (70 + 580 * at, 110), disc)
    return page


def turned_prints(*photos: Image.Image) -> Image.Image:
    """The middle of each photo in a white frame, turned by a few degrees."""
    page = a_page()
    for at, photo in enumerate(photos):
        print_ = ImageOps.expand(photo.crop((0, 60, 480, 420)), 14, "white").convert("RGBA")
        turned = print_.rotate((-7, 5)[at], expand=True, resample=Image.Resampling.BICUBIC)
        page.paste(turned, (50 + 590 * at, 120), turned)
    return page


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
def test_a_forged_one_that_lies_askew_is_found(damaged: Callable[..., Altered]) -> None:
    forged, _ = damaged(SCENE)
    file = jpeg(turned_prints(forged, own_photo()), 88)
    assert told_among_others(file, SCENE) or "DERIVED_AND_ALTERED" in reasons(file, SCENE)


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
