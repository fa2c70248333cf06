"""Collages for tests: photos side by side, as buyers and their programs put them together."""

from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageOps

from tests.photos import a_picture

Cells = Sequence[tuple[float, float, float, float]]

SIDE_BY_SIDE: Cells = [(0, 0, 1 / 2, 1), (1 / 2, 0, 1 / 2, 1)]
STACKED: Cells = [(0, 0, 1, 1 / 2), (0, 1 / 2, 1, 1 / 2)]
UNEVEN: Cells = [(0, 0, 0.4, 1), (0.4, 0, 0.6, 1)]
ONE_AND_TWO: Cells = [(0, 0, 0.6, 1), (0.6, 0, 0.4, 1 / 2), (0.6, 1 / 2, 0.4, 1 / 2)]
FOUR: Cells = [(x, y, 1 / 2, 1 / 2) for y in (0, 1 / 2) for x in (0, 1 / 2)]
NINE: Cells = [(x / 3, y / 3, 1 / 3, 1 / 3) for y in range(3) for x in range(3)]
SIDE = 480
"""Pixels of a side of goods on plain ground."""
LAYOUTS = {"side by side": SIDE_BY_SIDE, "stacked": STACKED, "uneven": UNEVEN, "one and two": ONE_AND_TWO, "four": FOUR}


def a_collage(
    photos: Sequence[Image.Image],
    cells: Cells = SIDE_BY_SIDE,
    *,
    size: tuple[int, int] = (1200, 800),
    gap: int = 0,
    colour: str = "white",
) -> Image.Image:
    """Photos in the cells of a layout, each cut to fill its own; ``gap`` pixels of border are between them."""
    whole = Image.new("RGB", size, colour)
    for photo, box in zip(photos, places(cells, size, gap), strict=True):
        whole.paste(_filling(photo, box[2], box[3]), box[:2])
    return whole


def _filling(photo: Image.Image, width: int, height: int) -> Image.Image:
    """A photo cut to the shape of its cell, and made to fill it."""
    scale = max(width / photo.width, height / photo.height)
    large = photo.resize((max(width, round(photo.width * scale)), max(height, round(photo.height * scale))))
    left, top = (large.width - width) // 2, (large.height - height) // 2
    return large.crop((left, top, left + width, top + height))


