"""An own photo laid into the listing is no painted patch: nobody is accused, and a person looks at it."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from streams.evidence.comparing import stills
from streams.evidence.comparing.insets import insets
from streams.evidence.readings import measured
from tests.photos import a_picture, jpeg
from tests.unit.evidence.altered import with_a_crack, with_a_patch
from tests.unit.evidence.compared import ACCUSING, beside, judged, looks, reasons, said
from tests.unit.evidence.drawn_collages import on_white, own_photo, photographed, taken_again

LISTING = a_picture(1, 900, 700)
WHITE = on_white(a_picture(1, 480, 480)).resize((900, 900))
OWN = photographed(31)


def laid(
    inset: Image.Image, width: int, at: tuple[int, int], *, listing: Image.Image = LISTING, rounded: float = 0.0
) -> Image.Image:
    small = inset.resize((width, round(width * inset.height / inset.width)))
    shape = Image.new("L", small.size, 0)
    ImageDraw.Draw(shape).rounded_rectangle((0, 0, small.width - 1, small.height - 1), rounded * small.height, fill=255)
    whole = listing.copy()
    whole.paste(small, at, shape)
    return whole


def framed(inset: Image.Image, colour: str) -> Image.Image:
    whole = Image.new("RGB", (inset.width + 36, inset.height + 36), colour)
    whole.paste(inset, (18, 18))
    return whole


def with_a_shadow(inset: Image.Image, width: int, at: tuple[int, int]) -> Image.Image:
    shade = Image.new("L", LISTING.size, 0)
    height = round(width * inset.height / inset.width)
    ImageDraw.Draw(shade).rectangle((at[0] + 6, at[1] + 8, at[0] + 6 + width, at[1] + 8 + height), fill=140)
    dark = Image.composite(Image.new("RGB", LISTING.size, "black"), LISTING, shade.filter(ImageFilter.GaussianBlur(6)))
    return laid(inset, width, at, listing=dark)


def two() -> Image.Image:
    return laid(photographed(33), 220, (30, 480), listing=laid(OWN, 260, (600, 30)))


HONEST = {
    "in the middle": laid(OWN, 330, (260, 220)),
    "in a corner": laid(OWN, 280, (620, 490)),
    "small": laid(OWN, 130, (60, 70)),
    "over nearly half of it": laid(OWN, 600, (60, 60)),
    "with a white frame": laid(framed(OWN, "white"), 300, (540, 60)),
    "with a dark frame and rounded corners": laid(framed(OWN, "black"), 300, (540, 60), rounded=0.1),
    "with rounded corners": laid(OWN, 320, (60, 400), rounded=0.12),
    "with a shadow": with_a_shadow(OWN, 300, (80, 90)),
    "with a border, in a corner, with a shadow": with_a_shadow(ImageOps.expand(OWN, 70, "black"), 300, (0, 0)),
    "two": two(),
    "over goods on white": laid(OWN, 380, (20, 560), listing=WHITE),
    "an own photo on white, over goods": laid(own_photo(44, 236), 330, (10, 10), listing=WHITE),
    "the same goods, photographed": laid(taken_again(LISTING), 360, (520, 40)),
    "a circle drawn on it": laid(OWN, 320, (40, 40)),
}
ImageDraw.Draw(HONEST["a circle drawn on it"]).ellipse((500, 350, 640, 480), outline=(255, 20, 20), width=7)


@pytest.mark.parametrize("whole", HONEST.values(), ids=HONEST)
def test_an_own_photo_laid_into_the_listing_is_for_a_person_and_accuses_nobody(whole: Image.Image) -> None:
    file = jpeg(whole, 82)
    (pair,) = beside(file, WHITE if whole.size == WHITE.size else LISTING)

    assert judged(file, [pair]) == {"LIKE_REFERENCE"}
    assert {"reference_within", "picture_within"} <= said(pair).keys() or "reference_in_part" in said(pair)


def test_the_place_of_the_picture_that_was_laid_in_is_told() -> None:
    (pair,) = beside(jpeg(laid(OWN, 320, (510, 380)), 85), LISTING)
    place = [int(each) for each in str(said(pair)["picture_within"]).split(",")]
    assert np.abs(np.array(place) - (510, 380, 320, 240)).max() <= 6


def test_a_rectangle_of_damage_on_the_goods_is_never_cleared() -> None:
    damage = Image.effect_noise((120, 90), 90).convert("RGB").filter(ImageFilter.GaussianBlur(1))
    assert reasons(jpeg(laid(damage, 150, (380, 300)), 85), LISTING)


def with_a_hole(seed: int, jags: int) -> Image.Image:
    """The listing with a hole painted into it: of a bright rim, and broken out along the sides of a rectangle."""
    chance = np.random.default_rng(seed)
    middle, (width, height) = chance.uniform((200, 200), (700, 500)), chance.uniform(80, 130, 2)
    rim = []
    for number, place in enumerate(np.linspace(0, 4, 4 * jags, endpoint=False)):
        along = 2 * (place % 1) - 1
        x, y = ((along, -1), (1, along), (-along, 1), (-1, -along))[int(place)]
        out = chance.uniform(0.8, 0.95) if number % 2 else chance.uniform(1.0, 1.25)
        rim.append((float(middle[0] + x * width * out), float(middle[1] + y * height * out)))
    whole = LISTING.copy()
    ImageDraw.Draw(whole).polygon(rim, fill=(14, 15, 17), outline=(215, 215, 215), width=8)
    return whole


@pytest.mark.parametrize(("seed", "jags"), [(1, 4), (3, 6), (5, 6), (2, 8)])
def test_a_painted_hole_is_no_picture_whatever_lies_around_it(seed: int, jags: int) -> None:
    assert "DERIVED_AND_ALTERED" in reasons(jpeg(with_a_hole(seed, jags), 85), LISTING)


@pytest.mark.parametrize("forge", [with_a_crack, with_a_patch])
def test_damage_beside_what_was_laid_in_is_found(forge: type) -> None:
    whole = laid(OWN, 230, (20, 20), listing=forge(LISTING)[0])
    assert "DERIVED_AND_ALTERED" in reasons(jpeg(whole, 88), LISTING)


@pytest.mark.parametrize("forge", [with_a_crack, with_a_patch])
def test_a_forged_copy_laid_into_the_listing_is_found(forge: type) -> None:
    whole = laid(forge(LISTING)[0], 480, (400, 20))
    assert reasons(jpeg(whole, 88), LISTING) & ACCUSING


def test_nothing_is_laid_into_a_listing_whose_goods_a_camera_took_anew() -> None:
    (pair,) = stills.compare(looks(jpeg(HONEST["in the middle"], 82)), [looks(jpeg(LISTING, 92), reference=True)])
    assert len(insets(pair)) == 1
    taken = [measured("copied", 0.01) if one.name == "copied" else one for one in pair.readings]
    assert insets(replace(pair, readings=tuple(taken))) == ()


def test_one_listing_laid_into_another_shows_no_damage() -> None:
    second = a_picture(8, 900, 700)
    assert "RESENT_REFERENCE" in reasons(jpeg(laid(second, 420, (440, 30)), 90), LISTING, second)


@pytest.mark.parametrize("size", [(700, 500), (701, 500), (699, 502), (700, 501)])
def test_a_scene_of_any_size_whose_places_nobody_boxes_is_looked_through(size: tuple[int, int]) -> None:
    """What differs is known at a third of the size then, which need not divide the picture's."""
    listing = a_picture(3, *size)
    pair = beside(jpeg(with_a_patch(listing)[0], 85), listing)[0]
    assert pair.found is not None
    assert pair.found.mask is not None
    assert insets(replace(pair, found=replace(pair.found, mask=None))) == ()
