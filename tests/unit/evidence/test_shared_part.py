"""What a shop lays into the photos of all its goods (a banner, a badge) is shared, and says nothing of the goods."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from streams.evidence.features import features
from streams.evidence.features.prefilter import likeness
from streams.evidence.pixels.alignment import align
from streams.evidence.pixels.shared_part import is_shared_part
from tests.looks import a_photo
from tests.photos import a_picture, jpeg
from tests.unit.evidence.altered import with_a_patch
from tests.unit.evidence.compared import ACCUSING, beside, reasons, said, told_among_others
from tests.unit.evidence.drawn_collages import FOUR, SIDE_BY_SIDE, a_collage

TWO_AND_STRIP = [(0, 0, 0.5, 600 / 1040), (0.5, 0, 0.5, 600 / 1040), (0, 600 / 1040, 1, 440 / 1040)]
BANNER, BADGE = a_picture(90, 800, 200), a_picture(91, 300, 240)


def goods(seed: int) -> Image.Image:
    """Goods on white ground."""
    whole = Image.new("RGB", (800, 800), "white")
    whole.paste(a_picture(seed, 600, 700), (100, 50))
    return whole


def under_a_banner(photo: Image.Image, price: str) -> Image.Image:
    """A photo below a shop's banner, on which a price has a colour of its own."""
    whole = Image.new("RGB", (photo.width, photo.height + BANNER.height))
    whole.paste(BANNER, (0, 0))
    ImageDraw.Draw(whole).ellipse((560, 40, 700, 160), fill=price)
    whole.paste(photo, (0, BANNER.height))
    return whole


def with_a_badge(photo: Image.Image, at: tuple[int, int]) -> Image.Image:
    whole = photo.copy()
    whole.paste(BADGE, at)
    return whole


def shares_a_part(claim: Image.Image, reference: Image.Image) -> bool:
    ours, theirs = a_photo(jpeg(claim, 85)), a_photo(jpeg(reference, 92), reference=True)
    alike = likeness(features.unpack(ours.features), features.unpack(theirs.features))
    mine, other = ours.develop(), theirs.develop()
    found = align(alike.projections, mine, other)
    assert found is not None
    return is_shared_part(found, mine, other)


@pytest.mark.parametrize("seed", [4, 5])
def test_a_shops_banner_is_no_panel_of_a_claim_and_a_person_looks_at_the_two_photos_as_wholes(seed: int) -> None:
    claim, listing = under_a_banner(a_picture(seed), "red"), under_a_banner(a_picture(seed + 40), "yellow")
    (pair,) = beside(jpeg(claim, 85), listing)
    assert said(pair)["derived_score"] == 0.3
    assert reasons(jpeg(claim, 85), listing) == {"LIKE_REFERENCE"}


def test_a_damage_painted_below_a_shops_banner_is_found() -> None:
    listing = a_picture(4)
    forged, _ = with_a_patch(listing)
    said_of_it = reasons(jpeg(under_a_banner(forged, "red"), 85), under_a_banner(listing, "red"))
    assert "DERIVED_AND_ALTERED" in said_of_it


def test_a_forged_photo_of_several_in_a_listing_is_no_banner() -> None:
    photos = [a_picture(each) for each in (4, 5, 6, 7)]
    forged, _ = with_a_patch(photos[2])
    claim = a_collage([a_picture(60), forged], SIDE_BY_SIDE)
    assert told_among_others(jpeg(claim, 85), a_collage(photos, FOUR))


def test_a_forged_strip_of_a_listing_without_a_seam_is_no_banner() -> None:
    """Plain goods and white ground part it from what lies above as well as a seam would, but nothing jumps there."""
    listing = Image.new("RGB", (800, 800), "white")
    listing.paste((30, 30, 34), (200, 60, 600, 800))
    listing.paste(a_picture(12, 400, 200), (200, 600))
    strip = listing.crop((0, 580, 800, 800))
    ImageDraw.Draw(strip).ellipse((330, 70, 450, 170), fill=(120, 70, 30))
    claim = a_collage([a_picture(60), a_picture(61), strip], TWO_AND_STRIP, size=(1600, 1040))
    assert told_among_others(jpeg(claim, 85), listing)


@pytest.mark.parametrize("seed", [8, 10])
def test_a_badge_laid_over_other_goods_is_a_shared_part(seed: int) -> None:
    assert shares_a_part(with_a_badge(goods(seed), (120, 80)), with_a_badge(goods(seed + 40), (380, 480)))


def test_goods_that_were_kept_in_a_new_scene_are_no_shared_part() -> None:
    for listing in (goods(9), a_picture(9, 800, 800)):
        scene = np.asarray(a_picture(77, 800, 800)).copy()
        scene[50:750, 100:700] = np.asarray(listing)[50:750, 100:700]
        assert not shares_a_part(Image.fromarray(scene), listing)
        assert reasons(jpeg(Image.fromarray(scene), 85), listing) & ACCUSING


def test_a_patch_over_goods_under_a_badge_leaves_more_than_the_badge() -> None:
    listing = with_a_badge(goods(8), (120, 80))
    forged, _ = with_a_patch(listing)
    assert not shares_a_part(forged, listing)
