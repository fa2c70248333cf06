from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from streams.errors import MediaUnreadable
from streams.evidence.features.prefilter import Prefilter
from streams.evidence.files.colours import develop
from streams.evidence.pixels.pixel_comparison import PixelComparison, compare_pixels
from tests.looks import LIMITS, compare_files
from tests.photos import a_jpeg_that_claims, a_picture, cropped, jpeg, png, saved
from tests.unit.evidence.altered import Mask, grown, overlap, with_a_crack, with_a_patch, with_a_stain

SHOT = a_picture(seed=3)
REFERENCE = jpeg(SHOT, quality=92)
SAID_BY_PIXELS = frozenset(
    {
        "derived_score",
        "scene_differs",
        "goods_differ",
        "mirrored",
        "quarter_turns",
        "altered_fraction",
        "altered_regions",
    }
)


def inspected(claim: Image.Image | bytes, reference: bytes = REFERENCE) -> PixelComparison:
    """What the engine finds, nothing where it does not get to pixels; masks are in the claim's size."""
    file = claim if isinstance(claim, bytes) else jpeg(claim, quality=80)
    (beside,) = compare_files(file, reference)
    found = beside.found or PixelComparison(score=0.0)
    return replace(found, mask=found.whole_mask())


def goods_under_a_stain(share: float) -> tuple[Image.Image, Image.Image]:
    """Goods on a plain ground, and the same under a stain that is a share of their width and height."""
    goods = Image.new("RGB", (960, 720), (250, 250, 250))
    goods.paste(a_picture(seed=2).resize((480, 360)), (240, 180))
    rows, columns = np.mgrid[:720, :960]
    away = np.hypot((columns - 480) / (240 * share), (rows - 360) / (180 * share))
    spot = np.clip((1 - away) * 8, 0, 1)[..., None] * 0.8
    stained = np.asarray(goods) * (1 - spot * (1 - np.array([0.42, 0.25, 0.12])))
    return goods, Image.fromarray(stained.astype(np.uint8))


def toned(picture: Image.Image, gain: float = 1.0, gamma: float = 1.0) -> Image.Image:
    pixels = (np.asarray(picture) / 255.0) ** gamma * gain
    return Image.fromarray((pixels.clip(0, 1) * 255).round().astype(np.uint8))


def a_screenshot_of(picture: Image.Image) -> Image.Image:
    screen = Image.new("RGB", (picture.width, picture.height + 420), "white")
    screen.paste(picture, (0, 180))
    return screen


LAUNDERED = {
    "the same file": REFERENCE,
    "JPEG 40": jpeg(SHOT, quality=40),
    "WebP": saved(SHOT, "WEBP", quality=60),
    "smaller": jpeg(SHOT.resize((560, 420)), quality=75),
    "cropped": jpeg(cropped(SHOT, 0.08), quality=75),
    "mirrored": jpeg(ImageOps.mirror(SHOT), quality=85),
    "a quarter turn": jpeg(SHOT.transpose(Image.Transpose.ROTATE_90), quality=85),
    "mirrored and turned": jpeg(ImageOps.mirror(SHOT).transpose(Image.Transpose.ROTATE_90), quality=85),
    "brighter, with clipped highlights": jpeg(toned(SHOT, gain=1.4), quality=85),
    "darker": jpeg(toned(SHOT, gain=0.8), quality=85),
    "gamma": jpeg(toned(SHOT, gamma=1.3), quality=85),
    "a screenshot": png(a_screenshot_of(SHOT)),
}


@pytest.mark.parametrize("how", LAUNDERED)
def test_a_photo_that_was_only_sent_around_is_derived_and_shows_no_region(how: str) -> None:
    found = inspected(LAUNDERED[how])
    assert (found.score >= 0.5, found.altered, found.regions) == (True, False, ())


@pytest.mark.parametrize("share", [0.6, 0.8, 1.0])
def test_goods_that_mostly_lie_under_a_stain_are_still_the_merchant_s_photo(share: float) -> None:
    goods, stained = goods_under_a_stain(share)
    found = inspected(stained, jpeg(goods, quality=92))
    assert (found.score >= 0.5, found.altered) == (True, True)


@pytest.mark.parametrize(("alter", "least"), [(with_a_stain, 0.8), (with_a_patch, 0.8), (with_a_crack, 0.5)])
def test_an_alteration_is_found_where_it_is(alter: type, least: float) -> None:
    claim, truth = alter(SHOT)
    found = inspected(claim)
    assert (found.score >= 0.5, found.altered) == (True, True)
    assert overlap(found.mask, truth) > least


