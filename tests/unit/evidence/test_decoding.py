"""A photo becomes one small upright grey picture, or a sentence that says why not."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from streams.errors import MediaUnreadable
from streams.evidence.files.decoding import WORKING_PIXELS, Picture, decode, read
from streams.evidence.files.limits import FORMATS, Limits
from tests.photos import (
    a_jpeg_that_claims,
    a_picture,
    a_png_that_claims,
    a_png_with_a_text_bomb,
    jpeg,
    png,
    saved,
)

LIMITS = Limits(size_bytes=30_000_000, pixels=100_000_000)
SMALL_JPEG = jpeg(a_picture(width=120, height=90))


def look(photo: bytes, limits: Limits = LIMITS) -> Picture:
    return decode(photo, limits)


def difference(one: Picture, other: Picture) -> float:
    return float(np.abs(one.grey.astype(int) - other.grey.astype(int)).mean())


@pytest.mark.parametrize("name", FORMATS)
def test_every_supported_format_shows_the_same_picture(name: str) -> None:
    seen = look(saved(a_picture(), name))
    assert (seen.width, seen.height, seen.format, seen.frames) == (800, 600, name, 1)
    assert difference(seen, look(png())) < 3


@pytest.mark.parametrize("name", FORMATS)
def test_a_truncated_photo_is_refused_and_never_completed(name: str) -> None:
    whole = saved(a_picture(), name)
    with pytest.raises(MediaUnreadable, match=r"damaged or incomplete|no picture that can be read"):
        look(whole[: len(whole) * 2 // 3])


@pytest.mark.parametrize(
    ("photo", "why"),
    [
        (b"", "the file is empty"),
        (b"this is no picture, whatever its name says", "the file is no picture that can be read; only JPEG, PNG"),
        (bytes(10_000), "the file is no picture that can be read"),
        (b"%PDF-1.7\n" + bytes(100), "of the format PDF; only"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(100), "the picture is damaged or incomplete"),
        (b"\x00\x00\x00\x18ftypisom" + bytes(100), "of the format MP4 video; only"),
        (b"FLV\x01\x05" + bytes(100), "of the format FLV video; only JPEG.*, HEIF, MP4, QuickTime, Matroska, WebM are"),
        (b"\x47\x40\x11\x10" + bytes(184), "of the format MPEG video; only"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "of the format SVG; only"),
    ],
)
def test_a_file_that_is_no_photo_says_what_it_is(photo: bytes, why: str) -> None:
    with pytest.raises(MediaUnreadable, match=why):
        look(photo)


def test_a_postscript_file_never_reaches_its_interpreter() -> None:
    with pytest.raises(MediaUnreadable, match="of the format PostScript; only"):
        look(saved(a_picture(width=64, height=64), "EPS"))
    with pytest.raises(MediaUnreadable, match="no picture that can be read"):
        look(b"\n" + saved(a_picture(width=64, height=64), "EPS"))


@pytest.mark.parametrize("photo", [a_png_that_claims(20_000, 10_000), a_jpeg_that_claims(20_000, 10_000)])
def test_200_megapixels_are_refused_from_the_header(photo: bytes) -> None:
    with pytest.raises(
        MediaUnreadable, match=r"more pixels than may be looked at|20000 x 10000 pixels; at most 100,000,000"
    ):
        look(photo)


def test_the_limit_of_pixels_is_exact() -> None:
    photo = jpeg(a_picture(width=120, height=90))
    assert look(photo, Limits(10_000_000, 120 * 90)).width == 120
    with pytest.raises(MediaUnreadable, match="120 x 90 pixels; at most 10,799 are looked at"):
        look(photo, Limits(10_000_000, 120 * 90 - 1))


def test_a_file_of_too_many_bytes_is_not_opened() -> None:
    with pytest.raises(MediaUnreadable, match="at most 1,000 are looked at"):
        look(jpeg(), Limits(1_000, 100_000_000))


def test_a_bomb_in_a_png_text_is_never_unpacked_and_the_picture_is_looked_at() -> None:
    assert look(a_png_with_a_text_bomb()).width == 64


@pytest.mark.parametrize("name", ["GIF", "WEBP", "TIFF"])
def test_of_several_frames_the_first_is_looked_at_and_all_are_counted(name: str) -> None:
    frames = [a_picture(seed) for seed in (1, 2, 3)]
    seen = look(saved(frames[0], name, save_all=True, append_images=frames[1:]))
    assert seen.frames == 3
    assert difference(seen, look(png(frames[0]))) < 6 < difference(seen, look(png(frames[1])))


def test_a_camera_s_mpo_is_looked_at_by_its_first_picture() -> None:
    seen = look(saved(a_picture(1), "MPO", save_all=True, append_images=[a_picture(2)]))
    assert (seen.format, seen.frames) == ("MPO", 2)
    assert difference(seen, look(png(a_picture(1)))) < 3


def test_a_cmyk_jpeg_shows_the_same_picture() -> None:
    assert difference(look(jpeg(a_picture().convert("CMYK"))), look(png())) < 6


def test_a_16_bit_png_shows_the_same_picture() -> None:
    grey = a_picture().convert("L")
    wide = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    assert difference(look(png(wide)), look(png(grey))) == 0


def test_the_thumbnail_inside_a_heic_is_never_taken_for_the_photo() -> None:
    picture = a_picture(width=1_400, height=1_100)
    alone, beside = saved(picture, "HEIF"), saved(picture, "HEIF", thumbnails=[1_024])
    assert len(beside) > len(alone) * 1.2
    assert difference(look(alone), look(beside)) == 0


def test_transparency_is_flattened_on_white() -> None:
    half = np.zeros((100, 200, 4), np.uint8)
    half[:, 100:, 3] = 255
    clear = Image.fromarray(half)
    expected = np.where(np.arange(200) < 100, 255, 0) * np.ones((100, 1), int)
    assert (look(png(clear)).grey == expected).all()
    assert (look(png(clear.quantize(4))).grey == expected).all()
    assert (look(saved(clear, "WEBP", lossless=True)).grey == expected).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_stands_upright(orientation: int) -> None:
    """A photo is stored so that turning it by its orientation gives the picture: the inverse of that turn."""
    picture = a_picture()
    exif = Image.Exif()
    exif[0x0112] = orientation
    undo = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    lying = picture if undo is None else picture.transpose(Image.Transpose(undo))
    seen = look(png(lying, exif=exif))
    assert (seen.width, seen.height) == (800, 600)
    assert difference(seen, look(png(picture))) < 0.5
    assert difference(look(jpeg(lying, exif=exif)), look(jpeg(picture))) < 3


def test_unreadable_metadata_turns_no_picture() -> None:
    assert look(jpeg(exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff")).width == 800


@pytest.mark.parametrize("size", [(3_900, 2_900), (1_200, 900), (640, 3_000), (5_000, 400)])
def test_the_working_picture_has_the_same_area_whatever_the_shape(size: tuple[int, int]) -> None:
    seen = look(jpeg(a_picture(width=size[0], height=size[1])))
    assert (seen.width, seen.height) == size
    assert abs(seen.grey.size / WORKING_PIXELS - 1) < 0.01


def test_of_twelve_megapixels_an_eighth_is_enough_whatever_the_format() -> None:
    photo = jpeg(a_picture(width=4_000, height=3_000))
    seen, as_png = look(photo), look(png(Image.open(io.BytesIO(photo))))
    assert (seen.width, seen.height, seen.grey.shape) == (4_000, 3_000, (375, 500))
    assert difference(seen, as_png) < 1


def test_a_small_picture_is_never_enlarged() -> None:
    assert look(SMALL_JPEG).grey.shape == (90, 120)


def test_a_picture_of_one_pixel_is_a_picture() -> None:
    assert look(png(Image.new("RGB", (1, 1)))).grey.shape == (1, 1)


def test_a_large_jpeg_and_the_same_pixels_as_png_give_nearly_the_same_working_picture() -> None:
    photo = jpeg(a_picture(width=2_400, height=1_800), quality=95)
    assert difference(look(photo), look(png(Image.open(io.BytesIO(photo))))) < 1


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=2_000))
def test_any_bytes_are_a_picture_or_a_sentence(photo: bytes) -> None:
    with pytest.raises(MediaUnreadable):
        look(photo)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([saved(a_picture(width=120, height=90), name) for name in FORMATS]),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=20),
)
def test_damaged_bytes_are_a_picture_or_a_sentence(photo: bytes, changes: list[tuple[float, int]]) -> None:
    damaged = bytearray(photo)
    for place, value in changes:
        damaged[int(place * len(damaged))] = value
    try:
        seen = look(bytes(damaged), Limits(1_000_000, 1_000_000))
    except MediaUnreadable:
        return
    assert seen.grey.dtype == np.uint8


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_a_deep_grey_picture_has_the_tones_of_its_8_bit_copy_whatever_bits_it_fills(bits: int) -> None:
    grey = np.asarray(a_picture(3).convert("L"))
    full = np.asarray(np.minimum(grey.astype(np.uint16) + (grey == grey.max()) * (255 - grey), 255), np.uint16)
    deep = png(Image.fromarray(np.asarray(full << (bits - 8), np.uint16)))
    shallow = png(Image.fromarray(full.astype(np.uint8)))
    assert np.array_equal(decode(deep, LIMITS).grey, decode(shallow, LIMITS).grey)


@pytest.mark.parametrize("name", ["WEBP", "AVIF", "PNG", "JPEG", "GIF", "TIFF"])
def test_a_small_file_of_a_large_picture_is_not_taken_up_in_a_million_pieces(name: str) -> None:
    """A WebP's pixels come to Pillow as one long file, and it takes them up in pieces of this size."""
    photo = saved(Image.new("RGB", (1_500, 1_500)), name, **({"lossless": True} if name == "WEBP" else {}))
    assert read(photo, LIMITS, lambda opened: getattr(opened.image, "decodermaxblock", 0)) >= 65_536


def test_a_photo_just_below_the_limit_is_looked_at_without_a_word_of_pillows(tmp_path: Path) -> None:
    """Ninety-six megapixels; the program runs in a process of its own, as pytest would take the warning for itself."""
    (tmp_path / "large.png").write_bytes(png(Image.new("1", (12_000, 8_000))))
    program = (
        "import sys, pathlib; from streams.evidence.files.decoding import decode; "
        "from streams.evidence.files.limits import Limits; "
        "print(decode(pathlib.Path(sys.argv[1]).read_bytes(), Limits(30_000_000, 100_000_000)).width)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "large.png"], capture_output=True, text=True, check=True
    )
    assert (run.stdout, run.stderr) == ("12000\n", "")