def places(cells: Cells, size: tuple[int, int], gap: int) -> list[tuple[int, int, int, int]]:
    """Where the photos of a collage are: x, y, width, height."""
    found = []
    for x, y, width, height in cells:
        left, top = round(x * size[0]) + (gap // 2 if x else 0), round(y * size[1]) + (gap // 2 if y else 0)
        right, below = round((x + width) * size[0]), round((y + height) * size[1])
        right -= gap // 2 if right < size[0] else 0
        below -= gap // 2 if below < size[1] else 0
        found.append((left, top, right - left, below - top))
    return found


def photographed(seed: int) -> Image.Image:
    """What a camera took: another scene, unevenly lit, with noise."""
    chance = np.random.default_rng(seed)
    pixels = np.asarray(a_picture(seed, 800, 600)).astype(np.float32)
    light = np.linspace(0.75, 1.05, 800, dtype=np.float32)[None, :, None]
    return Image.fromarray((pixels * light + chance.normal(0, 4, pixels.shape)).clip(0, 255).astype(np.uint8))


def pasted(photos: Sequence[Image.Image], size: tuple[int, int] = (1200, 900)) -> Image.Image:
    """Photos of different shapes on a white page, none of which touches another."""
    whole, left = Image.new("RGB", size, "white"), 30
    for at, photo in enumerate(photos):
        width = (size[0] - 30) // len(photos) - 30
        small = photo.resize((width, round(width * photo.height / photo.width)))
        whole.paste(small, (left, 60 + 90 * at))
        left += width + 30
    return whole


def marked(collage: Image.Image, at: tuple[int, int], caption: str = "RECEIVED") -> Image.Image:
    """A collage with a circle and an arrow drawn by hand around the damage, and words."""
    drawn = collage.copy()
    pen = ImageDraw.Draw(drawn)
    pen.ellipse([at[0] - 90, at[1] - 70, at[0] + 95, at[1] + 75], outline=(255, 20, 20), width=7)
    pen.line([at[0] - 200, at[1] - 160, at[0] - 95, at[1] - 75], fill=(255, 20, 20), width=7)
    pen.text((20, 20), caption, fill="white", font_size=36)
    return drawn


def on_a_screen(picture: Image.Image, scale: float = 0.7) -> Image.Image:
    """A screenshot of a picture: black bars above and below, and the time."""
    small = picture.resize((round(picture.width * scale), round(picture.height * scale)))
    screen = Image.new("RGB", (small.width, small.height + 180), (12, 12, 12))
    screen.paste(small, (0, 90))
    ImageDraw.Draw(screen).text((14, 20), "12:41   5G   87 %", fill=(150, 150, 150), font_size=24)
    return screen


def taken_again(photo: Image.Image, seed: int = 5) -> Image.Image:
    """A camera's own photo of the printed goods that a photo shows: seen at an angle, in other light, on a table."""
    chance = np.random.default_rng(seed)
    width, height = photo.size
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    usual = np.array([[0.2, 0.12], [0.82, 0.2], [0.76, 0.9], [0.14, 0.8]])
    seen = (usual if seed % 2 else usual[:, ::-1]) + chance.uniform(-0.05, 0.05, (4, 2))
    seen = np.array([seen[0], seen[1], seen[2], seen[3]] if seed % 2 else [seen[0], seen[3], seen[2], seen[1]])
    seen = seen * (width, height)
    matrix = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
    table = np.full((height, width, 3), (96, 78, 60), np.float32) + chance.normal(0, 9, (height, width, 1))
    over = cv2.warpPerspective(np.asarray(photo), matrix, (width, height)).astype(np.float32)
    mask = cv2.warpPerspective(np.ones((height, width), np.float32), matrix, (width, height))[..., None]
    light = np.linspace(0.65, 1.15, width, dtype=np.float32)[None, :, None]
    pixels = cv2.GaussianBlur(table * (1 - mask) + over * mask * light, (0, 0), 1.1)
    return Image.fromarray((pixels + chance.normal(0, 4, pixels.shape)).clip(0, 255).astype(np.uint8))


def on_white(goods: Image.Image, share: float = 0.7, ground: int = 255) -> Image.Image:
    """Goods cut out on plain ground, as shops show them, with a soft shadow."""
    side = round(SIDE * share)
    shape = np.zeros((side, side), np.uint8)
    cv2.ellipse(shape, (side // 2, side // 2), (round(side * 0.46), round(side * 0.4)), 25, 0, 360, 255, -1)
    whole, left = Image.new("RGB", (SIDE, SIDE), (ground,) * 3), (SIDE - side) // 2
    whole.paste((ground - 25,) * 3, (left + 6, left + 8), Image.fromarray(cv2.GaussianBlur(shape, (0, 0), 5)))
    whole.paste(goods.resize((side, side)), (left, left), Image.fromarray(shape))
    return whole


def own_photo(seed: int = 40, ground: int = 254) -> Image.Image:
    """What a buyer photographed on a white sheet: other goods to the eye, unevenly lit, with a camera's noise."""
    chance = np.random.default_rng(seed)
    pixels = np.asarray(on_white(a_picture(seed, SIDE, SIDE), 0.8, ground)).astype(np.float32)
    light = np.linspace(0.985, 1.0, SIDE, dtype=np.float32)[:, None, None]
    return Image.fromarray((pixels * light + chance.normal(0, 1.5, pixels.shape)).clip(0, 255).astype(np.uint8))


def joined(*photos: Image.Image, down: bool = False) -> Image.Image:
    """Photos of one size that touch."""
    return Image.fromarray(np.concatenate([np.asarray(one) for one in photos], axis=0 if down else 1))


def with_a_sticker(picture: Image.Image) -> Image.Image:
    """A picture with a program's yellow face in its upper corners, and words below them in red."""
    drawn = picture.copy()
    pen = ImageDraw.Draw(drawn)
    for left in (60, picture.width - 220):
        pen.ellipse([left, 60, left + 160, 220], fill=(255, 213, 74), outline=(184, 134, 11), width=4)
        for eye in (left + 48, left + 96):
            pen.ellipse([eye, 105, eye + 18, 129], fill=(51, 51, 51))
        pen.text((left, 250), "BROKEN", fill=(230, 20, 20), font_size=40)
    return drawn


def with_a_banner(picture: Image.Image, *, below: bool = False) -> Image.Image:
    """A photo with the strip that a platform lays along the edge of every picture: another one, and words on it."""
    strip = _filling(a_picture(70), picture.width, picture.width // 6)
    ImageDraw.Draw(strip).text((20, 20), "11.11 SALE", fill="yellow", font_size=60)
    return joined(picture, strip, down=True) if below else joined(strip, picture, down=True)


def a_page(width: int = 1200, height: int = 700) -> Image.Image:
    """Stripes of two colours, as programs offer them."""
    y, x = np.mgrid[0:height, 0:width]
    stripes = ((x + y) // 40 % 2)[..., None]
    return Image.fromarray(np.where(stripes, (240, 170, 210), (120, 235, 215)).astype(np.uint8))


def round_ones(*photos: Image.Image) -> Image.Image:
    """The middle of each photo in a circle."""
    page, disc = a_page(), Image.new("L", (480, 480), 0)
    ImageDraw.Draw(disc).ellipse((0, 0, 479, 479), fill=255)
    for at, photo in enumerate(photos):
        page.paste(photo.crop((20, 20, 460, 460)).resize((480, 480)), (70 + 580 * at, 110), disc)
    return page


def turned_prints(*photos: Image.Image) -> Image.Image:
    """The middle of each photo in a white frame, turned by a few degrees."""
    page = a_page()
    for at, photo in enumerate(photos):
        print_ = ImageOps.expand(photo.crop((0, 60, 480, 420)), 14, "white").convert("RGBA")
        turned = print_.rotate((-7, 5)[at], expand=True, resample=Image.Resampling.BICUBIC)
        page.paste(turned, (50 + 590 * at, 120), turned)
    return page
