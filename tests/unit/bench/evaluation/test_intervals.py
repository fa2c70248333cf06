import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.bench.evaluation.intervals import bootstrap, wilson


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
    assert all(math.isnan(end) for end in bootstrap([]))


def test_the_bootstrap_of_one_value_repeated_is_that_value() -> None:
    assert bootstrap([0.5] * 20) == (0.5, 0.5)


def test_the_bootstrap_repeats_and_narrows_with_more_values() -> None:
    few, many = [0.2, 0.8] * 10, [0.2, 0.8] * 400

    assert bootstrap(few) == bootstrap(few)
    assert bootstrap(many).high - bootstrap(many).low < bootstrap(few).high - bootstrap(few).low
    assert bootstrap(few).low < 0.5 < bootstrap(few).high
