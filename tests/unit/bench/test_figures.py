import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.bench.figures import Figure, longest_gap, percentile

SECONDS = st.floats(0, 1_000)


def a_figure(value: float, at_least: float | None = None, at_most: float | None = None) -> Figure:
    return Figure(measure="start", value=value, unit="s", load=0.0, at_least=at_least, at_most=at_most)


@pytest.mark.parametrize(
    ("figure", "goal", "met"),
    [
        (a_figure(8, at_most=8), "at most 8 s", True),
        (a_figure(8.1, at_most=8), "at most 8 s", False),
        (a_figure(0.5, at_least=0.5), "at least 0.5 s", True),
        (a_figure(0.49, at_least=0.5), "at least 0.5 s", False),
        (a_figure(0.49), "", None),
    ],
)
def test_a_goal_is_met_up_to_itself_and_none_is_neither_met_nor_missed(
    figure: Figure, goal: str, *, met: bool | None
) -> None:
    assert (figure.goal, figure.met) == (goal, met)


@pytest.mark.parametrize(("share", "expected"), [(0, 1), (0.5, 5), (0.51, 6), (0.95, 10), (0.9, 9), (1, 10)])
def test_a_percentile_is_the_value_that_so_many_do_not_exceed(share: float, expected: int) -> None:
    assert percentile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], share) == expected


def test_nothing_has_no_percentile() -> None:
    assert math.isnan(percentile([], 0.5))


@given(st.lists(SECONDS, min_size=1), st.floats(0, 1))
def test_a_percentile_is_one_of_the_values_and_enough_are_not_above_it(values: list[float], share: float) -> None:
    found = percentile(values, share)

    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9
    assert sum(value < found for value in values) <= share * len(values)


def test_a_gap_is_the_longest_silence_between_two_times() -> None:
    assert longest_gap([1, 2, 7, 8], begin=0, end=9) == 5


def test_silence_to_the_end_is_a_gap_and_so_is_silence_throughout() -> None:
    assert longest_gap([1, 2], begin=0, end=9) == 7
    assert longest_gap([], begin=2, end=9) == 7


def test_what_lies_outside_the_stretch_hides_no_gap() -> None:
    assert longest_gap([0, 100], begin=10, end=20) == 10


@given(st.lists(SECONDS))
def test_a_gap_is_no_longer_than_the_stretch_and_another_time_never_makes_it_longer(times: list[float]) -> None:
    gap = longest_gap(times, begin=100, end=900)

    assert gap <= 800
    assert longest_gap([*times, 500], begin=100, end=900) <= gap
