"""A picture that shows nothing has no fingerprint; one that shows anything at all has."""

from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from streams.evidence.comparing.comparison import Photo, compare
from streams.evidence.files.decoding import decode
from streams.evidence.files.limits import Limits
from streams.evidence.looking.blankness import cells_with_detail, is_blank, reduced
from streams.evidence.looking.examination import examine
from streams.wording import causes
from tests.builders import unmeasured
from tests.photos import a_picture, jpeg, png

LIMITS = Limits(30_000_000, 100_000_000)
WIDTH, HEIGHT = 1_000, 750
DOWN, ACROSS = np.mgrid[0:HEIGHT, 0:WIDTH] / np.array([HEIGHT, WIDTH]).reshape(2, 1, 1)


def shaded(values: np.ndarray, noise: float = 0.0) -> Image.Image:
    chance = np.random.default_rng(1)
    return Image.fromarray((values + chance.normal(0, noise, values.shape)).clip(0, 255).astype(np.uint8))


def flat(colour: str) -> Image.Image:
    return Image.new("RGB", (WIDTH, HEIGHT), colour)


def barred(colour: str) -> Image.Image:
    """Nothing, as a telephone shows it: between bars above and below."""
    picture = flat("black")
    picture.paste(flat(colour).crop((0, 0, WIDTH, HEIGHT - 240)), (0, 120))
    return picture


def with_dust(picture: Image.Image, radius: int = 8) -> Image.Image:
    ImageDraw.Draw(picture).ellipse((400 - radius, 300 - radius, 400 + radius, 300 + radius), fill="#403830")
    return picture


ALONG_ONE_SIDE = ("white between", "blue between", "grey between", "sea", "stripes", "steps")


def nothing() -> Iterator[tuple[str, Image.Image]]:
    for colour in ("white", "black", "#1e50c8", "#ece6d6", "#808080"):
        yield colour, flat(colour)
    yield "from black to white", shaded(255 * ACROSS)
    yield "a slant", shaded(120 * ACROSS + 120 * DOWN)
    yield "a soft step", shaded(255 / (1 + np.exp(-8 * (DOWN - 0.5))))
    yield "dark corners", shaded(230 - 200 * ((ACROSS - 0.5) ** 2 + (DOWN - 0.5) ** 2))
    yield "a sky", shaded(np.dstack([120 + 80 * DOWN, 170 + 60 * DOWN, 235 + 15 * DOWN]), noise=3)
    yield "a lens cap", shaded(np.full((HEIGHT, WIDTH), 8.0), noise=8)
    yield "paper", shaded(np.full((HEIGHT, WIDTH), 226.0) + 6 * ACROSS, noise=5)
    yield "paper with a grain of dust", with_dust(flat("#ece6d6"))
    yield "white between black bars", barred("white")
    yield (
        "blue between bars at its sides",
        barred("#1e50c8").transpose(Image.Transpose.ROTATE_90).resize((WIDTH, HEIGHT)),
    )
    yield "grey between bars, with dust", with_dust(barred("#808080"))
    yield "sea and sky", shaded(np.where(DOWN < 0.45, 210.0, 90.0) * np.ones((1, WIDTH)), noise=2)
    yield "stripes", shaded(128 + 100 * np.sign(np.sin(40 * ACROSS)) * np.ones((HEIGHT, 1)))
    yield "steps from black to white", shaded(np.floor(8 * ACROSS) * 32 * np.ones((HEIGHT, 1)))
    yield "a sky with a grain of dust", with_dust(shaded(np.dstack([120 + 80 * DOWN] * 3), noise=2), 5)


NOTHING = dict(nothing())


@pytest.mark.parametrize(("name", "picture"), NOTHING.items(), ids=list(NOTHING))
def test_a_picture_of_nothing_has_no_fingerprint_however_it_is_saved(name: str, picture: Image.Image) -> None:
    for photo in (png(picture), *(jpeg(picture, quality=quality) for quality in (92, 70, 40))):
        look = examine(photo, LIMITS)
        assert (name, look.fingerprint) == (name, None)
        assert unmeasured("fingerprint", causes.NOTHING_IN_PICTURE) in look.readings


def something() -> Iterator[tuple[str, Image.Image]]:
    chance = np.random.default_rng(2)
    ways = [(100, 200)]
    for _ in range(12):
        ways.append((ways[-1][0] + int(chance.integers(30, 80)), ways[-1][1] + int(chance.integers(-50, 60))))
    cracked = flat("#f4f4f2")
    ImageDraw.Draw(cracked).line(ways, fill="#5a5550", width=2)
    yield "a plain plate with a hair-thin crack", cracked
    ring = flat("white")
    ImageDraw.Draw(ring).ellipse((460, 340, 540, 420), outline="#b4963c", width=8)
    yield "a ring on white", ring
    goods = a_picture(3, WIDTH, HEIGHT)
    yield "goods", goods
    for radius in (5, 15, 30):
        yield f"goods, blurred by {radius}", goods.filter(ImageFilter.GaussianBlur(radius))
    yield "goods, hardly any contrast left", Image.eval(goods, lambda value: int(110 + value * 0.15))
    yield "goods in the dark", Image.eval(goods, lambda value: int(value * 0.15))
    yield "goods under noise", shaded(np.asarray(goods).astype(float), noise=40)
    yield "goods under a veil", Image.blend(goods, flat("white"), 0.85)
    striped = shaded(128 + 60 * np.sign(np.sin(60 * ACROSS)) * np.ones((HEIGHT, 1)))
    yield "a torn shirt of stripes", with_dust(striped, 90)
    yield "a stain on cloth", with_dust(flat("#dcd2c8"), 90)


SOMETHING = dict(something())


@pytest.mark.parametrize(("name", "picture"), SOMETHING.items(), ids=list(SOMETHING))
def test_whatever_is_done_to_a_picture_that_shows_something_it_keeps_its_fingerprint(
    name: str, picture: Image.Image
) -> None:
    for photo in (png(picture), jpeg(picture, quality=50)):
        assert (name, examine(photo, LIMITS).fingerprint is not None) == (name, True)


def test_noise_and_dust_stay_well_apart_from_what_shows_something() -> None:
    plain = [picture for name, picture in NOTHING.items() if not name.startswith(ALONG_ONE_SIDE)]
    most = max(cells_with_detail(reduced(decode(jpeg(picture), LIMITS).grey)) for picture in plain)
    least = min(cells_with_detail(reduced(decode(jpeg(picture), LIMITS).grey)) for picture in SOMETHING.values())
    assert most < least


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (640, 480)])
def test_a_picture_of_any_size_is_asked(size: tuple[int, int]) -> None:
    assert is_blank(np.full(size, 200, np.uint8))


def test_beside_a_picture_of_nothing_all_is_unmeasured_and_says_whose_fault_it_is() -> None:
    plain, shot = (
        Photo(examine(photo, LIMITS).features, lambda: pytest.fail("no pixels are compared"))
        for photo in (png(flat("white")), png(a_picture()))
    )
    names = ("hash_distance_bits", "feature_inliers", "inlier_coverage", "derived_score")
    for claim, reference, why in (
        (plain, shot, causes.NOTHING_IN_PICTURE),
        (plain, plain, causes.NOTHING_IN_PICTURE),
        (shot, plain, causes.TOO_LITTLE_DETAIL),
    ):
        (found,) = compare(claim, [reference])
        assert found.readings == tuple(unmeasured(name, why) for name in names)
