"""A collage beside its listing: the listing in it is a fact, what is beside it is looked at as a photo."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from streams.errors import MediaUnreadable
from streams.evidence.comparing import media_comparison
from streams.evidence.looking import kept_panels
from streams.evidence.looking.examination import examine
from streams.evidence.looking.panels import Box
from tests.looks import LIMITS, looked_at
from tests.photos import a_picture, cropped, jpeg
from tests.unit.evidence.altered import overlap, with_a_crack, with_a_patch
from tests.unit.evidence.compared import ACCUSING, beside, judged, looks, reasons, said, told_among_others
from tests.unit.evidence.drawn_collages import (
    FOUR,
    LAYOUTS,
    SIDE_BY_SIDE,
    STACKED,
    Cells,
    a_collage,
    marked,
    on_a_screen,
    pasted,
    places,
    taken_again,
)

LISTING = a_picture(1)
OWN = taken_again(LISTING)
"""A camera's own photo of the same printed goods."""
OTHERS = [a_picture(seed) for seed in (31, 32, 33)]


@pytest.mark.parametrize(("cells", "gap"), [(SIDE_BY_SIDE, 0), (STACKED, 10)], ids=["side by side", "stacked"])
def test_the_listing_beside_an_own_photo_is_a_fact_and_accuses_nobody(cells: Cells, gap: int) -> None:
    whole = a_collage([LISTING, OWN], cells, gap=gap)
    file = jpeg(marked(whole, (900, 600), caption=""), 85) if gap else jpeg(on_a_screen(whole), 70)
    (pair,) = beside(file, LISTING)
    assert (said(pair)["reference_in_part"], said(pair)["claim_part"]) == ("p1", "p2")
    assert not judged(file, [pair]) & ACCUSING


def test_a_circle_and_words_on_the_listing_in_a_collage_are_no_damage() -> None:
    whole = a_collage([LISTING, OWN], SIDE_BY_SIDE)
    file = jpeg(marked(whole, (300, 420), caption="AS LISTED"), 85)
    (pair,) = beside(file, LISTING)
    assert said(pair)["reference_in_part"] == "p1"
    assert not judged(file, [pair]) & ACCUSING


def test_what_is_drawn_hides_no_damage() -> None:
    cracked, _ = with_a_crack(LISTING)
    whole = a_collage([cracked, OWN], SIDE_BY_SIDE, size=(1600, 600))
    assert told_among_others(jpeg(marked(whole, (400, 300)), 85), LISTING)


def test_it_does_not_matter_on_which_side_the_listing_is_nor_that_photos_keep_their_shape() -> None:
    for whole in (a_collage([OWN, LISTING]), pasted([cropped(LISTING, 0.1), OWN])):
        (pair,) = beside(jpeg(whole), LISTING)
        assert "reference_in_part" in said(pair)
        assert not judged(jpeg(whole), [pair]) & ACCUSING


