"""The naive consumer that we measure ourselves beside does what it says: it finds what is near, and nothing else."""

import numpy as np

from tests.benchmarks.naive import WORDS, hashed, nearest
from tests.photos import a_picture, jpeg


def test_it_finds_the_same_photo_saved_anew_among_others() -> None:
    others = np.random.default_rng(3).integers(0, 2**64, (500, WORDS), dtype=np.uint64)
    earlier = np.vstack([others[:200], hashed(jpeg(a_picture(1, 320, 240))), others[200:]])

    assert nearest(hashed(jpeg(a_picture(1, 320, 240), 60)), earlier).tolist() == [200]


def test_it_finds_nothing_where_nothing_is_near() -> None:
    earlier = np.zeros((3, WORDS), dtype=np.uint64)

    assert nearest(np.full(WORDS, 2**63 + 2**40 + 2**20 + 0xFFFFFF, dtype=np.uint64), earlier).size == 0
