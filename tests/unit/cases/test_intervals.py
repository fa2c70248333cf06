"""The interval of a share, as statistics of reviews, trials of policies and the evaluation tell it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cases.intervals import wilson


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (4, 4_000, 0.0004, 0.0026)],
)
def test_wilsons_interval_is_the_one_of_the_tables(hits: int, count: int, low: float, high: float) -> None:
    assert wilson(hits, count) == pytest.approx((low, high), abs=0.0001)


@given(st.integers(1, 5_000).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_the_share_lies_in_its_interval(of: tuple[int, int]) -> None:
    hits, count = of
    low, high = wilson(hits, count)

    assert 0 <= low <= hits / count <= high <= 1


def test_of_nothing_anything_is_possible() -> None:
    assert wilson(0, 0) == (0, 1)
