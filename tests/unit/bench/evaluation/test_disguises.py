"""Forged photos that are made to look like no listing."""

import io

import numpy as np
import pytest
from PIL import Image

from streams.bench.evaluation.disguises import KINDS, disguised
from streams.bench.evaluation.frames import Frame, framed
from streams.bench.evaluation.pixels import drawn, opened
from tests.unit.bench.evaluation.photo_sets import photo


def forged() -> Frame:
    """A photo with a red square on it."""
    pixels = photo(4).copy()
    mask = np.zeros(pixels.shape[:2], np.bool_)
    height, width = pixels.shape[:2]
    mask[height // 2 : height * 5 // 8, width // 2 : width * 5 // 8] = True
    pixels[mask] = (250, 10, 10)
    return framed(pixels, mask)


def red(picture: np.ndarray) -> float:
    """The share that is as red as the square, after JPEG and light filters."""
    return float(((picture[..., 0] > 180) & (picture[..., 1:].max(axis=2) < 90)).mean())


@pytest.mark.parametrize("kind", KINDS)
def test_one_chance_gives_one_file_and_another_chance_another(kind: str) -> None:
    first, again, other = (disguised(kind, forged(), photo(8), drawn(kind, seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert opened(first).shape[2] == 3


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"without colour"}))
def test_the_damage_is_still_seen(kind: str) -> None:
    assert red(opened(disguised(kind, forged(), photo(8), drawn(kind)))) > 0.002


def test_a_part_that_is_enlarged_shows_the_damage_larger() -> None:
    whole = forged()
    assert red(opened(disguised("enlarged", whole, photo(8), drawn(3)))) > 1.3 * red(whole.pixels)


def test_without_colour_nothing_is_red() -> None:
    assert red(opened(disguised("without colour", forged(), photo(8), drawn(1)))) == 0


def test_few_colours_are_few_and_never_a_jpeg() -> None:
    with Image.open(io.BytesIO(disguised("few colours", forged(), photo(8), drawn(1)))) as picture:
        assert picture.format in {"GIF", "PNG"}
        assert len(picture.convert("RGB").getcolors(256) or ()) <= 64
