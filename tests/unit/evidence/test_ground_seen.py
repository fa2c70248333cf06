"""A photo of a screen shows the listing's white ground around the goods; a photo of the goods shows a table."""

import cv2
import numpy as np

from streams.evidence.files.colours import Colour, ColourImage
from streams.evidence.pixels.alignment import Alignment
from streams.evidence.pixels.ground_seen import ground_seen
from streams.evidence.pixels.views import Geometry
from tests.photos import a_picture

WIDTH, HEIGHT = 480, 360
GOODS = np.s_[90:270, 120:360]
SEEN = 0.75
"""From where the packaged policy has a person look."""


def a_listing(ground: tuple[int, int, int] = (255, 255, 255)) -> Colour:
    listing = np.full((HEIGHT, WIDTH, 3), ground, np.uint8)
    listing[GOODS] = (np.asarray(a_picture(1, width=240, height=180).convert("RGB")) * 0.8).astype(np.uint8)
    return listing


def a_table() -> Colour:
    grain = np.random.default_rng(1).normal(0, 14, (600, 800, 1))
    return (np.array([200.0, 200, 196]) + grain).clip(0, 255).astype(np.uint8)


def taken(picture: Colour, onto: Colour, shows: np.ndarray) -> tuple[Colour, np.ndarray]:
    """Return a photo of a picture, of which ``shows`` is there, and what takes its pixels to the picture's."""
    frame = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
    view = cv2.getPerspectiveTransform(frame, np.array([[90, 70], [700, 110], [660, 540], [130, 500]], np.float32))
    size = onto.shape[1], onto.shape[0]
    seen, there = (cv2.warpPerspective(each, view, size) for each in (picture, shows.astype(np.uint8)))
    photo = np.where(there[..., None] > 0, seen * 0.85, onto)
    return np.asarray(photo, np.uint8), np.linalg.inv(view)


def share(
    photo: Colour, listing: Colour, matrix: np.ndarray, solid: np.ndarray | None = None, corners: int = 40
) -> float | None:
    beside = ColourImage(listing, WIDTH, HEIGHT, solid)
    places = Geometry(corners, 4.0, 0.2, 200.0, 0.3, np.zeros((corners, 2)))
    how = Alignment(matrix, False, 0, places.corners, 0.3, 0.9, places.corners, 60, "perspective", places)  # noqa: FBT003 - not mirrored
    found = ground_seen(ColourImage(photo, photo.shape[1], photo.shape[0]), beside, how)
    return float(found[0].value or 0) if found else None


def test_a_photo_of_a_screen_shows_the_listing_s_ground() -> None:
    listing = a_listing()
    photo, matrix = taken(listing, np.zeros((600, 800, 3), np.uint8), np.ones((HEIGHT, WIDTH)))
    assert (share(photo, listing, matrix) or 0) >= SEEN


def lit_from_aside(photo: Colour) -> Colour:
    """A lamp beside the screen: the far side has a third of its light, and glare lies over a corner."""
    falls = np.linspace(1.0, 0.35, photo.shape[1])[None, :, None]
    glare = np.zeros(photo.shape[:2], np.float32)
    cv2.circle(glare, (200, 180), 60, 90.0, -1)
    return np.asarray((photo * falls + cv2.GaussianBlur(glare, (0, 0), 25)[..., None]).clip(0, 255), np.uint8)


def test_a_screen_is_seen_under_any_lamp_where_its_bezel_ends_the_listing() -> None:
    listing = a_listing()
    photo, matrix = taken(listing, np.full((600, 800, 3), 20, np.uint8), np.ones((HEIGHT, WIDTH)))
    assert (share(lit_from_aside(photo), listing, matrix) or 0) >= SEEN


def test_goods_in_the_dark_are_no_screen_s() -> None:
    listing, goods = a_listing(), np.zeros((HEIGHT, WIDTH))
    goods[GOODS] = 1
    photo, matrix = taken(listing, np.full((600, 800, 3), 20, np.uint8), goods)
    assert (share(lit_from_aside(photo), listing, matrix) or 0) < 0.05


