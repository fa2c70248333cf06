"""Which parts of a picture hold a photo: not an app's words, signs and buttons, whatever their number."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from streams.evidence.looking.other_pictures import holds_a_photo
from tests.photos import a_picture
from tests.unit.evidence.drawn_collages import a_page, own_photo

SIZE = 416, 740
"""An app's page as a working picture."""


def held(picture: Image.Image) -> bool:
    grey = np.asarray(picture.convert("L"), np.uint8)
    return holds_a_photo(grey, np.ones(grey.shape, bool))


def a_screen(page: str, words: str) -> Image.Image:
    """An app's page: words of many sizes, signs, stars, faces, a button and a card with a shadow."""
    screen = Image.new("RGB", (1080, 1920), page)
    shadow = Image.new("L", screen.size)
    ImageDraw.Draw(shadow).rounded_rectangle((40, 900, 1040, 1160), 30, fill=90)
    screen.paste("#000000", (0, 0), shadow.filter(ImageFilter.GaussianBlur(12)))
    draw = ImageDraw.Draw(screen)
    draw.rounded_rectangle((36, 892, 1036, 1150), 30, fill=page)
    for at, size in enumerate((34, 52, 90, 30, 36, 32)):
        draw.text((60, 60 + 130 * at), "Arrived in two days: very good", fill=words, font=ImageFont.load_default(size))
    draw.text((80, 980), "Your parcel is on its way", fill=words, font=ImageFont.load_default(44))
    for at, colour in enumerate(("#e04040", "#30a060", "#3070e0", "#f0b030")):
        draw.ellipse((80 + 260 * at, 1200, 170 + 260 * at, 1290), fill=colour)
        draw.line((100 + 260 * at, 1245, 150 + 260 * at, 1245), fill="white", width=8)
    for at in range(3):
        disc = Image.new("L", (100, 100))
        ImageDraw.Draw(disc).ellipse((0, 0, 99, 99), fill=255)
        screen.paste(a_picture(30 + at, 100, 100), (60, 1320 + 130 * at), disc)
        draw.text((200, 1340 + 130 * at), "buyer: as it was described", fill=words, font=ImageFont.load_default(34))
    draw.rounded_rectangle((80, 1740, 1000, 1860), 60, fill="#f05a32")
    draw.text((420, 1770), "Buy now", fill="white", font=ImageFont.load_default(52))
    return screen.resize(SIZE, Image.Resampling.BOX)


def graded(width: int = 416, height: int = 740) -> Image.Image:
    """A ground that goes from one colour to another."""
    share = np.linspace(0, 1, height)[:, None, None]
    pixels = (255, 214, 190) * (1 - share) + (190, 215, 255) * share
    return Image.fromarray(np.broadcast_to(pixels, (height, width, 3)).astype(np.uint8))


@pytest.mark.parametrize(("page", "words"), [("#ffffff", "#202020"), ("#101014", "#e0e0e4"), ("#fff4e8", "#b0a090")])
def test_an_apps_page_without_a_photo_holds_none(page: str, words: str) -> None:
    assert not held(a_screen(page, words))


def test_a_ground_alone_holds_none() -> None:
    assert not held(graded())
    assert not held(a_page(600, 500))


@pytest.mark.parametrize("ground", [Image.new("RGB", (600, 500), "white"), a_page(600, 500), graded(600, 500)])
@pytest.mark.parametrize("photo", [a_picture(9, 140, 140), own_photo().resize((220, 220))], ids=["a scene", "on white"])
@pytest.mark.parametrize("angle", [0, 12])
def test_a_photo_on_whatever_ground_is_held(ground: Image.Image, photo: Image.Image, angle: int) -> None:
    whole, turned = ground.copy(), photo.convert("RGBA").rotate(angle, expand=True)
    whole.paste(turned, (90, 110), turned)
    assert held(whole)


def test_what_is_outside_the_part_is_not_asked() -> None:
    whole = Image.new("RGB", (600, 500), "white")
    whole.paste(a_picture(9, 200, 200), (50, 60))
    grey, part = np.asarray(whole.convert("L"), np.uint8), np.ones((500, 600), bool)
    assert holds_a_photo(grey, part)
    part[50:270, 40:260] = False
    assert not holds_a_photo(grey, part)
    assert not holds_a_photo(grey, np.zeros_like(part))


def test_a_thumbnail_of_a_list_is_too_small() -> None:
    whole = Image.new("RGB", SIZE, "white")
    whole.paste(a_picture(9, 75, 75), (16, 60))
    assert not held(whole)
