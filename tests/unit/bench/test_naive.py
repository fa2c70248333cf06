"""The naive consumer that we measure ourselves beside does what it says: it finds what is near, and nothing else."""

import numpy as np

from tests.benchmarks.naive import WORDS, Round, hashed, nearest, told
from tests.photos import a_picture, jpeg


def test_it_finds_the_same_photo_saved_anew_among_others() -> None:
    others = np.random.default_rng(3).integers(0, 2**64, (500, WORDS), dtype=np.uint64)
    earlier = np.vstack([others[:200], hashed(jpeg(a_picture(1, 320, 240))), others[200:]])

    assert nearest(hashed(jpeg(a_picture(1, 320, 240), 60)), earlier).tolist() == [200]


def test_it_finds_nothing_where_nothing_is_near() -> None:
    earlier = np.zeros((3, WORDS), dtype=np.uint64)

    assert nearest(np.full(WORDS, 2**63 + 2**40 + 2**20 + 0xFFFFFF, dtype=np.uint64), earlier).size == 0


def test_what_is_known_to_nobody_to_us_and_to_both_is_set_against_the_same_search() -> None:
    lines = told([Round(0.2, 0.1, 0.4, 0.1, search_s) for search_s in (0.4, 0.2, 0.6)])

    assert lines[-3:] == [
        "new photos: 4.00 times as much (3.00 to 5.00)",
        "references known to us alone: 8.00 times as much (6.00 to 10.00)",
        "references known to both: 5.00 times as much (3.00 to 7.00)",
    ]
