"""Fingerprints as words: dealt out anew, and as far from each other as before."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.sightings.owner import words

Fingerprints = st.binary(min_size=32, max_size=32)


@given(Fingerprints, Fingerprints)
def test_dealing_bits_out_changes_no_distance(one: bytes, other: bytes) -> None:
    expected = (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()
    first, second = words(one + other)
    assert sum(int(word).bit_count() for word in first ^ second) == expected


def test_no_chunk_of_16_bits_has_more_than_two_of_a_row_of_the_cosine_transform() -> None:
    for row in range(16):
        side_by_side = bytes(2 * row) + b"\xff\xff" + bytes(30 - 2 * row)
        chunks = words(side_by_side).view(np.uint16)[0].tolist()
        assert max(chunk.bit_count() for chunk in chunks) <= 2
