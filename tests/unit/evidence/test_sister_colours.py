"""Sister colours: one article in two colours, photographed alike, of which tones explain the whole difference."""

import numpy as np
import pytest

from streams.evidence.files.colours import Colour
from streams.evidence.pixels.goods import COARSE, Shades
from streams.evidence.pixels.sister_colours import in_another_colour

SIDE = 300
SKIN, ORANGE, PINK, BLACK, GREY = (205, 150, 120), (230, 150, 40), (230, 120, 130), (25, 25, 27), (120, 120, 120)


def a_model(cloth: tuple[int, int, int], skin: tuple[int, int, int] = SKIN, ground: int = 255) -> Colour:
    """A person in a jacket on a plain ground."""
    pixels = np.full((SIDE, SIDE, 3), ground, np.uint8)
    pixels[30:90, 120:180] = skin
    pixels[90:260, 80:220] = cloth
    return pixels


def told(claim: Colour, reference: Colour) -> bool:
    nowhere = np.zeros((SIDE, SIDE), bool)[COARSE]
    return in_another_colour(Shades(claim, reference, nowhere), ~nowhere)


@pytest.mark.parametrize("other", [PINK, (60, 90, 200), BLACK])
def test_one_article_in_another_colour_is_no_copy_however_well_tones_explain_it(other: tuple[int, int, int]) -> None:
    assert told(a_model(other), a_model(ORANGE))
    assert told(a_model(ORANGE), a_model(other))


def test_goods_alone_are_told_by_their_hue() -> None:
    assert told(a_model(PINK, skin=PINK), a_model((60, 90, 200), skin=(60, 90, 200)))


def test_the_same_goods_have_the_same_colour() -> None:
    assert not told(a_model(ORANGE), a_model(ORANGE))


@pytest.mark.parametrize("tint", [(1.0, 0.98, 0.9), (1.05, 1.0, 0.92), (0.95, 1.0, 1.04)])
def test_a_filter_that_tints_the_whole_picture_makes_no_other_article(tint: tuple[float, float, float]) -> None:
    model = a_model(ORANGE)
    assert not told(np.asarray((model * np.array(tint)).clip(0, 255), np.uint8), model)


def test_a_picture_without_colours_is_no_other_article() -> None:
    model = a_model(ORANGE)
    luma = (model @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)
    assert not told(np.repeat(luma[..., None], 3, axis=2), model)


def test_stronger_colours_are_no_other_article() -> None:
    model = a_model((180, 140, 110)).astype(np.float32)
    grey = model.mean(axis=2, keepdims=True)
    assert not told(np.asarray((grey + 1.9 * (model - grey)).clip(0, 255), np.uint8), a_model((180, 140, 110)))


def test_a_scene_with_no_plain_ground_tells_nothing() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (SIDE, SIDE, 3), np.uint8)
    assert not told(noise, noise[::-1].copy())