@pytest.mark.parametrize("cells", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_a_forged_panel_among_honest_ones_is_found(cells: Cells) -> None:
    forged, _ = with_a_patch(LISTING)
    photos = [forged, *OTHERS][: len(cells)]
    whole = a_collage(photos[::-1], cells, size=(1600, 1200), gap=6)
    assert told_among_others(jpeg(on_a_screen(whole), 80), LISTING)


@pytest.mark.parametrize("shade", [(30, 30, 30), (60, 50, 40)], ids=["black", "brown"])
def test_a_crack_as_thin_as_a_hair_in_a_small_panel_is_found_on_goods_of_vivid_colours(
    shade: tuple[int, int, int],
) -> None:
    forged = LISTING.copy()
    across, down = forged.size
    places_of = [(across * (0.3 + 0.02 * at), down * (0.3 + 0.03 * at) + (7, -6)[at % 2]) for at in range(10)]
    ImageDraw.Draw(forged).line(places_of, fill=shade)
    whole = a_collage([*OTHERS, forged], FOUR, size=(1600, 1200), gap=6)

    assert told_among_others(jpeg(whole, 85), LISTING)


def test_a_forged_copy_of_the_listing_beside_the_listing_itself_is_found() -> None:
    forged, _ = with_a_crack(LISTING)
    assert "DERIVED_AND_ALTERED" in reasons(jpeg(a_collage([LISTING, forged], size=(1600, 600), gap=8)), LISTING)


def test_where_a_forged_panel_was_altered_is_told_in_the_whole_photo() -> None:
    forged, mask = with_a_patch(LISTING)
    size, gap = (1600, 1200), 12
    whole = a_collage([OTHERS[0], OTHERS[1], OTHERS[2], forged], FOUR, size=size, gap=gap)
    (pair,) = beside(jpeg(whole, 92), LISTING)
    x, y, width, height = places(FOUR, size, gap)[3]
    there = Image.new("L", size)
    there.paste(Image.fromarray(mask).convert("L").resize((width, height)), (x, y))
    expected = np.asarray(there) > 127
    assert pair.found is not None
    assert overlap(pair.found.whole_mask(), expected) > 0.7
    (region,) = pair.found.regions
    assert expected[region[1] : region[1] + region[3], region[0] : region[0] + region[2]].mean() > 0.7
    assert pair.found.altered_fraction == pytest.approx(expected.mean(), rel=0.3)
    assert said(pair)["altered_fraction"] == pair.found.altered_fraction


def test_listings_alone_show_no_damage() -> None:
    others = a_picture(2)
    assert "RESENT_REFERENCE" in reasons(jpeg(a_collage([LISTING, others])), LISTING, others)


def test_what_a_wrong_division_hides_is_told_by_the_whole() -> None:
    whole = OTHERS[0].copy()
    whole.paste(LISTING.crop((0, 0, LISTING.width // 2, LISTING.height // 2)).resize((300, 225)), (30, 30))
    photo, *others = (looks(jpeg(one, 92))[0] for one in (whole, *OTHERS[1:]))
    boxes = [Box(0, 0, 320, 480), Box(320, 0, 320, 480)]
    panels = [replace(one, part=f"p{at + 1}", box=box) for at, (one, box) in enumerate(zip(others, boxes, strict=True))]
    listed = looks(jpeg(LISTING, 92), reference=True)

    assert judged(jpeg(whole), media_comparison.compare([photo, *panels], [listed])) == {"LIKE_REFERENCE"}


def test_a_listing_that_is_a_collage_itself_may_not_be_sent_again() -> None:
    listed = a_collage([a_picture(seed) for seed in (1, 2, 3, 4)], FOUR, gap=8)
    assert "RESENT_REFERENCE" in reasons(jpeg(listed.resize((900, 600)), 80), listed)
    forged, _ = with_a_crack(listed)
    assert "DERIVED_AND_ALTERED" in reasons(jpeg(forged, 85), listed)


def test_a_collage_of_other_goods_has_nothing_to_do_with_the_listing() -> None:
    assert reasons(jpeg(a_collage(OTHERS[:2], gap=4)), LISTING) == set()


def test_what_is_kept_of_a_collage_is_the_same_each_time_and_may_be_damaged() -> None:
    file = jpeg(a_collage([LISTING, OWN]))
    first, again = examine(file, LIMITS), examine(file, LIMITS)
    assert (first.features, first.pictures) == (again.features, again.pictures)
    assert [part for part, _ in kept_panels.parts(first.features)] == ["p1", "p2"]
    for end in (5, 12, len(first.features) - 9):
        with pytest.raises(MediaUnreadable):
            kept_panels.unpack(first.features[:end])


def test_a_table_before_a_blurred_wall_is_one_photo() -> None:
    table = 120 + np.asarray(a_picture(8, 640, 480)) // 2
    table[:120] = np.asarray(a_picture(9, 640, 480).filter(ImageFilter.GaussianBlur(8)))[:120] // 3 + 10
    claim = jpeg(Image.fromarray(table), 90)

    assert kept_panels.parts(looked_at(claim).features) == []
    assert judged(claim, beside(claim, LISTING)) == set()


def test_a_plain_photo_beside_the_listing_stays_a_panel() -> None:
    claim = jpeg(a_collage([LISTING, OWN.filter(ImageFilter.GaussianBlur(14))], SIDE_BY_SIDE), 90)
    assert len(kept_panels.parts(looked_at(claim).features)) == 2
