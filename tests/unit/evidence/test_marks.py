"""One app's marks on a shop's photo and on a buyer's are no copy; what else both show is still found."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.photos import a_picture, jpeg, png
from tests.unit.evidence.altered import with_a_crack
from tests.unit.evidence.compared import reasons

WIDTH, HEIGHT = 720, 1_560


def _written(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int, colour: str) -> None:
    draw.text(at, text, fill=colour, font=ImageFont.load_default(size))


def photographed(picture: Image.Image, seed: int) -> Image.Image:
    """A photo has grain: no part of it is of one shade."""
    pixels = np.asarray(picture).astype(np.float32)
    return Image.fromarray((pixels + np.random.default_rng(seed).normal(0, 4, pixels.shape)).clip(0, 255).astype("u1"))


def in_a_viewer(photo: Image.Image, seed: int) -> Image.Image:
    """A photo as a telephone shows it, all of the screen: clock, words and buttons above and below it."""
    chance = np.random.default_rng(seed)
    screen = Image.new("RGB", (WIDTH, HEIGHT), "black")
    screen.paste(photo.resize((WIDTH, 540)), (0, 510))
    draw = ImageDraw.Draw(screen)
    _written(draw, (40, 20), f"{chance.integers(10, 23)}:{chance.integers(10, 60)}", 30, "white")
    _written(draw, (560, 20), f"5G  {chance.integers(10, 99)}%", 28, "white")
    _written(draw, (28, 1_470), "Show the whole photo", 28, "#999999")
    for at in range(3):
        draw.ellipse((470 + 80 * at, 1_470, 522 + 80 * at, 1_522), outline="#999999", width=4)
    return screen


def with_a_makers_bar(photo: Image.Image, seed: int) -> Image.Image:
    """A photo with the bar that a telephone puts below it: its name, the time, how it was exposed."""
    chance = np.random.default_rng(seed)
    whole = Image.new("RGB", (800, 680), "white")
    whole.paste(photo, (0, 0))
    draw = ImageDraw.Draw(whole)
    _written(draw, (32, 614), "Telephone 14 Ultra", 26, "black")
    _written(draw, (32, 646), f"2026.11.{chance.integers(10, 30)} 12:{chance.integers(10, 60)}", 18, "gray")
    draw.ellipse((440, 616, 488, 664), fill="#dd0000")
    _written(draw, (444, 632), "LENS", 16, "white")
    _written(draw, (512, 618), f"75mm f/1.8 ISO{chance.integers(50, 900)}", 20, "black")
    return whole


def with_a_date(photo: Image.Image, seed: int) -> Image.Image:
    """A photo with the box that cameras for couriers put into its corner."""
    chance, whole = np.random.default_rng(seed), photo.copy()
    draw = ImageDraw.Draw(whole)
    draw.rectangle((20, 420, 360, 580), fill="#2e6ee6")
    draw.rectangle((20, 420, 360, 462), fill="#fabe00")
    _written(draw, (32, 426), "Goods received today", 30, "white")
    _written(draw, (32, 470), f"{chance.integers(10, 23)}:{chance.integers(10, 60)}", 50, "white")
    _written(draw, (200, 474), f"2026-11-{chance.integers(10, 30)}", 26, "white")
    _written(draw, (32, 536), "Place: the station at the gate", 22, "white")
    return whole


Marking = Callable[[Image.Image, int], Image.Image]
KINDS: dict[str, Marking] = {"viewer": in_a_viewer, "maker's bar": with_a_makers_bar, "date in the corner": with_a_date}


@pytest.mark.parametrize("marked", KINDS.values(), ids=KINDS.keys())
def test_photos_of_other_things_under_one_apps_marks_have_nothing_in_common(marked: Marking) -> None:
    for one, other in ((1, 2), (3, 4)):
        mine, shops = (marked(photographed(a_picture(seed), seed), seed) for seed in (one, other))
        for claim in (png(mine), jpeg(mine, quality=75)):
            assert reasons(claim, shops) == set()


@pytest.mark.parametrize("marked", KINDS.values(), ids=KINDS.keys())
def test_a_damage_painted_into_the_shops_photo_is_told_under_the_same_marks(marked: Marking) -> None:
    shops = photographed(a_picture(5), 5)
    claim, reference = marked(with_a_crack(shops)[0], 6), marked(shops, 7)
    assert "DERIVED_AND_ALTERED" in reasons(jpeg(claim, quality=85), reference)
