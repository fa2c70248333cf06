"""Which bytes of a file a player asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.console.byte_ranges import asked_range

SIZE = 1_000


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        (None, None),
        ("bytes=0-", range(SIZE)),
        ("bytes=0-0", range(1)),
        ("bytes=500-599", range(500, 600)),
        ("bytes=990-5000", range(990, SIZE)),
        ("bytes=-10", range(990, SIZE)),
        ("bytes=-5000", range(SIZE)),
        ("bytes=600-500", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-1", None),
        ("bytes=a-b", None),
    ],
)
def test_a_single_range_is_answered_and_anything_else_is_as_if_nothing_was_asked(
    header: str | None, asked: range | None
) -> None:
    assert asked_range(header, SIZE) == asked


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=1000-1001", "bytes=-0"])
def test_what_lies_behind_the_end_is_an_empty_range(header: str) -> None:
    found = asked_range(header, SIZE)

    assert found is not None
    assert not found


@given(first=st.integers(0, 2_000), last=st.integers(0, 2_000))
def test_a_range_never_leaves_the_file(first: int, last: int) -> None:
    found = asked_range(f"bytes={first}-{last}", SIZE)

    assert found is None or not found or (found.start == first and found.stop == min(last + 1, SIZE))
