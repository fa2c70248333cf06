"""What buyers' programs draw on the listing in a collage, or lay over it, is no damage: a person looks."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from streams.evidence.comparing import overlays, stills
from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.ink import ink, of_the_same_pen
from streams.evidence.comparing.outlines import spot_of
from tests.photos import a_picture, jpeg
from tests.unit.evidence.altered import Mask, with_a_crack, with_a_patch
from tests.unit.evidence.compared import ACCUSING, beside, judged, looks, reasons, told_among_others
from tests.unit.evidence.drawn_collages import a_collage, joined, taken_again

GREYISH = Image.blend(a_picture(1, 640, 480), Image.new("RGB", (640, 480), (128, 122, 110)), 0.6)
"""A listing of muted colours, as real goods have."""
OWN = taken_again(a_picture(31, 640, 480))


def with_an_arrow(picture: Image.Image) -> Image.Image:
    drawn = picture.copy()
    pen = ImageDraw.Draw(drawn)
    pen.line([420, 380, 300, 250], fill=(235, 30, 30), width=9)
    pen.polygon([(270, 218), (330, 240), (294, 276)], fill=(235, 30, 30))
    return drawn


def with_a_sticker(picture: Image.Image) -> Image.Image:
    drawn = picture.copy()
    pen = ImageDraw.Draw(drawn)
    pen.ellipse([240, 160, 340, 260], fill=(255, 204, 51), outline=(200, 140, 20), width=3)
    for left in (265, 303):
        pen.ellipse([left, 190, left + 12, 206], fill=(80, 50, 10))
    return drawn


def with_letters(picture: Image.Image) -> Image.Image:
    drawn = picture.copy()
    ImageDraw.Draw(drawn).text((120, 40), "SOLD", fill="white", stroke_width=3, stroke_fill="black", font_size=44)
    return drawn


def with_rounded_corners(picture: Image.Image) -> Image.Image:
    shape = Image.new("L", picture.size, 0)
    ImageDraw.Draw(shape).rounded_rectangle([0, 0, picture.width - 1, picture.height - 1], 50, fill=255)
    return Image.composite(picture, Image.new("RGB", picture.size, (237, 237, 237)), shape)


def with_a_button(picture: Image.Image) -> Image.Image:
    drawn = picture.copy()
    ImageDraw.Draw(drawn).ellipse([612, 212, 668, 268], fill="white")
    return drawn


def on_a_card(picture: Image.Image) -> Image.Image:
    """The listing and an own photo as cards that lie askew."""
    whole = Image.new("RGB", (1300, 800), (96, 140, 120))
    for at, (photo, turn) in enumerate(((picture, 8), (OWN, -6))):
        card = Image.new("RGBA", (540, 460), (250, 250, 248, 255))
        card.paste(photo.resize((500, 375)), (20, 20))
        card = card.rotate(turn, expand=True, resample=Image.Resampling.BICUBIC)
        whole.paste(card, (30 + at * 640, 120), card)
    return whole


def with_a_round_picture(picture: Image.Image) -> Image.Image:
    shape = Image.new("L", (220, 220), 0)
    ImageDraw.Draw(shape).ellipse([0, 0, 219, 219], fill=255)
    drawn = picture.copy()
    drawn.paste(OWN.resize((220, 220)), (330, 130), shape)
    return drawn


def with_two_that_overlap(picture: Image.Image) -> Image.Image:
    drawn = picture.resize((960, 720))
    drawn.paste(OWN.resize((320, 240)), (240, 160))
    drawn.paste(taken_again(a_picture(33, 640, 480)).resize((300, 225)), (430, 330))
    return drawn


def differing(mask: Mask, picture: Image.Image) -> PairResult:
    """An altered listing of which a search for damage says that a ``mask`` differs, 480 by 640."""
    (pair,) = stills.compare(looks(jpeg(picture, 90))[:1], [looks(jpeg(GREYISH, 92), reference=True)])
    assert pair.found is not None
    return replace(pair, found=replace(pair.found, mask=mask))


SPREAD = [(x, 120 + 20 * at) for at, x in enumerate((225, 204, 218, 207, 226, 205, 216, 203, 230))]
SPREAD += [(x, 280 - 20 * at) for at, x in enumerate((250, 276, 262, 277, 255, 274, 260, 275, 248))]
"""A ragged area between two strokes."""
MARKED = [with_an_arrow, with_a_sticker, with_letters, with_rounded_corners, with_a_button]


@pytest.mark.parametrize("mark", MARKED)
def test_a_mark_on_the_listing_in_a_collage_accuses_nobody(mark: type) -> None:
    file = jpeg(joined(mark(GREYISH), OWN), 85)
    pairs = beside(file, GREYISH)
    assert not judged(file, pairs) & ACCUSING


@pytest.mark.parametrize("put", [on_a_card, with_a_round_picture, with_two_that_overlap])
def test_an_own_picture_beside_or_over_the_listing_in_whatever_shape_is_for_a_person(put: type) -> None:
    file = jpeg(put(GREYISH), 88)
    pairs = beside(file, GREYISH)
    assert judged(file, pairs) - {"NOT_LOOKED"} == {"LIKE_REFERENCE"}


@pytest.mark.parametrize("forge", [with_a_crack, with_a_patch])
@pytest.mark.parametrize("mark", [with_a_sticker, with_letters])
def test_damage_beside_a_mark_is_found(forge: type, mark: type) -> None:
    whole = a_collage([mark(forge(GREYISH)[0]), OWN], size=(1280, 480))
    assert told_among_others(jpeg(whole, 88), GREYISH)


@pytest.mark.parametrize(("cracked", "drawn"), [(False, True), (True, False)])
def test_what_lies_between_strokes_and_hardly_differs_is_no_damage(cracked: bool, drawn: bool) -> None:  # noqa: FBT001
    picture = GREYISH.copy()
    pen = ImageDraw.Draw(picture)
    for left in (200, 280):
        pen.line([left, 120, left, 280], fill=(255, 60, 60), width=7)
    if cracked:
        pen.line([222, 140, 240, 190, 228, 230, 254, 270], fill=(15, 12, 10), width=6)
    spread = np.zeros((480, 640), np.uint8)
    cv2.fillPoly(spread, [np.array(SPREAD)], 1)
    assert overlays.is_all(differing(spread > 0, picture)) is drawn


def test_letters_in_the_colour_of_the_cloth_are_ink_and_a_crack_beside_them_is_none() -> None:
    cloth = np.full((200, 400, 3), (196, 30, 44), np.uint8)
    cloth[:, :200] = (150, 105, 80)
    drawn, differs, letters = cloth.copy(), np.zeros((200, 400), bool), np.zeros((200, 400), bool)
    for left in (150, 172, 260, 282):
        letters[80:110, left : left + 4] = True
    drawn[letters] = (255, 60, 60)
    drawn[130:133, 230:330] = (20, 14, 12)
    differs[76:114, 146:290] = differs[126:137, 226:334] = True
    found = ink(drawn, cloth, differs)
    assert not found[:, 200:].any()
    assert np.array_equal(of_the_same_pen(drawn, cloth, found), letters)
    assert not of_the_same_pen(drawn, cloth, np.zeros_like(found)).any()


def test_a_strip_along_the_edge_is_what_is_left_of_a_seam() -> None:
    strip, crack = np.zeros((480, 640), bool), np.zeros((480, 640), np.uint8)
    strip[:13, 80:520] = True
    cv2.line(crack, (0, 1), (200, 12), 1, 2)
    cracked = with_a_crack(GREYISH)[0]
    cracked.paste(a_picture(31, 640, 480).crop((80, 200, 520, 213)), (80, 0))
    assert overlays.is_all(differing(strip, cracked))
    assert not overlays.is_all(differing(np.roll(strip, 60, axis=0), cracked))
    assert not overlays.is_all(differing(crack > 0, cracked)), "a crack from the edge"


def on_a_wall() -> Image.Image:
    """A listing of which a search for seams finds only the midst."""
    wall = Image.new("RGB", (640, 480), (230, 226, 220))
    wall.paste(a_picture(1, 320, 240), (160, 100))
    return wall


@pytest.mark.parametrize("gap", [0, 16])
def test_damage_beside_the_part_of_a_listing_that_was_cut_from_it_is_for_a_person(gap: int) -> None:
    listing, stained = on_a_wall(), on_a_wall()
    stain = [(300, 400), (380, 386), (430, 412), (410, 446), (350, 434), (310, 452)]
    ImageDraw.Draw(stained).polygon(stain, fill=(90, 60, 30))
    for shown, told in ((listing, set()), (stained, {"LIKE_REFERENCE"})):
        assert reasons(jpeg(a_collage([shown, OWN], size=(1280, 480), gap=gap), 88), listing) == told


def test_the_listing_alone_with_marks_is_never_cleared() -> None:
    for mark in (with_an_arrow, with_a_sticker):
        assert reasons(jpeg(mark(GREYISH), 88), GREYISH)


def test_where_nothing_was_compared_nothing_was_laid_over() -> None:
    assert not overlays.is_all(PairResult(()))
    nothing = spot_of(np.zeros((60, 80), bool))
    assert not overlays.whole_outline(nothing, np.ones((60, 80), bool)).area.any()
