"""What a collage shows of a listing up to a straight cut, and marks that point at something, accuse nobody."""

import math
from itertools import pairwise

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from streams.evidence.comparing.arrows import is_arrow
from tests.photos import a_picture, jpeg
from tests.unit.evidence.altered import Mask, with_a_crack
from tests.unit.evidence.compared import ACCUSING, reasons
from tests.unit.evidence.drawn_collages import joined, taken_again

LISTING = Image.blend(a_picture(1, 640, 480), Image.new("RGB", (640, 480), (128, 122, 110)), 0.6)
OWN = taken_again(a_picture(31, 640, 480))


def a_review(listing: Image.Image) -> Image.Image:
    """The middle of a listing below the words of a review, and an own photo below it."""
    page = Image.new("RGB", (640, 1000), "white")
    pen = ImageDraw.Draw(page)
    for line, y in (("Opened the parcel and saw at once that", 20), ("it is not at all as in the picture.", 70)):
        pen.text((20, y), line, fill=(50, 50, 50), font_size=32)
    page.paste(listing.crop((0, 90, 640, 400)), (0, 130))
    page.paste(OWN.resize((640, 480)), (0, 480))
    return page


def on_a_story(listing: Image.Image) -> Image.Image:
    """Two cells with round corners on a page of changing colour, each with a part of a photo."""
    down = np.linspace(0, 1, 1100)[:, None, None]
    page = Image.fromarray((np.array([240, 236, 250]) * (1 - down) + np.array([200, 90, 130]) * down).astype(np.uint8))
    page = page.resize((720, 1100))
    shape = Image.new("L", (620, 330), 0)
    ImageDraw.Draw(shape).rounded_rectangle([0, 0, 619, 329], 40, fill=255)
    for photo, y in ((OWN, 150), (listing, 560)):
        page.paste(photo.resize((620, 465)).crop((0, 70, 620, 400)), (50, y), shape)
    return page


@pytest.mark.parametrize("put", [a_review, on_a_story])
def test_what_lies_beyond_the_cut_of_a_listing_is_no_damage(put: type) -> None:
    assert not reasons(jpeg(put(LISTING), 86), LISTING) & ACCUSING


@pytest.mark.parametrize("put", [a_review, on_a_story])
def test_damage_within_the_cell_is_found(put: type) -> None:
    told = reasons(jpeg(put(with_a_crack(LISTING)[0]), 90), LISTING)
    assert told & (ACCUSING | {"LIKE_REFERENCE"})


def with_a_black_arrow(picture: Image.Image) -> Image.Image:
    drawn = picture.copy()
    pen = ImageDraw.Draw(drawn)
    for end in ((360, 250), (312, 214), (304, 260)):
        pen.line([(290, 232), end] if end != (360, 250) else [(430, 268), (290, 232)], fill=(0, 0, 0), width=7)
    return drawn


def with_a_watermark(picture: Image.Image) -> Image.Image:
    letters = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    ImageDraw.Draw(letters).text((150, 200), "CAMERA APP 2026", fill=(255, 255, 255, 120), font_size=44)
    turned = letters.rotate(20, resample=Image.Resampling.BICUBIC)
    return Image.alpha_composite(picture.convert("RGBA"), turned).convert("RGB")


@pytest.mark.parametrize("mark", [with_a_black_arrow, with_a_watermark])
def test_a_black_arrow_or_a_watermark_on_the_listing_in_a_collage_accuses_nobody(mark: type) -> None:
    assert not reasons(jpeg(joined(mark(LISTING), OWN), 88), LISTING) & ACCUSING


def drawn(*lines: tuple[tuple[int, int], tuple[int, int]]) -> Mask:
    picture = np.zeros((300, 300), np.uint8)
    for start, end in lines:
        cv2.line(picture, start, end, 1)
    return picture > 0


def test_a_shaft_with_a_head_is_an_arrow_and_a_crack_is_none() -> None:
    tip, left, right = (60, 150), (100, 120), (100, 180)
    assert is_arrow(drawn(((240, 150), tip), (tip, left), (tip, right)), 2.0)
    assert not is_arrow(drawn(((240, 150), tip), (tip, left)), 2.0), "a branch on one side"
    assert not is_arrow(drawn(((240, 150), tip)), 2.0), "a line"
    assert not is_arrow(drawn(((10, 10), (14, 12))), 2.0), "next to nothing"
    bends = [(20 + 40 * at, 150 + round(30 * math.sin(2.2 * at))) for at in range(7)]
    assert not is_arrow(drawn(*pairwise(bends)), 2.0)
    branches = drawn(((240, 150), tip), ((200, 150), (170, 100)), ((110, 150), (80, 210)))
    assert not is_arrow(branches, 2.0)
