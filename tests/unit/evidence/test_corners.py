"""A picture that is full of corners has the same ones whether or not they are looked for among the strong alone."""

import cv2
import numpy as np
import pytest

from streams.evidence.features.corners import Corners, corners, strong
from streams.evidence.files.decoding import Grey

FINE = Corners(most=500, candidates=2_000, contrast=12, cell=40, edge=31)
DENSE = Corners(most=1_500, candidates=2_000, contrast=5, cell=20, edge=16, levels=1)


def noise(block: int, width: int = 498, height: int = 617) -> Grey:
    """Blocks of chance brightness, softened a little as a photo of them is."""
    small = np.random.default_rng(block).integers(0, 256, (height // block, width // block), dtype=np.uint8)
    grey = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.6), np.uint8)


def told(found: list[cv2.KeyPoint]) -> list[tuple[object, ...]]:
    return sorted((one.pt, one.octave, one.size, one.angle, one.response) for one in found)


@pytest.mark.parametrize("how", [FINE, DENSE], ids=["fine", "dense"])
@pytest.mark.parametrize("block", [2, 3, 4])
def test_among_the_strong_corners_of_noise_are_all_that_are_kept(how: Corners, block: int) -> None:
    grey = noise(block)
    known = strong(grey)
    assert len(known) >= 1_500
    assert told(list(corners(grey, how, known))) == told(list(corners(grey, how)))


def test_faint_corners_are_looked_for_where_the_strong_are_too_few() -> None:
    grey = noise(4)
    grey[300:] = 128 + (grey[300:].astype(int) - 128) // 8
    assert len(strong(grey)) >= 1_500
    more = Corners(most=500, candidates=6_000, contrast=5, cell=20, edge=16, levels=1)
    assert told(list(corners(grey, more, strong(grey)))) == told(list(corners(grey, more)))


def test_the_shares_of_levels_are_all_candidates() -> None:
    assert [sum(how.shares()) for how in (FINE, DENSE)] == [2_000, 2_000]
    assert FINE.shares() == sorted(FINE.shares(), reverse=True)