def test_a_photo_of_the_goods_on_a_table_does_not_however_bright_the_table() -> None:
    listing, goods = a_listing(), np.zeros((HEIGHT, WIDTH))
    goods[GOODS] = 1
    photo, matrix = taken(listing, a_table(), goods)
    assert (share(photo, listing, matrix) or 0) < SEEN / 2


def test_a_plain_table_that_is_darker_than_the_goods_is_not_the_listing_s_ground() -> None:
    listing, goods = a_listing(), np.zeros((HEIGHT, WIDTH))
    goods[GOODS] = 1
    photo, matrix = taken(listing, np.full((600, 800, 3), 40, np.uint8), goods)
    assert share(photo, listing, matrix) == 0


def a_box() -> tuple[Colour, np.ndarray]:
    """A photo of a box on a table, with the listing and its white ground printed on it; and what it shows where."""
    listing = a_listing()
    return taken(listing, (a_table() * 0.6).astype(np.uint8), np.ones((HEIGHT, WIDTH)))


def test_white_that_is_printed_on_a_box_is_not_a_screen_s() -> None:
    photo, matrix = a_box()
    assert share(photo, a_listing(), matrix) == 0


def test_where_the_page_goes_on_around_the_listing_it_is_a_screen_s() -> None:
    listing = a_listing()
    photo, matrix = taken(listing, np.full((600, 800, 3), 217, np.uint8), np.ones((HEIGHT, WIDTH)))
    assert (share(photo, listing, matrix) or 0) >= SEEN


def test_ground_that_is_cut_off_was_not_seen() -> None:
    listing = a_listing()
    photo, matrix = taken(listing, np.zeros((600, 800, 3), np.uint8), np.ones((HEIGHT, WIDTH)))
    near = np.array([[1.0, 0, 200], [0, 1, 160], [0, 0, 1]])
    assert (share(np.ascontiguousarray(photo[160:460, 200:600]), listing, matrix @ near) or 0) < SEEN / 2


def test_a_ground_that_is_printed_in_colour_or_cut_out_says_nothing() -> None:
    listing = a_listing((120, 60, 40))
    photo, matrix = taken(listing, np.zeros((600, 800, 3), np.uint8), np.ones((HEIGHT, WIDTH)))
    assert share(photo, listing, matrix) is None
    assert share(photo, a_listing(), matrix, np.full((HEIGHT, WIDTH), 255, np.uint8)) is None


def test_other_goods_on_white_have_no_ground_of_the_listing_s() -> None:
    listing = a_listing()
    photo, matrix = taken(listing, np.zeros((600, 800, 3), np.uint8), np.ones((HEIGHT, WIDTH)))
    assert share(photo, listing, matrix, corners=5) is None


def on_white_card(shadow: float) -> tuple[Colour, np.ndarray]:
    """Return a photo of goods on a light backdrop, with a wide shadow of a share of its light beside them."""
    listing, everywhere = a_listing(), np.ones((HEIGHT, WIDTH))
    backdrop = np.full((600, 800, 3), 217, np.uint8)
    photo, matrix = taken(listing, backdrop, everywhere)
    dark = np.zeros((HEIGHT, WIDTH), np.float32)
    dark[60:340, 80:470] = 1
    dark[GOODS] = 0
    seen = cv2.warpPerspective(cv2.GaussianBlur(dark, (0, 0), 6), np.linalg.inv(matrix), (800, 600))
    return np.asarray(photo * (1 - shadow * seen[..., None]), np.uint8), matrix


def test_goods_that_cast_a_shadow_on_a_light_backdrop_are_on_no_screen() -> None:
    photo, matrix = on_white_card(0.0)
    assert (share(photo, a_listing(), matrix) or 0) >= SEEN
    photo, matrix = on_white_card(0.3)
    assert share(photo, a_listing(), matrix) == 0


def test_a_screen_whose_light_falls_off_smoothly_still_shows_the_listing_s_ground() -> None:
    listing = a_listing()
    photo, matrix = taken(listing, np.zeros((600, 800, 3), np.uint8), np.ones((HEIGHT, WIDTH)))
    falls = 1 - 0.3 * (np.arange(800) / 800) ** 2
    dimmed = np.asarray(photo * falls[None, :, None], np.uint8)
    assert (share(dimmed, listing, matrix) or 0) >= SEEN
