import hashlib

import numpy as np

from streams.bench.photos import SMALL, another_file, jpeg, scene, stained
from streams.evidence.comparing.comparison import best
from streams.evidence.files.decoding import decode
from streams.evidence.files.limits import Limits
from tests.looks import compare_files

LIMITS = Limits(size_bytes=10_000_000, pixels=20_000_000)


def test_a_scene_has_the_asked_size_and_repeats_for_its_seed() -> None:
    assert scene(1, (300, 200)).shape == (200, 300, 3)
    assert np.array_equal(scene(1, SMALL), scene(1, SMALL))
    assert not np.array_equal(scene(1, SMALL), scene(2, SMALL))


def test_another_file_of_a_photo_has_other_bytes_and_the_same_pixels() -> None:
    photo = jpeg(scene(1, SMALL))
    first, second = another_file(photo, 1), another_file(photo, 2)

    assert len({hashlib.sha256(file).digest() for file in (photo, first, second)}) == 3
    assert np.array_equal(decode(photo, LIMITS).grey, decode(second, LIMITS).grey)


def test_a_stained_scene_is_found_derived_and_another_scene_is_not() -> None:
    sound = scene(1, SMALL)
    listed = [jpeg(pixels) for pixels in (scene(2, SMALL), sound)]

    assert best(compare_files(jpeg(stained(sound)), *listed)) == 1
    assert best(compare_files(jpeg(stained(sound)), *listed[:1])) is None
