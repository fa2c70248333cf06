"""Whether a claim's pixels are the reference file's: copies, photos of printed goods, and files that were warped."""

import cv2
import numpy as np
import pytest

from streams.bench.evaluation.frames import framed
from streams.bench.evaluation.laundering import sent
from streams.bench.evaluation.pixels import Pixels, drawn, encoded, opened, sized
from streams.bench.evaluation.printed import printed
from streams.bench.evaluation.warps import taken_anew
from streams.evidence.comparing.comparison import PairResult
from tests.looks import compare_files
from tests.photos import a_picture


def artwork(seed: int = 1) -> Pixels:
    """A picture with detail of its own: shapes, print and grain."""
    pixels = np.asarray(a_picture(seed, 900, 700)).copy()
    for row in range(6):
        cv2.putText(pixels, "fragile goods 24h", (40, 80 + 100 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (20, 20, 20), 2)
    grain = np.random.default_rng(seed).normal(0, 5, pixels.shape)
    return np.asarray((pixels + grain).clip(0, 255), np.uint8)


def found(claim: bytes, reference: bytes) -> PairResult:
    return compare_files(claim, reference)[0]


def value(beside: PairResult, name: str) -> float | None:
    values = [one.value for one in beside.readings if one.name == name]
    return float(str(values[0])) if values and values[0] is not None else None


LISTED = encoded(artwork(), "JPEG", 90)


def cracked() -> tuple[Pixels, np.ndarray]:
    pixels, mask = opened(LISTED).copy(), np.zeros((700, 900), np.uint8)
    cv2.polylines(
        mask, [np.array([[300, 200], [380, 330], [350, 420], [460, 520]])], isClosed=False, color=1, thickness=5
    )
    pixels[mask > 0] = 25
    return pixels, mask > 0


@pytest.mark.parametrize(
    "way", ["JPEG", "crop, resize, JPEG", "screenshot, JPEG", "tilt", "quarter turn", "mirror, crop, JPEG"]
)
def test_a_forged_listing_is_copied_however_it_was_sent(way: str) -> None:
    copied = value(found(sent(way, *cracked(), drawn(way)).file, LISTED), "copied")
    assert copied is not None
    assert copied > 0.9


@pytest.mark.parametrize(("across", "down"), [(1.35, 1.0), (1.0, 1.2), (0.7, 1.0)])
def test_a_forged_listing_that_was_stretched_is_copied(across: float, down: float) -> None:
    """No camera stretches: what lies exactly so was resized."""
    pixels, _ = cracked()
    stretched = sized(pixels, (round(900 * across), round(700 * down)))
    copied = value(found(encoded(np.asarray(stretched, np.uint8), "JPEG", 80), LISTED), "copied")
    assert copied is not None
    assert copied > 0.9


@pytest.mark.parametrize("kind", ["cover", "cover, near", "carton", "glare", "partly covered"])
def test_an_honest_photo_of_printed_goods_is_not_copied_though_it_matches(kind: str) -> None:
    goods = printed(kind, artwork(1), np.asarray(a_picture(9)), drawn(kind, 4))
    beside = found(encoded(goods.claim, "JPEG", 88), goods.listing)
    copied = value(beside, "copied")
    assert copied is None or copied < 0.2


def test_goods_right_before_the_camera_are_told_by_their_light_and_the_lens() -> None:
    """Perspective is next to nothing there: their places lie nearly as in the file."""
    seen = [
        printed("cover, frontal", artwork(1), np.asarray(a_picture(9)), drawn("frontal", seed)) for seed in range(6)
    ]
    told = [value(found(encoded(goods.claim, "JPEG", 88), goods.listing), "copied") for goods in seen]
    copied = [each for each in told if each is not None]
    assert max(copied) < 0.5
    assert sum(each <= 0.02 for each in copied) >= 3


def seen_in_the_same_frame(*, bent: float = 0.0, lit: float = 0.0, soft: float = 0.0, noise: float = 0.0) -> bytes:
    """The listing filling its frame once more: places moved by a lens, light from aside, blur of a press and a lens."""
    pixels = opened(LISTED)
    height, width = pixels.shape[:2]
    across, down = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    x = (across + 1) / 2 * (width - 1) + bent * (across**2 + across * down)
    y = (down + 1) / 2 * (height - 1) + bent * (down**2 - across * down)
    moved = cv2.remap(
        pixels, x.astype(np.float32), y.astype(np.float32), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
    )
    focused = cv2.GaussianBlur(moved, (0, 0), soft) if soft else moved
    light = np.exp(lit * (across + down))[..., None] * 0.8
    seen = focused * light + np.random.default_rng(3).normal(0, noise, pixels.shape)
    return encoded(np.asarray(seen.clip(0, 255), np.uint8), "JPEG", 88)


@pytest.mark.parametrize(
    "goods",
    [
        {"bent": 3.0, "lit": 0.12, "soft": 1.0, "noise": 4.0},
        {"bent": 3.0, "soft": 2.0, "noise": 4.0},
    ],
    ids=["lens and light", "lens and focus"],
)
def test_goods_that_fill_the_frame_as_in_the_listing_are_no_copy(goods: dict[str, float]) -> None:
    """As a scanner's program or a careful buyer takes them: only the lens, the light and the focus are another."""
    copied = value(found(seen_in_the_same_frame(**goods), LISTED), "copied")
    assert copied is not None
    assert copied <= 0.02


def wandered(*, lit: float) -> bytes:
    """The listing filling its frame once more: each small place moved by itself, inks a little uneven."""
    chance = np.random.default_rng(7)
    pixels = opened(LISTED)
    height, width = pixels.shape[:2]
    across, down = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    moved = [
        cv2.resize(chance.normal(0, 1.2, (height // 12, width // 12)).astype(np.float32), (width, height))
        for _ in range(2)
    ]
    seen = cv2.remap(pixels, across + moved[0], down + moved[1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    uneven = cv2.resize(chance.normal(0, 0.12, (height // 20, width // 20)).astype(np.float32), (width, height))
    light = np.exp(lit * (across / width + down / height) + uneven)[..., None] * 0.8
    grain = chance.normal(0, 2, pixels.shape)
    return encoded(np.asarray((seen * light + grain).clip(0, 255), np.uint8), "JPEG", 88)


def test_places_that_wander_one_by_one_speak_for_a_camera_where_the_light_is_another() -> None:
    anew, dark = (value(found(wandered(lit=lit), LISTED), "copied") for lit in (0.2, 0.0))
    assert anew is not None
    assert anew <= 0.02
    assert dark is not None
    assert dark > 0.5


def from_a_step_aside(*, uneven: float) -> bytes:
    """The listing filling its frame once more in perspective, by a camera with a focus and grain of its own."""
    pixels, chance = opened(LISTED), np.random.default_rng(11)
    height, width = pixels.shape[:2]
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = frame + np.array([[5, 3], [-4, 6], [3, -5], [-6, -4]], np.float32)
    view = cv2.getPerspectiveTransform(frame, moved)
    seen = cv2.warpPerspective(pixels, view, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    patches = cv2.resize(chance.normal(0, 1, (height // 40, width // 40)).astype(np.float32), (width, height))
    light = np.exp(uneven * patches)[..., None] * 0.85
    grain = chance.normal(0, 2, pixels.shape)
    focused = cv2.GaussianBlur(seen, (0, 0), 0.55) * light + grain
    return encoded(np.asarray(focused.clip(0, 255), np.uint8), "JPEG", 88)


def test_perspective_under_an_uneven_light_speaks_for_a_camera_in_the_listings_frame() -> None:
    anew, bent = (value(found(from_a_step_aside(uneven=uneven), LISTED), "copied") for uneven in (0.12, 0.0))
    assert anew is not None
    assert bent is not None
    assert anew < 0.5 < bent


@pytest.mark.parametrize("edit", [{"bent": 3.0}, {"lit": 0.12}, {"soft": 1.0, "lit": 0.12}, {"soft": 2.0}])
def test_a_listing_that_was_only_bent_or_lit_or_blurred_in_its_frame_is_a_copy(edit: dict[str, float]) -> None:
    """Generators bend what they keep, and any program lights and blurs."""
    copied = value(found(seen_in_the_same_frame(**edit), LISTED), "copied")
    assert copied is not None
    assert copied > 0.5


@pytest.mark.parametrize("way", ["framed", "laid onto a photo"])
@pytest.mark.parametrize("quality", [50, 90])
def test_a_forged_listing_with_something_around_it_is_copied(way: str, quality: int) -> None:
    """Around it is what is around goods, perhaps: in it are the file's places and the file's light."""
    pixels, _ = cracked()
    small = np.asarray(sized(pixels, (630, 490)), np.uint8)
    scene = np.asarray(a_picture(9, 900, 750)).copy() if "photo" in way else np.full((750, 900, 3), 40, np.uint8)
    scene[120:610, 150:780] = small
    copied = value(found(encoded(scene, "JPEG", quality), LISTED), "copied")
    assert copied is not None
    assert copied > 0.9


def test_some_photo_of_printed_goods_would_be_accused_by_its_score_alone() -> None:
    seen = [printed("cover", artwork(1), np.asarray(a_picture(9)), drawn("match", seed)) for seed in range(4)]
    besides = [found(encoded(goods.claim, "JPEG", 88), goods.listing) for goods in seen]
    assert max(value(beside, "derived_score") or 0 for beside in besides) >= 0.5
    assert max(value(beside, "copied") or 0 for beside in besides) < 0.2


@pytest.mark.parametrize("kind", ["tilted", "tilted, cut", "tilted, lit anew"])
def test_a_listing_that_was_warped_on_the_computer_keeps_its_detail_and_is_not_taken_for_a_photo(kind: str) -> None:
    warped = taken_anew(kind, framed(*cracked()), np.asarray(a_picture(9)), drawn(kind))
    beside = found(encoded(warped.pixels, "JPEG", 90), LISTED)
    assert (value(beside, "copied") or 0) > 0.2
    assert (value(beside, "detail_kept") or 0) > 0.9


def test_a_listing_that_was_lit_anew_stays_a_copy() -> None:
    lit = taken_anew("lit anew", framed(*cracked()), np.asarray(a_picture(9)), drawn("lit"))
    assert (value(found(encoded(lit.pixels, "JPEG", 90), LISTED), "copied") or 0) > 0.9


def test_photos_that_have_nothing_in_common_say_nothing_of_copying() -> None:
    beside = found(encoded(np.asarray(a_picture(2)), "JPEG", 90), LISTED)
    assert "copied" not in {one.name for one in beside.readings}
