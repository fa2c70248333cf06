"""Settings that a generator wrote into the lowest bits of pixels, where all metadata is gone."""

import json

import numpy as np
import pytest
from PIL import Image

from streams.evidence.files.limits import Limits
from streams.evidence.looking.examination import examine
from tests.photos import a_picture, jpeg, saved

LIMITS = Limits(10_000_000, 10_000_000)
SETTINGS = json.dumps({"Comment": "{}", "Software": "NovelAI"}).encode()


def hiding(word: bytes, channels: slice, size: tuple[int, int] = (96, 160)) -> Image.Image:
    """A picture with a word, a length and settings in the lowest bits of some channels, column by column."""
    pixels = np.asarray(a_picture(5, *size).convert("RGBA")).copy()
    said = word + (8 * len(SETTINGS)).to_bytes(4, "big") + SETTINGS
    columns = pixels.transpose(1, 0, 2)[..., channels]
    flat = columns.reshape(-1).copy()
    bits = np.unpackbits(np.frombuffer(said, np.uint8))
    flat[: len(bits)] = flat[: len(bits)] & 0xFE | bits
    columns[...] = flat.reshape(columns.shape)
    return Image.fromarray(pixels)


def declared(photo: bytes) -> object:
    return next(one.value for one in examine(photo, LIMITS).readings if one.name == "declared_ai")


@pytest.mark.parametrize(
    ("word", "channels"),
    [
        (b"stealth_pnginfo", slice(3, 4)),
        (b"stealth_pngcomp", slice(3, 4)),
        (b"stealth_rgbinfo", slice(0, 3)),
        (b"stealth_rgbcomp", slice(0, 3)),
    ],
)
@pytest.mark.parametrize("size", [(96, 160), (400, 64)], ids=["tall", "lower than the word is long"])
def test_settings_in_the_pixels_are_a_trace(word: bytes, channels: slice, size: tuple[int, int]) -> None:
    picture = hiding(word, channels, size)
    photos = [saved(picture, "PNG"), saved(picture, "WEBP", lossless=True, exact=True)]
    photos += [saved(picture.convert("RGB"), "PNG"), saved(picture.convert("RGB"), "BMP")] if channels.stop == 3 else []
    assert [declared(photo) for photo in photos] == [True] * len(photos)


def test_pixels_that_were_computed_anew_and_plain_ones_are_none() -> None:
    picture = hiding(b"stealth_pnginfo", slice(3, 4))
    plain = a_picture(5, 96, 160)
    for photo in (jpeg(picture.convert("RGB")), saved(plain.convert("RGBA"), "PNG"), saved(plain, "PNG")):
        assert declared(photo) is False
