"""Large JPEGs decoded at an eighth without Pillow: the same picture as Pillow's, or none."""

import io
import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from streams.evidence.files import decoding, jpeg_eighth
from streams.evidence.files.limits import Limits
from tests.photos import a_picture, saved

Grey = npt.NDArray[np.uint8]

WIDTH, HEIGHT = 601, 523
PICTURE = a_picture(5, WIDTH, HEIGHT)
WAYS: dict[str, dict[str, Any]] = {
    "as phones write it": {"quality": 92},
    "without less colour": {"quality": 75, "subsampling": 0},
    "less colour one way": {"quality": 96, "subsampling": 1},
    "own codes": {"quality": 60, "optimize": True},
    "with markers between": {"quality": 85, "restart_marker_blocks": 7},
    "coarse": {"quality": 2},
    "fine": {"quality": 100},
}


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """With what decodes quickly, and without it again."""
    with monkeypatch.context() as patch:
        patch.setattr(jpeg_eighth, "_kernel", jpeg_eighth._Kernel())
        jpeg_eighth.load()
        yield


def by_pillow(file: bytes) -> Grey | None:
    try:
        with Image.open(io.BytesIO(file)) as image:
            image.draft("L", (max(1, image.width // 8), max(1, image.height // 8)))
            return np.asarray(image)
    except OSError:
        return None


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_the_picture_is_pillows_bit_for_bit(way: str, mode: str) -> None:
    options = {name: value for name, value in WAYS[way].items() if mode == "RGB" or name != "subsampling"}
    pixels = np.asarray(PICTURE.convert(mode)).astype(int)
    noise = np.random.default_rng(3).integers(-40, 40, pixels.shape)
    picture = Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8))
    file = saved(picture, "JPEG", **options)

    found = jpeg_eighth.eighth(file, (WIDTH, HEIGHT))

    assert found is not None
    assert np.array_equal(found, by_pillow(file))  # type: ignore[arg-type] # it can be decoded


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    "file",
    [
        saved(PICTURE, "JPEG", progressive=True),
        saved(PICTURE.convert("CMYK"), "JPEG"),
        saved(PICTURE, "JPEG", keep_rgb=True),
        saved(PICTURE, "PNG"),
        saved(PICTURE, "JPEG")[:-2],
        saved(PICTURE, "JPEG")[:-900],
        b"",
    ],
    ids=["progressive", "four inks", "red, green, blue", "no JPEG", "without an end", "cut", "nothing"],
)
def test_what_cameras_do_not_write_is_left_to_pillow(file: bytes) -> None:
    assert jpeg_eighth.eighth(file, (WIDTH, HEIGHT)) is None


@pytest.mark.usefixtures("loaded")
def test_a_file_of_another_size_than_was_checked_is_left_to_pillow() -> None:
    assert jpeg_eighth.eighth(saved(PICTURE, "JPEG"), (WIDTH, HEIGHT + 1)) is None


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("seed", range(60))
def test_a_broken_file_gives_what_pillow_gives_or_nothing(seed: int) -> None:
    draw = np.random.default_rng(seed)
    file = bytearray(saved(PICTURE, "JPEG", quality=70, restart_marker_blocks=5 * (seed % 2)))
    for _ in range(int(draw.choice([1, 2, 9]))):
        at = int(draw.integers(2, 700 if draw.random() < 0.6 else len(file)))
        file[at] = int(draw.choice([0, 255, int(draw.integers(256))]))

    found = jpeg_eighth.eighth(bytes(file), (WIDTH, HEIGHT))

    assert found is None or np.array_equal(found, by_pillow(bytes(file)))  # type: ignore[arg-type] # compared as it is


@pytest.mark.usefixtures("loaded")
def test_a_photo_of_twelve_megapixels_is_decoded_to_the_same_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits(size_bytes=30_000_000, pixels=50_000_000)
    photo = saved(a_picture(4, 4000, 3000), "JPEG", quality=88, exif=turned_by(6))
    quickly = decoding.decode(photo, limits)
    monkeypatch.setattr(jpeg_eighth, "_kernel", jpeg_eighth._Kernel())

    slowly = decoding.decode(photo, limits)

    assert quickly.grey.shape == (500, 375)
    assert np.array_equal(quickly.grey, slowly.grey)
    assert (quickly.width, quickly.height, quickly.format) == (slowly.width, slowly.height, slowly.format)


def turned_by(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def test_only_a_process_that_allows_it_loads_it_once_a_large_photo_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jpeg_eighth, "_kernel", jpeg_eighth._Kernel())
    file = saved(PICTURE, "JPEG")
    assert jpeg_eighth.eighth(file, (WIDTH, HEIGHT)) is None
    assert not jpeg_eighth._kernel.begun

    jpeg_eighth.allow()
    assert jpeg_eighth.eighth(file, (WIDTH, HEIGHT)) is None, "Pillow decodes the first ones"
    until = time.monotonic() + 60
    while jpeg_eighth.eighth(file, (WIDTH, HEIGHT)) is None and time.monotonic() < until:
        time.sleep(0.01)

    assert np.array_equal(jpeg_eighth.eighth(file, (WIDTH, HEIGHT)), by_pillow(file))  # type: ignore[arg-type] # loaded


def test_where_it_cannot_be_loaded_pillow_decodes_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jpeg_eighth, "_kernel", jpeg_eighth._Kernel())
    monkeypatch.setitem(sys.modules, "streams.evidence.files.jpeg_kernel", None)
    monkeypatch.delattr("streams.evidence.files.jpeg_kernel", raising=False)

    jpeg_eighth.load()

    assert jpeg_eighth.eighth(saved(PICTURE, "JPEG"), (WIDTH, HEIGHT)) is None
