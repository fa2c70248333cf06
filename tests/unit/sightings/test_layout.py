"""Whichever bits differ, up to 31 of them, a chunk leads to the hash: the pigeonhole principle, layout by layout."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.units import FINGERPRINT_BITS, NEAR_BITS
from streams.sightings.layout import SMALL, layout_for, masks


@given(st.integers(1, 2**32 - 1), st.sets(st.integers(0, FINGERPRINT_BITS - 1), max_size=NEAR_BITS))
def test_some_chunk_has_no_more_differences_than_are_looked_up(hashes: int, differing: set[int]) -> None:
    layout = layout_for(hashes)
    in_chunks = [
        len(differing & set(range(chunk * layout.width, chunk * layout.width + layout.bits)))
        for chunk in range(layout.chunks)
    ]
    assert min(in_chunks) <= layout.flips
    assert layout.bits <= layout.width
    assert layout.chunks * layout.width <= FINGERPRINT_BITS


@pytest.mark.parametrize(
    "hashes", [1, 1_000, 100_000, 400_000, 1_000_000, 1_499_999, 1_500_000, 2_600_000, 3_000_000, 10_000_000, 10**9]
)
def test_tables_stay_a_small_share_of_the_memory(hashes: int) -> None:
    layout = layout_for(hashes)
    tables = 4 * layout.chunks * (layout.buckets + 1)
    numbers = 4 * layout.chunks * hashes
    assert 32 * hashes + numbers + tables + 8 * hashes <= (115 if hashes < SMALL else 110) * hashes + 10_000


@pytest.mark.parametrize(("bits", "flips", "expected"), [(3, 1, 4), (16, 1, 17), (21, 2, 232)])
def test_every_way_to_flip_is_there_once(bits: int, flips: int, expected: int) -> None:
    found = masks(bits, flips).tolist()
    assert (len(found), len(set(found))) == (expected, expected)
    assert max(mask.bit_count() for mask in found) == flips
    assert max(found) < 2**bits
