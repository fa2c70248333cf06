"""The photos of a collage are told apart; a photo that is none is left whole."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from streams.evidence.files.decoding import decode
from streams.evidence.files.limits import Limits
from streams.evidence.looking.examination import examine
from streams.evidence.looking.panels import Box, is_panel, jumps, panels
from tests.drawn import each
from tests.photos import a_picture, jpeg
from tests.unit.evidence.drawn_collages import (
    FOUR,
    LAYOUTS,
    NINE,
    SIDE_BY_SIDE,
    Cells,
    a_collage,
    marked,
    on_a_screen,
    pasted,
    places,
)
from tests.unit.evidence.drawn_pages import a_chat, a_size_chart, an_order_page

LIMITS = Limits(30_000_000, 100_000_000)
SIZE = (1200, 800)


def found(picture: Image.Image, quality: int = 85) -> list[Box]:
    return panels(decode(jpeg(picture, quality), LIMITS).grey)


def photos(count: int, seed: int = 20) -> list[Image.Image]:
    return [a_picture(seed + at) for at in range(count)]


def overlap(box: Box, place: tuple[float, ...]) -> float:
    """Intersection over union."""
    across = min(box.x + box.width, place[0] + place[2]) - max(box.x, place[0])
    down = min(box.y + box.height, place[1] + place[3]) - max(box.y, place[1])
    both = max(0, across) * max(0, down)
    return both / (box.area + place[2] * place[3] - both)


@pytest.mark.parametrize("cells", LAYOUTS.values(), ids=LAYOUTS.keys())
@pytest.mark.parametrize(("gap", "colour"), [(0, "white"), (4, "white"), (12, "black"), (24, "gray")])
def test_the_photos_of_a_collage_are_told_apart(cells: Cells, gap: int, colour: str) -> None:
    whole = a_collage(photos(len(cells)), cells, size=SIZE, gap=gap, colour=colour)
    boxes, scale = found(whole), decode(jpeg(whole), LIMITS).grey.shape[1] / SIZE[0]
    expected = [tuple(scale * length for length in place) for place in places(cells, SIZE, gap)]
    assert len(boxes) == len(cells)
    assert all(max(overlap(box, place) for box in boxes) > 0.9 for place in expected)


@pytest.mark.parametrize("quality", [50, 70, 95])
def test_it_does_not_matter_how_a_collage_was_saved_and_sent_on(quality: int) -> None:
    whole = a_collage(photos(4), FOUR, gap=6)
    seen = [whole, on_a_screen(whole), whole.resize((600, 400)), marked(whole, (700, 500))]
    assert [len(found(picture, quality)) for picture in seen] == [4, 4, 4, 4]


def test_nine_are_told_apart() -> None:
    assert len(found(a_collage(photos(9), NINE, gap=8))) == 9


def test_photos_that_keep_their_shape_on_a_white_page_are_told_apart() -> None:
    assert len(found(pasted(photos(2)))) == 2
    assert len(found(on_a_screen(pasted(photos(3))))) == 3


def test_a_caption_is_no_panel() -> None:
    whole = a_collage(photos(2), SIDE_BY_SIDE)
    page = Image.new("RGB", (1200, 950), "white")
    page.paste(whole, (0, 150))
    ImageDraw.Draw(page).text((60, 40), "as listed   /   as received", fill="black", font_size=60)
    assert len(found(page)) == 2


@each(20, seed=(100, 10_000))
def test_a_photo_is_left_whole(seed: int) -> None:
    photo = a_picture(seed)
    assert found(photo) == []
    assert found(on_a_screen(photo)) == []


def shelves(slant: float) -> Image.Image:
    """Boards with straight edges that go through the whole picture, as a hand-held camera sees them."""
    picture = a_picture(3, 800, 600)
    pen = ImageDraw.Draw(picture)
    for at in (150, 300, 450):
        pen.polygon([(0, at), (800, at + slant), (800, at + 26 + slant), (0, at + 26)], fill=(120, 90, 60))
    return picture.filter(ImageFilter.GaussianBlur(1.2))


@pytest.mark.parametrize("slant", [-14, 9, 25])
def test_shelves_divide_no_photo(slant: float) -> None:
    assert found(shelves(slant)) == []


def test_goods_on_white_are_left_whole() -> None:
    shelf = Image.new("RGB", (900, 900), "white")
    shelf.paste(a_picture(4).resize((500, 620)), (180, 120))
    assert found(shelf) == []


def test_nothing_and_next_to_nothing_have_no_panels() -> None:
    for size in [(1, 1), (3, 900), (900, 3), (40, 40), (640, 480)]:
        assert panels(np.full(size, 128, np.uint8)) == []


def test_noise_and_grids_end_soon_and_have_at_most_nine_panels() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (480, 640), dtype=np.uint8)
    rows = np.arange(480)[:, None] // 16 % 2 == np.arange(640)[None, :] // 16 % 2
    for grey in (noise, np.where(rows, np.uint8(250), np.uint8(5)), np.tile(noise[:60, :64], (8, 10))):
        assert len(panels(np.ascontiguousarray(grey))) <= 9


@pytest.mark.parametrize("page", [an_order_page, a_size_chart, a_chat])
def test_a_page_may_have_panels_and_is_no_collage(page: Callable[[int], Image.Image]) -> None:
    found = examine(jpeg(page(3)), LIMITS)
    assert {one.name: one.value for one in found.readings}["panels"] == 0


@pytest.mark.parametrize(("height", "width"), [(0, 20), (40, 0), (40, 1), (40, 2), (40, 6)])
def test_too_little_for_a_jump_has_none(height: int, width: int) -> None:
    assert jumps(np.zeros((height, width), np.uint8)).shape == (height, 0 if width < 7 else width - 6)


@pytest.mark.parametrize("side", [12, 24, 40])
def test_a_pattern_of_blocks_is_no_collage_and_nothing_was_laid_into_it(side: int) -> None:
    blocks = np.random.default_rng(3).integers(0, 256, (1200 // side, 960 // side, 3)).astype(np.uint8)
    picture = Image.fromarray(blocks).resize((960, 1200), Image.Resampling.NEAREST)
    readings = {one.name: one.value for one in examine(jpeg(picture), LIMITS).readings}
    assert readings["panels"] == 0


def a_button(soft: float) -> Image.Image:
    """A button with four signs of many strokes on it, as small as in a working picture."""
    button, chance = Image.new("L", (518, 139), 121), np.random.default_rng(3)
    draw = ImageDraw.Draw(button)
    for left in range(135, 383, 62):
        for _ in range(14):
            x, y = (int(each) for each in chance.integers(0, 54, 2))
            far = int(chance.integers(8, 30))
            end = (min(54, x + far), y) if chance.random() < 1 / 2 else (x, min(54, y + far))
            draw.line((left + x, 42 + y, left + end[0], 42 + end[1]), fill=255, width=3)
    return button.resize((188, 52), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(soft))


@pytest.mark.parametrize("soft", [0.9, 1.2])
def test_an_apps_button_below_a_photo_is_no_panel(soft: float) -> None:
    """Two buyers who send pages of one app share its buttons, and no photo."""
    button = np.asarray(a_button(soft))
    assert not is_panel(Box(0, 0, 188, 52), button)


def test_a_strip_of_plain_goods_is_a_panel() -> None:
    strip = Image.new("RGB", (1200, 300), "white")
    ImageDraw.Draw(strip).polygon([(0, 40), (900, 0), (1200, 120), (1200, 300), (200, 260)], fill=(20, 20, 24))
    strip.paste(a_picture(9, 500, 200), (500, 50))
    whole = Image.new("RGB", (1200, 1100), "white")
    whole.paste(a_picture(8, 1200, 800), (0, 0))
    whole.paste(strip, (0, 800))
    assert any(box.width > 3 * box.height for box in found(whole))