def test_a_crack_stays_thin() -> None:
    claim, truth = with_a_crack(SHOT)
    mask = inspected(claim).mask
    assert mask is not None
    assert (mask & grown(truth, 3)).sum() > 0.93 * mask.sum()
    assert (truth & grown(mask, 3)).sum() > 0.85 * truth.sum()


def test_regions_are_boxes_in_the_claim_s_own_pixels_and_hold_the_whole_mask() -> None:
    claim, truth = with_a_stain(a_picture(seed=3, width=2400, height=1800))
    found = inspected(jpeg(claim), jpeg(a_picture(seed=3, width=2400, height=1800)))
    assert found.mask is not None
    assert found.mask.shape == (1800, 2400)
    assert overlap(found.mask, truth) > 0.8
    boxed = np.zeros((1800, 2400), bool)
    for left, top, width, height in found.regions:
        boxed[top : top + height, left : left + width] = True
    assert not (found.mask & ~grown(boxed, 2)).any()


def test_the_camera_s_orientation_is_followed() -> None:
    claim, truth = with_a_patch(SHOT)
    exif = Image.Exif()
    exif[0x0112] = 6
    found = inspected(jpeg(claim.transpose(Image.Transpose.ROTATE_90), exif=exif))
    assert overlap(found.mask, truth) > 0.8


def test_a_mirrored_claim_is_compared_as_it_lies() -> None:
    claim, truth = with_a_stain(SHOT)
    found = inspected(ImageOps.mirror(claim))
    assert found.mirrored
    assert overlap(found.mask, truth[:, ::-1]) > 0.8


def test_symmetric_goods_that_were_mirrored_show_no_region() -> None:
    half = np.asarray(SHOT)[:, :400]
    symmetric = np.concatenate([half, half[:, ::-1]], axis=1).copy()
    cv2.circle(symmetric, (150, 300), 40, (250, 240, 60), -1)
    sides = Image.fromarray(symmetric)
    found = inspected(ImageOps.mirror(sides), jpeg(sides, quality=92))
    assert (found.mirrored, found.regions) == (True, ())


@given(left=st.integers(0, 70), top=st.integers(0, 50), quality=st.integers(50, 95))
@settings(max_examples=6, deadline=None)
def test_cropping_and_saving_anew_move_the_mask_and_nothing_else(left: int, top: int, quality: int) -> None:
    claim, truth = with_a_stain(SHOT)
    box = left, top, left + 720, top + 540
    found = inspected(jpeg(claim.crop(box), quality=quality))
    assert overlap(found.mask, truth[top : top + 540, left : left + 720]) > 0.75


@given(gain=st.floats(0.75, 1.35), gamma=st.floats(0.85, 1.3))
@settings(max_examples=6, deadline=None)
def test_brightness_and_gamma_neither_make_a_region_nor_hide_a_patch(gain: float, gamma: float) -> None:
    claim, truth = with_a_patch(SHOT)
    assert inspected(toned(SHOT, gain, gamma)).regions == ()
    assert overlap(inspected(toned(claim, gain, gamma)).mask, truth) > 0.7


def test_a_stain_on_plain_goods_is_not_taken_for_a_tone() -> None:
    plain = np.full((600, 800, 3), 255, np.uint8)
    cv2.rectangle(plain, (150, 100), (650, 500), (40, 90, 160), -1)
    for row in range(120, 500, 40):
        cv2.putText(plain, f"cup {row} no {row * 7}", (170, row), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (230, 230, 230), 2)
    goods = Image.fromarray(plain)
    claim, truth = with_a_stain(goods)
    assert overlap(inspected(claim, jpeg(goods)).mask, truth) > 0.75


def test_another_photo_is_not_derived_and_says_nothing_about_alterations() -> None:
    found = inspected(a_picture(seed=8))
    assert (found.score >= 0.5, found.altered, found.mask, found.regions) == (False, None, None, ())


def test_a_regenerated_scene_is_derived_and_altered_without_boxes() -> None:
    pixels, scene = np.asarray(SHOT).copy(), np.asarray(a_picture(seed=41))
    kept: Mask = np.zeros(pixels.shape[:2], bool)
    kept[60:560, 200:560] = True
    found = inspected(Image.fromarray(np.where(kept[..., None], pixels, scene)))
    assert (found.score >= 0.5, found.altered, found.regions, found.mask) == (True, True, (), None)
    assert found.scene_differs is not None
    assert found.scene_differs > 0.5


