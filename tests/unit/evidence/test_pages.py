"""Pages of apps and documents are told from photos; of two pages, only the photographs in them count."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from streams.evidence.comparing import reuse
from streams.evidence.comparing.known import Known
from streams.evidence.comparing.recognised import KnownPhoto, Recognised, Resemblance
from streams.evidence.files.colours import develop
from streams.evidence.files.decoding import decode
from streams.evidence.files.limits import Limits
from streams.evidence.looking import pages
from streams.evidence.looking.examination import examine
from streams.policy.pair_verdict import photo_verdict
from tests.looks import compare_files
from tests.photos import a_picture, jpeg, png
from tests.unit.evidence.altered import with_a_crack
from tests.unit.evidence.compared import reasons
from tests.unit.evidence.drawn_pages import (
    a_chat,
    a_chat_with_faces,
    a_receipt_of_payment,
    a_receipt_on_paper,
    a_shop_page,
    a_size_chart,
    a_tracking_page,
    a_way_bill,
    an_order_page,
)

LIMITS = Limits(30_000_000, 100_000_000)
PAGES: dict[str, Callable[[int], Image.Image]] = {
    "order page": an_order_page,
    "order page in the dark": lambda seed: an_order_page(seed, dark=True),
    "order page of the same goods": lambda seed: an_order_page(seed, goods=7),
    "way bill": a_way_bill,
    "size chart": a_size_chart,
    "chat": a_chat,
    "chat in the dark, with faces": a_chat_with_faces,
    "payment": a_receipt_of_payment,
    "receipt on paper": a_receipt_on_paper,
    "tracking page with a map": a_tracking_page,
    "chat with a photo": lambda seed: a_chat(seed, a_picture(50 + seed)),
}


def known(file: bytes) -> Known:
    return Known(str(hash(file)), lambda: examine(file, LIMITS).features, lambda: develop(file, LIMITS))


def found(claim: bytes, earlier: bytes) -> Recognised:
    """What a page has to do with an earlier photo, however near their fingerprints are."""
    ours, theirs = known(claim), known(earlier)
    asked = Resemblance(KnownPhoto(theirs.sha256, "claim"), far=False, page=True)
    (answer,) = reuse.recognise(ours, [], [(theirs, asked)])
    return answer


def said(file: bytes) -> object:
    return next(reading.value for reading in examine(file, LIMITS).readings if reading.name == "page")


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_a_page_is_told_from_a_photo_however_it_is_saved(page: Callable[[int], Image.Image]) -> None:
    for file in (png(page(1)), jpeg(page(2), quality=80), jpeg(page(3), quality=50)):
        assert said(file) is True


def on_white(picture: Image.Image) -> Image.Image:
    shelf = Image.new("RGB", (800, 800), "white")
    shelf.paste(picture.resize((500, 500)), (150, 150))
    return shelf


@pytest.mark.parametrize(
    "photo",
    [a_picture(1), on_white(a_picture(2)), Image.new("RGB", (600, 400), "white"), a_picture(3).resize((90, 60))],
    ids=["goods", "goods on white", "nothing", "a tiny one"],
)
def test_a_photo_of_goods_is_no_page(photo: Image.Image) -> None:
    assert (said(png(photo)), said(jpeg(photo, quality=60))) == (False, False)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_two_buyers_pages_of_one_template_are_not_one_picture(page: Callable[[int], Image.Image]) -> None:
    for one, other in ((1, 2), (3, 5)):
        assert found(png(page(one)), png(page(other))) == Recognised(confirmed=False)
        assert found(jpeg(page(one), quality=80), png(page(other))) == Recognised(confirmed=False)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_another_buyers_page_as_the_reference_is_named_a_page_and_accuses_nobody(
    page: Callable[[int], Image.Image],
) -> None:
    mine, other = jpeg(page(3), quality=85), jpeg(page(4), quality=85)
    beside = compare_files(mine, other)[0]
    told = {one.name: one.value for one in beside.readings}
    assert told.get("reference_page") is not False
    codes = {reason.code for reason in photo_verdict(examine(mine, LIMITS).readings, [beside], [False], ["r0"]).reasons}
    assert codes.isdisjoint({"DERIVED_AND_ALTERED", "SCENE_REGENERATED", "RESENT_REFERENCE"})


def test_a_forged_photo_in_a_page_is_no_template() -> None:
    """A tool's own page shows the photo before and after: what both have in common is a photograph."""
    shown = a_picture(5)
    mine, other = jpeg(a_chat(3, with_a_crack(shown)[0]), quality=85), jpeg(a_chat(4, shown), quality=85)
    told = {one.name: one.value for one in compare_files(mine, other)[0].readings}
    assert told["reference_page"] is False


@pytest.mark.parametrize(("painted", "code"), [(False, "LIKE_REFERENCE"), (True, "DERIVED_AND_ALTERED")])
def test_the_shops_page_of_an_article_accuses_nobody_but_for_a_damage_painted_into_it(
    code: str, *, painted: bool
) -> None:
    listing = on_white(a_picture(6)).crop((100, 0, 700, 800))
    page = jpeg(a_shop_page(1, with_a_crack(listing)[0] if painted else listing), quality=85)
    assert reasons(page, listing) == {code, "EVIDENCE_MISSING"}  # a page alone is no photo of the goods


def test_a_photo_of_goods_as_the_reference_is_no_page() -> None:
    listed = jpeg(a_picture(1), quality=90)
    beside = compare_files(jpeg(with_a_crack(a_picture(1))[0], quality=85), listed)[0]
    assert {one.name: one.value for one in beside.readings}["reference_page"] is False


def test_a_forged_photo_that_was_sent_in_two_chats_is_found_again() -> None:
    for seed in (9, 10, 11):
        forged = with_a_crack(a_picture(seed))[0]
        assert found(png(a_chat(1, forged)), jpeg(a_chat(2, forged), quality=80)) == Recognised(confirmed=True)


def test_photographs_of_a_page_are_where_they_stand_and_a_lists_thumbnail_is_none() -> None:
    shown = pages.photographs(decode(png(a_chat(1, a_picture(9))), LIMITS).grey)
    height, width = shown.shape
    photo = np.s_[int(0.35 * height) : int(0.61 * height), int(0.13 * width) : int(0.87 * width)]
    assert (shown[photo].mean() > 0.95, shown.mean() < 0.4) == (True, True)
    assert not pages.photographs(decode(png(an_order_page(1)), LIMITS).grey).any()


@pytest.mark.parametrize("size", [(1, 1), (15, 400), (16, 16)])
def test_a_picture_of_any_size_is_asked(size: tuple[int, int]) -> None:
    grey = np.full(size, 200, np.uint8)
    assert not pages.is_page(grey)
    assert pages.photographs(grey).shape == size
