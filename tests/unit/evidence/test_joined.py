"""The listing beside an own photo, both on white ground: no seam divides them, and still nobody is accused."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from tests.photos import a_picture, cropped, jpeg
from tests.unit.evidence.altered import with_a_crack, with_a_patch
from tests.unit.evidence.compared import ACCUSING, beside, judged, reasons, said, told_among_others
from tests.unit.evidence.drawn_collages import ONE_AND_TWO, SIDE, a_collage, joined, on_white, own_photo


def laid_into(photo: Image.Image, listing: Image.Image, at: tuple[int, int]) -> Image.Image:
    whole = photo.copy()
    whole.paste(listing.resize((400, 400)), at)
    return whole


def with_rounded_corners(photo: Image.Image, listing: Image.Image, at: tuple[int, int]) -> Image.Image:
    shape = Image.new("L", (400, 400), 0)
    ImageDraw.Draw(shape).rounded_rectangle((0, 0, 399, 399), 45, fill=255)
    whole = photo.copy()
    whole.paste(listing.resize((400, 400)), at, shape)
    return whole


def captioned(picture: Image.Image) -> Image.Image:
    page = Image.new("RGB", (picture.width, picture.height + 90), "white")
    page.paste(picture, (0, 90))
    ImageDraw.Draw(page).text((40, 20), "as listed        as received", fill="black", font_size=40)
    return page


def on_an_empty_page(*photos: Image.Image) -> Image.Image:
    """The middle of each photo in a cell of a row, as a gallery shows them, and nothing above and below."""
    page = Image.new("RGB", (SIDE * len(photos), 900), "white")
    for at, photo in enumerate(photos):
        page.paste(photo.crop((0, 110, SIDE, 370)), (at * SIDE, 200))
    return page


GOODS = a_picture(1, SIDE, SIDE)
LISTING, OWN = on_white(GOODS), own_photo()
SECOND = on_white(a_picture(2, SIDE, SIDE), 0.6)
SCENE = a_picture(5, 900, 700)


def with_a_rim(photo: Image.Image, listing: Image.Image) -> Image.Image:
    """A listing laid into the top of a photo, cut to fit: a narrow rim of the photo is left around it."""
    whole = photo.resize((SIDE + 40, 2 * SIDE))
    whole.paste(listing.crop((0, 0, SIDE - 14, SIDE)), (24, 24))
    return whole


HONEST = {
    "left": joined(LISTING, OWN),
    "right, mirrored": joined(OWN, ImageOps.mirror(LISTING)),
    "above": joined(LISTING, OWN, down=True),
    "below, cut all around": joined(OWN, cropped(LISTING, 0.12).resize((SIDE, SIDE)), down=True),
    "near white": joined(on_white(GOODS, ground=243), own_photo(ground=244)),
    "captions": captioned(joined(LISTING, OWN)),
    "between two own photos": joined(OWN, LISTING, own_photo(41)),
    "laid into a photo": laid_into(SCENE, LISTING, (60, 150)),
    "laid into a corner": laid_into(SCENE, LISTING, (500, 0)),
    "laid into a photo, with rounded corners": with_rounded_corners(SCENE, LISTING, (60, 150)),
    "cut by the cells of a gallery": on_an_empty_page(LISTING, OWN),
    "laid in, cut at one side": with_a_rim(SCENE, LISTING),
    "cut by a narrow cell": joined(LISTING.crop((100, 0, 400, SIDE)), OWN),
}


@pytest.mark.parametrize("whole", HONEST.values(), ids=HONEST)
def test_the_listing_beside_an_own_photo_without_a_seam_is_for_a_person_and_accuses_nobody(whole: Image.Image) -> None:
    file = jpeg(whole, 80)
    (pair,) = beside(file, LISTING)

    assert said(pair).keys() & {"reference_within", "reference_marked"}
    assert judged(file, [pair]) - {"NOT_LOOKED"} == {"LIKE_REFERENCE"}


def test_a_listing_that_is_nearly_all_white_accuses_nobody_in_a_collage_of_three() -> None:
    thin = Image.new("RGB", (720, 540), "white")
    thin.paste(GOODS.crop((150, 0, 190, SIDE)).resize((40, 380)), (300, 80))
    file = jpeg(a_collage([SCENE, thin, a_picture(9, 600, 700)], ONE_AND_TWO, size=(1019, 1280)), 85)
    (pair,) = beside(file, thin)

    assert "reference_within" in said(pair)
    assert judged(file, [pair]) == {"LIKE_REFERENCE"}


def test_the_place_of_the_listing_is_told() -> None:
    (pair,) = beside(jpeg(joined(OWN, LISTING)), LISTING)
    left, top, width, height = (int(each) for each in str(said(pair)["reference_within"]).split(","))
    assert np.abs(np.array([left, top, width, height]) - (SIDE, 0, SIDE, SIDE)).max() <= 8


def test_two_listings_and_an_own_photo_are_three() -> None:
    file = jpeg(joined(LISTING, SECOND, OWN), 85)
    pairs = beside(file, LISTING, SECOND)
    assert ["reference_within" in said(pair) for pair in pairs] == [True, True]
    assert judged(file, pairs) == {"LIKE_REFERENCE"}


def test_two_listings_alone_show_no_damage() -> None:
    assert "RESENT_REFERENCE" in reasons(jpeg(joined(LISTING, SECOND)), LISTING, SECOND)


@pytest.mark.parametrize("forge", [with_a_crack, with_a_patch])
def test_a_forged_copy_beside_the_listing_or_an_own_photo_is_found(forge: type) -> None:
    forged = on_white(forge(GOODS)[0])
    assert "DERIVED_AND_ALTERED" in reasons(jpeg(joined(LISTING, forged), 85), LISTING)
    for whole in (joined(forged, OWN), joined(OWN, LISTING, forged)):
        assert told_among_others(jpeg(whole, 85), LISTING)


def test_a_scene_that_was_drawn_further_around_the_listing_is_no_collage() -> None:
    scene = a_picture(7, 1000, 750)
    pixels = np.asarray(scene).astype(np.float32) + np.random.default_rng(3).normal(0, 8, (750, 1000, 3))
    whole = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
    assert reasons(jpeg(whole, 90), whole.crop((0, 0, 620, 750))) & ACCUSING


def test_damage_at_the_edge_of_a_wider_picture_is_no_photo_beside_it() -> None:
    wide = Image.new("RGB", (SIDE * 2, SIDE), "white")
    wide.paste(on_white(with_a_patch(GOODS)[0]), (0, 0))
    ImageDraw.Draw(wide).text((SIDE + 60, 200), "look here", fill="black", font_size=40)
    assert "DERIVED_AND_ALTERED" in reasons(jpeg(wide, 85), LISTING)


def test_a_listing_laid_small_into_a_photo_accuses_nobody_however_its_edges_look() -> None:
    """Its edges are soft, so that nothing jumps there."""
    inner, soft = Image.new("L", (260, 260), 0), a_picture(1, 260, 260)
    ImageDraw.Draw(inner).rectangle((14, 14, 245, 245), fill=255)
    whole = SCENE.copy()
    whole.paste(soft, (300, 200), inner.filter(ImageFilter.GaussianBlur(5)))
    listing, file = soft.resize((780, 780)).crop((42, 42, 738, 738)).resize((780, 780)), jpeg(whole, 85)
    (pair,) = beside(file, listing)
    assert "reference_within" in said(pair)
    assert judged(file, [pair]) == {"LIKE_REFERENCE"}