def on_white(goods: int, part: int) -> Image.Image:
    """Two pictures side by side on a white ground: what is sold, and a part that other photos may show too."""
    shelf = Image.new("RGB", (800, 600), "white")
    shelf.paste(a_picture(goods, 300, 400), (80 + 20 * (goods % 3), 60 + 40 * (goods % 2)))
    shelf.paste(a_picture(part, 220, 280), (460, 160))
    return shelf


def test_other_goods_beside_a_part_that_both_photos_show_are_not_derived_but_worth_a_look() -> None:
    found = inspected(on_white(goods=51, part=70), jpeg(on_white(goods=52, part=70), quality=92))
    assert (found.score >= 0.5, found.score >= 0.3) == (False, True)


def test_a_small_part_cut_out_and_enlarged_is_derived_for_it_shows_nothing_of_its_own() -> None:
    assert inspected(cropped(SHOT, 0.6).resize((800, 600))).score >= 0.5


def test_the_same_goods_with_a_damaged_part_are_derived() -> None:
    found = inspected(on_white(goods=52, part=71), jpeg(on_white(goods=52, part=70), quality=92))
    assert (found.score >= 0.5, found.altered) == (True, True)


def test_readings_carry_units_and_agree_with_the_rest() -> None:
    claim, _ = with_a_patch(SHOT)
    found = inspected(claim)
    values = {reading.name: (reading.value, reading.unit) for reading in found.readings}
    assert {name: value for name, value in values.items() if name in SAID_BY_PIXELS} == {
        "derived_score": (found.score, "probability"),
        "scene_differs": (found.scene_differs, "share of area"),
        "goods_differ": (values["goods_differ"][0], "share of the goods"),
        "mirrored": (False, None),
        "quarter_turns": (0, "quarter turns"),
        "altered_fraction": (found.altered_fraction, "share of area"),
        "altered_regions": (len(found.regions), "regions"),
    }


def test_the_same_pair_gives_the_same_answer() -> None:
    claim, _ = with_a_crack(SHOT)
    one, other = inspected(claim), inspected(claim)
    assert (one.score, one.regions, one.readings) == (other.score, other.regions, other.readings)
    assert np.array_equal(one.mask, other.mask)  # type: ignore[arg-type] # both are there


def a_blank(width: int = 500, height: int = 400) -> Image.Image:
    return Image.new("RGB", (width, height), "white")


def a_pattern(seed: int) -> Image.Image:
    tile = np.asarray(a_picture(seed, 40, 40).convert("L"))
    return Image.fromarray(np.tile(tile, (15, 20))).convert("RGB")


@pytest.mark.parametrize(
    ("claim", "reference"),
    [
        (a_blank(), SHOT),
        (SHOT, a_blank()),
        (a_picture(2, 9, 7), SHOT),
        (SHOT, a_picture(2, 1, 1)),
        (a_picture(2, 1, 900), a_picture(3, 900, 1)),
        (a_pattern(5), a_pattern(6)),
    ],
)
def test_what_cannot_be_aligned_is_not_derived(claim: Image.Image, reference: Image.Image) -> None:
    found = inspected(png(claim), png(reference))
    assert (found.score >= 0.5, found.regions) == (False, ())


def test_two_blank_pictures_show_no_region() -> None:
    assert inspected(png(a_blank()), png(a_blank(700, 500))).regions == ()


@pytest.mark.parametrize("broken", [b"", b"no picture", REFERENCE[:900], a_jpeg_that_claims(60_000, 60_000)])
def test_a_file_that_cannot_be_looked_at_says_so(broken: bytes) -> None:
    with pytest.raises(MediaUnreadable):
        inspected(broken)
    with pytest.raises(MediaUnreadable):
        inspected(REFERENCE, broken)


def test_what_no_view_lays_on_the_reference_still_has_its_size_by_which_a_panel_is_told_in_the_whole() -> None:
    claim, reference = (develop(file, LIMITS) for file in (jpeg(a_picture(seed=8).resize((300, 180))), REFERENCE))
    found = compare_pixels(Prefilter(100, 100, (), 0, 0.0), claim, reference)
    assert found.inliers == 0
    assert found.size == (300, 180)
