"""Matches of descriptors, held against what the words say, one pair at a time."""

import numpy as np
import pytest

from streams.evidence.features.key_points import Descriptors
from streams.evidence.features.matching import matched


def descriptors(seed: int, count: int, *, like: Descriptors | None = None) -> Descriptors:
    """Random descriptors of few different bytes, so that some are equally near; the first ones resemble ``like``."""
    draw = np.random.default_rng(seed)
    some = draw.integers(0, 4, (count, 32), dtype=np.uint8)
    if like is not None:
        shared = min(count, len(like)) // 2
        some[:shared] = like[:shared] ^ (draw.random((shared, 32)) < 0.1).astype(np.uint8)
    return some


def one_by_one(ours: Descriptors, theirs: Descriptors, ratio: float) -> list[tuple[int, int]]:
    """Each one's first best, in both directions, if it is clearly nearer than the second best."""
    off = [[int(np.bitwise_count(one ^ other).sum()) for other in theirs] for one in ours]
    found = []
    for at, row in enumerate(off):
        best = row.index(min(row))
        column = [each[best] for each in off]
        if column.index(min(column)) == at and row[best] < ratio * min(row[:best] + row[best + 1 :]):
            found.append((at, best))
    return found


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("ratio", [0.85, 0.95])
def test_a_match_is_the_best_both_ways_and_clearly_nearer_than_the_second_best(seed: int, ratio: float) -> None:
    ours = descriptors(seed, 40)
    theirs = descriptors(seed + 100, 60, like=ours)
    here, there = matched(ours, theirs, ratio)
    expected = one_by_one(ours, theirs, ratio)
    assert expected
    assert expected == list(zip(here.tolist(), there.tolist(), strict=True))


def test_of_descriptors_that_have_nothing_in_common_none_match() -> None:
    ours, theirs = np.zeros((5, 32), np.uint8), np.full((7, 32), 255, np.uint8)
    here, there = matched(ours, theirs, 0.9)
    assert (len(here), len(there)) == (0, 0)
