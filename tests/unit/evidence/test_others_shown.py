"""What lies on a listing in a collage: whatever it is, a person looks, and nobody is accused of it."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from tests.photos import a_picture, jpeg
from tests.unit.evidence.altered import with_a_crack, with_a_patch
from tests.unit.evidence.compared import ACCUSING, beside, judged, reasons, said, told_among_others
from tests.unit.evidence.drawn_collages import STACKED, a_collage, own_photo, photographed, round_ones, turned_prints

LISTING = a_picture(1)
OWN = photographed(41)


def with_a_lens(listing: Image.Image) -> Image.Image:
    """A round detail of the listing, three times as large, with a dark rim and a handle."""
    drawn = listing.copy()
    detail = listing.crop((300, 200, 360, 260)).resize((180, 180))
    disc = Image.new("L", (180, 180))
    ImageDraw.Draw(disc).ellipse([0, 0, 179, 179], fill=255)
    pen = ImageDraw.Draw(drawn)
    pen.line([260, 340, 330, 410], fill=(40, 40, 40), width=18)
    drawn.paste(detail, (120, 190), disc)
    pen.ellipse([118, 188, 302, 372], outline=(40, 40, 40), width=8)
    return drawn


def with_a_black_scribble(listing: Image.Image) -> Image.Image:
    drawn = listing.copy()
    along = np.linspace(0, 1, 60)
    line = [(140 + 260 * at, 300 + 60 * np.sin(30 * at)) for at in along.tolist()]
    ImageDraw.Draw(drawn).line(line, fill=(12, 12, 12), width=6, joint="curve")
    return drawn


def with_a_shaded_sticker(listing: Image.Image) -> Image.Image:
    sticker = Image.new("RGBA", (150, 150))
    pen = ImageDraw.Draw(sticker)
    for at in range(70, 0, -1):
        pen.ellipse([75 - at, 75 - at, 75 + at, 75 + at], fill=(250, 120 + at, 40 + at, 255))
    pen.polygon([(40, 110), (75, 60), (110, 110)], fill=(90, 40, 20, 255))
    drawn = listing.copy()
    drawn.paste(sticker.convert("RGB"), (220, 160), sticker.getchannel("A").filter(ImageFilter.GaussianBlur(2)))
    return drawn


MARKS = {"a lens": with_a_lens, "a scribble": with_a_black_scribble, "a sticker": with_a_shaded_sticker}


@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS.keys())
@pytest.mark.parametrize("gap", [0, 12])
def test_whatever_lies_on_the_listing_beside_an_own_photo_accuses_nobody(
    mark: Callable[[Image.Image], Image.Image], gap: int
) -> None:
    whole = a_collage([mark(LISTING), OWN], STACKED if gap else ((0, 0, 0.5, 1), (0.5, 0, 0.5, 1)), gap=gap)
    assert reasons(jpeg(whole, 86), LISTING).isdisjoint(ACCUSING)


@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS.keys())
@pytest.mark.parametrize("put", [turned_prints, round_ones])
@pytest.mark.parametrize("own", [photographed(41).resize((480, 480)), own_photo()], ids=["a scene", "on white"])
def test_whatever_lies_on_a_listing_that_is_laid_askew_or_round_beside_an_own_photo_accuses_nobody(
    mark: Callable[[Image.Image], Image.Image], put: Callable[..., Image.Image], own: Image.Image
) -> None:
    listing = a_picture(4, 480, 480)
    assert reasons(jpeg(put(mark(listing), own), 84), listing).isdisjoint(ACCUSING)


@pytest.mark.parametrize("forge", [with_a_crack, with_a_patch])
def test_damage_painted_into_a_panel_is_told_with_its_place_and_cleared_by_nobody(forge: type) -> None:
    whole = a_collage([OWN, forge(LISTING)[0]], size=(1600, 600), gap=8)
    file = jpeg(whole, 88)
    assert told_among_others(file, LISTING)
    (pair,) = beside(file, LISTING)
    left, _, width, _ = (int(each) for each in str(said(pair)["reference_among_others"]).split(","))
    assert left >= 780
    assert left + width >= 1500


@pytest.mark.parametrize("forge", [with_a_crack, with_a_patch])
def test_a_forged_photo_by_itself_or_on_an_empty_page_is_accused(forge: type) -> None:
    forged = forge(LISTING)[0]
    page = Image.new("RGB", (forged.width + 200, forged.height + 400), "white")
    page.paste(forged, (100, 100))
    for whole in (forged, page):
        assert "DERIVED_AND_ALTERED" in reasons(jpeg(whole, 88), LISTING)


def test_a_picture_that_another_reference_shows_is_nothing_of_the_buyers_own() -> None:
    other = a_picture(2)
    file = jpeg(a_collage([with_a_patch(LISTING)[0], other], gap=8), 88)
    pairs = beside(file, LISTING, other)
    assert "DERIVED_AND_ALTERED" in judged(file, pairs)
    assert all("reference_among_others" not in said(one) for one in pairs)


@pytest.mark.parametrize(
    ("page", "words", "button"), [("#fafafa", "#d6d6d6", "#f05a32"), ("#101014", "#505058", "#2878f0")]
)
def test_prices_and_buttons_below_a_forged_photo_are_no_other_picture(page: str, words: str, button: str) -> None:
    """An app's page shows its photo alone."""
    listing, font = a_picture(1, 1080, 810), ImageFont.load_default(50)
    whole = Image.new("RGB", (1080, 1664), page)
    whole.paste(with_a_crack(listing)[0], (0, 101))
    draw = ImageDraw.Draw(whole)
    draw.text((40, 962), "CNY 88.30", fill=button, font=font)
    for top, right in ((1063, 864), (1119, 756), (1175, 540)):
        draw.rectangle((40, top, right, top + 28), fill=words)
    draw.rounded_rectangle((561, 1417, 1036, 1527), 55, fill=button)
    draw.text((702, 1444), "Buy now", fill="white", font=font)
    assert "DERIVED_AND_ALTERED" in reasons(jpeg(whole, 88), listing)


