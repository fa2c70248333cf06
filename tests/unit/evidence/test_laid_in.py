"""A picture that a program laid into a photo is a photo of its own: a forged listing in a corner is found there."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from streams.errors import MediaUnreadable
from streams.evidence.files.decoding import decode
from streams.evidence.files.limits import Limits
from streams.evidence.looking import kept_panels
from streams.evidence.looking.examination import examine
from streams.evidence.looking.laid_in import laid_in
from streams.evidence.looking.panels import Box
from tests.photos import a_picture, jpeg
from tests.unit.evidence.altered import with_a_crack, with_a_patch
from tests.unit.evidence.compared import ACCUSING, beside, judged, reasons, said, told_among_others
from tests.unit.evidence.drawn_collages import own_photo, photographed, taken_again

LIMITS = Limits(30_000_000, 100_000_000)
LISTING = a_picture(1)
OWN = photographed(51)
SIZE = (1200, 900)


def in_a_photo(
    picture: Image.Image, place: tuple[int, int, int, int], *, border: int = 0, rounded: int = 0
) -> Image.Image:
    """An own photo into which a picture was laid: left, top, width and height in pixels."""
    left, top, width, height = place
    whole = OWN.resize(SIZE)
    small = ImageOps.expand(ImageOps.fit(picture, (width - 2 * border, height - 2 * border)), border, "white")
    mask = Image.new("L", (width, height), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width - 1, height - 1), rounded, fill=255)
    whole.paste(small, (left, top), mask)
    return whole


PLACES = {
    "in the corner": (900, 0, 300, 240),
    "near the corner": (30, 620, 330, 250),
    "in the middle": (430, 250, 420, 340),
    "half as wide as the photo": (560, 380, 600, 480),
    "small": (850, 60, 220, 200),
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
@pytest.mark.parametrize(
    ("border", "rounded"), [(0, 0), (6, 0), (0, 30)], ids=["", "with a border", "with round corners"]
)
def test_the_frame_of_a_picture_laid_into_a_photo_is_told(
    place: tuple[int, int, int, int], border: int, rounded: int
) -> None:
    grey = decode(jpeg(in_a_photo(LISTING, place, border=border, rounded=rounded), 85), LIMITS).grey
    (box,) = laid_in(grey)
    scale = grey.shape[1] / SIZE[0]
    assert box.likeness(Box(*place).scaled(scale, scale)) > 0.85


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
@pytest.mark.parametrize("forge", [with_a_patch, with_a_crack])
def test_a_forged_listing_laid_into_an_own_photo_is_found(place: tuple[int, int, int, int], forge: type) -> None:
    assert told_among_others(jpeg(in_a_photo(forge(LISTING)[0], place), 88), LISTING)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_the_listing_laid_into_an_own_photo_is_a_fact_and_no_suspicion(place: tuple[int, int, int, int]) -> None:
    assert ACCUSING.isdisjoint(reasons(jpeg(in_a_photo(LISTING, place), 88), LISTING))


def test_a_person_looks_at_the_photo_around_a_listing_which_was_laid_into_it() -> None:
    claim, place = jpeg(in_a_photo(LISTING, PLACES["in the corner"]), 88), PLACES["in the corner"]
    (pair,) = beside(claim, LISTING)
    assert judged(claim, [pair]) == {"LIKE_REFERENCE"}
    told = [int(each) for each in str(said(pair)["reference_within"]).split(",")]
    assert np.abs(np.array(told) - place).max() <= 8


def test_a_forged_photo_into_which_the_listing_was_laid_is_found() -> None:
    forged = with_a_patch(LISTING)[0].resize(SIZE)
    forged.paste(ImageOps.fit(LISTING, (260, 200)), (20, 20))
    assert not ACCUSING.isdisjoint(reasons(jpeg(forged, 88), LISTING))


@pytest.mark.parametrize("seed", range(40, 46))
def test_nothing_is_laid_into_a_photo_as_a_camera_took_it(seed: int) -> None:
    for picture in (photographed(seed), own_photo(seed), taken_again(LISTING, seed)):
        assert laid_in(decode(jpeg(picture, 85), LIMITS).grey) == []


def test_what_is_kept_says_that_the_panels_lie_in_a_photo() -> None:
    packed = examine(jpeg(in_a_photo(LISTING, PLACES["in the corner"]), 88), LIMITS).features
    assert kept_panels.are_laid_in(packed)
    assert [name for name, _ in kept_panels.parts(packed)] == ["p1"]
    assert not kept_panels.are_laid_in(kept_panels.whole(packed))
    with pytest.raises(MediaUnreadable):
        kept_panels.are_laid_in(packed[:6])


def test_a_frame_within_which_next_to_nothing_is_seen_is_no_panel() -> None:
    window = a_picture(7).filter(ImageFilter.GaussianBlur(25))
    photo = in_a_photo(window, PLACES["near the corner"], border=6)
    assert laid_in(decode(jpeg(photo, 88), LIMITS).grey)
    assert kept_panels.parts(examine(jpeg(photo, 88), LIMITS).features) == []


def with_a_box(photo: Image.Image) -> Image.Image:
    """A photo with the box of an app in its corner, the same for whoever uses that."""
    whole = photo.copy()
    whole.paste(a_picture(70, 320, 200), (30, whole.height - 240))
    return whole


def test_what_an_app_lays_at_one_place_into_everybodys_photos_is_no_picture_of_its_own() -> None:
    shops, buyers = with_a_box(LISTING.resize(SIZE)), with_a_box(OWN.resize((1200, 1000)))
    assert laid_in(decode(jpeg(buyers, 88), LIMITS).grey)
    (pair,) = beside(jpeg(buyers, 88), shops)
    assert said(pair).keys().isdisjoint({"claim_part", "reference_marked", "reference_within"})


def test_a_forged_listing_of_another_size_is_a_picture_of_its_own_in_the_same_corner() -> None:
    claim = with_a_box(OWN.resize(SIZE))
    small = with_a_patch(with_a_box(LISTING.resize(SIZE)))[0].resize((420, 315))
    claim.paste(small, (30, 900 - 40 - 315))
    assert told_among_others(jpeg(claim, 88), with_a_box(LISTING.resize(SIZE)))
