"""Goods that are cut out on transparent ground are compared on whatever ground a claim shows them."""

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from streams.evidence.comparing.comparison import PairResult
from streams.evidence.files.colours import develop
from streams.policy.pair_verdict import photo_verdict
from tests.looks import LIMITS, compare_files
from tests.photos import a_picture, jpeg, png, saved
from tests.unit.evidence.altered import grown, overlap

SIDE = 900
GROUNDS = ("white", "black", "#2060c0", "shaded", "wood", "another scene")


def outline(goods: str) -> Image.Image:
    shape = Image.new("L", (SIDE, SIDE), 0)
    draw = ImageDraw.Draw(shape)
    if goods == "a vase":
        draw.ellipse((150, 120, 750, 800), fill=255)
    else:
        draw.rounded_rectangle((200, 300, 700, 820), 60, fill=255)
        draw.arc((300, 120, 600, 480), 180, 360, fill=255, width=40)
    return shape.filter(ImageFilter.GaussianBlur(1))


@cache
def listing(goods: str = "a vase") -> bytes:
    return png(cut_out(goods))


@cache
def cut_out(goods: str = "a vase", seed: int = 3) -> Image.Image:
    picture = a_picture(seed, SIDE, SIDE).convert("RGBA")
    if goods == "a pale bag":
        picture = Image.blend(picture, Image.new("RGBA", picture.size, "white"), 0.7)
    picture.putalpha(outline(goods))
    return picture


def ground(kind: str) -> Image.Image:
    chance = np.random.default_rng(9)
    if kind == "shaded":
        return Image.fromarray(np.tile(np.linspace(30, 220, SIDE), (SIDE, 1)).astype(np.uint8)).convert("RGB")
    if kind == "wood":
        grain = cv2.resize(chance.normal(0, 25, (SIDE, 12)), (SIDE, SIDE)) + chance.normal(130, 6, (SIDE, SIDE))
        return Image.fromarray(np.dstack([grain * 1.1, grain * 0.8, grain * 0.5]).clip(0, 255).astype(np.uint8))
    return a_picture(77, SIDE, SIDE) if kind == "another scene" else Image.new("RGB", (SIDE, SIDE), kind)


def shown_on(goods: Image.Image, kind: str) -> Image.Image:
    picture = ground(kind)
    picture.paste(goods, (0, 0), goods)
    return picture


def cracked(picture: Image.Image) -> tuple[Image.Image, np.ndarray]:
    way = np.array([(400, 380), (430, 430), (420, 480), (470, 520), (460, 580)], np.int32)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.polylines(mask, [way], isClosed=False, color=255, thickness=5)
    pixels = np.asarray(picture).copy()
    pixels[mask > 0, :3] = (25, 20, 15)
    return Image.fromarray(pixels, picture.mode), mask > 0


def beside(claim: bytes, listing: bytes) -> tuple[PairResult, set[str]]:
    """The pair, and what the packaged policy says of it; what else a photo has to say was not asked."""
    (found,) = compare_files(claim, listing)
    reasons = photo_verdict([], [found], [False], ["r1"]).reasons
    return found, {reason.code for reason in reasons} - {"NOT_LOOKED"}


@pytest.mark.parametrize(
    ("goods", "kind"), [*(("a vase", kind) for kind in GROUNDS), ("a pale bag", "white"), ("a pale bag", "wood")]
)
def test_a_crack_in_cut_out_goods_is_boxed_on_whatever_ground(goods: str, kind: str) -> None:
    picture, mask = cracked(shown_on(cut_out(goods), kind))
    found, codes = beside(jpeg(picture, quality=80), listing(goods))
    assert codes == {"DERIVED_AND_ALTERED"}
    assert found.found is not None
    assert overlap(found.found.whole_mask(), mask) > 0.3
    (left, top, width, height), *more = found.found.regions
    assert more == []
    assert (340 < left < 410, 320 < top < 390, 60 < width < 150, 180 < height < 270) == (True,) * 4


@pytest.mark.parametrize("kind", GROUNDS)
def test_cut_out_goods_sent_again_on_another_ground_are_not_altered(kind: str) -> None:
    _, codes = beside(jpeg(shown_on(cut_out(), kind), quality=80), listing())
    assert codes == {"RESENT_REFERENCE"}


@pytest.mark.parametrize("kind", ["black", "wood"])
def test_other_goods_on_the_same_ground_are_nobodys(kind: str) -> None:
    _, codes = beside(jpeg(shown_on(cut_out(seed=11), kind)), listing())
    assert codes == set()


LISTED: dict[str, Callable[[Image.Image], bytes]] = {
    "WebP": lambda goods: saved(goods, "WEBP", quality=90),
    "palette": lambda goods: png(goods.quantize(256)),
    "one clear colour": lambda goods: png(shown_on(goods, "#00ff01"), transparency=(0, 255, 1)),
    "AVIF": lambda goods: saved(goods, "AVIF", quality=90, speed=10),
    "HEIC": lambda goods: saved(goods, "HEIF", quality=90),
    "a soft shadow": lambda goods: png(Image.alpha_composite(_shadow(), goods)),
}


def _shadow() -> Image.Image:
    shadow = Image.new("RGBA", (SIDE, SIDE))
    shadow.putalpha(Image.eval(outline("a vase").filter(ImageFilter.GaussianBlur(40)), lambda value: value // 3))
    return shadow


@pytest.mark.parametrize("listed", LISTED.values(), ids=LISTED)
def test_the_ground_is_clear_however_the_listing_is_saved(listed: Callable[[Image.Image], bytes]) -> None:
    picture, mask = cracked(shown_on(cut_out(), "black"))
    found, codes = beside(jpeg(picture, quality=80), listed(cut_out()))
    assert codes == {"DERIVED_AND_ALTERED"}
    assert found.found is not None
    assert overlap(grown(mask, 8), found.found.whole_mask()) > 0.2  # type: ignore[arg-type] # it is there


def test_a_claim_that_is_cut_out_itself_is_compared_where_it_shows_anything() -> None:
    claim, mask = cracked(cut_out())
    listed = jpeg(shown_on(cut_out(), "another scene"), quality=90)
    found, codes = beside(png(claim), listed)
    assert codes == {"DERIVED_AND_ALTERED"}
    assert found.found is not None
    assert overlap(found.found.whole_mask(), mask) > 0.3


def test_a_picture_says_where_it_is_opaque_at_the_size_of_its_pixels() -> None:
    large = cut_out().resize((2_000, 1_600)).rotate(90, expand=True)
    seen = develop(png(large), LIMITS)
    assert seen.solid is not None
    assert seen.solid.shape == seen.pixels.shape[:2]
    assert (seen.pixels[seen.solid == 0].mean() > 200, set(np.unique(seen.solid))) == (True, {0, 255})
    assert develop(png(a_picture().convert("RGBA")), LIMITS).solid is None
    assert develop(jpeg(), LIMITS).solid is None