def with_thumbnails(page: Image.Image, words: str, most: int) -> Image.Image:
    """The page with a list of other goods below the photo: each a small picture, its name and its price."""
    listed, font = page.copy(), ImageFont.load_default(36)
    draw = ImageDraw.Draw(listed)
    for at in range(most):
        listed.paste(a_picture(60 + at, 170, 170), (40, 980 + 200 * at))
        draw.text((240, 1000 + 200 * at), f"Similar goods {at}", fill=words, font=font)
        draw.text((240, 1060 + 200 * at), f"CNY {30 + 7 * at}.00", fill="#f05a32", font=font)
    return listed


THEMES = pytest.mark.parametrize(
    ("page", "words"), [("#ffffff", "#303030"), ("#16161a", "#e0e0e4")], ids=["light", "dark"]
)


def a_page_with(forged: Image.Image, page: str) -> Image.Image:
    whole = Image.new("RGB", (1080, 1720), page)
    whole.paste(forged, (0, 101))
    return whole


@THEMES
@pytest.mark.parametrize("forge", [with_a_crack, with_a_patch])
def test_a_thumbnail_below_a_forged_photo_is_no_other_picture(forge: type, page: str, words: str) -> None:
    listing = a_picture(1, 1080, 810)
    whole = with_thumbnails(a_page_with(forge(listing)[0], page), words, most=1)
    assert "DERIVED_AND_ALTERED" in reasons(jpeg(whole, 88), listing)


@THEMES
def test_a_list_of_thumbnails_may_be_cut_out_as_a_picture_and_a_person_looks(page: str, words: str) -> None:
    """All of them together are as large as a panel."""
    listing = a_picture(1, 1080, 810)
    whole = with_thumbnails(a_page_with(with_a_crack(listing)[0], page), words, most=3)
    assert reasons(jpeg(whole, 88), listing) & {"LIKE_REFERENCE", "DERIVED_AND_ALTERED"}
