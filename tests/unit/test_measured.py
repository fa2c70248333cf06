"""Coverage is measured of examples, and of tests that come to the measured code on purpose."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.measured import BY_THE_WAY, measured

ROOT = Path(__file__).parents[2]


def example() -> None:
    pass


@given(st.none())
def drawn(_nothing: None) -> None:
    pass


@pytest.mark.parametrize(
    ("nodeid", "counts"),
    [
        ("tests/unit/policy/test_engine.py::test_one", True),
        ("tests/unit/cli/test_case.py::test_one", True),
        ("tests/enrich/test_collages.py::test_one", True),
        ("tests/unit/deploy/test_chart.py::test_one", False),
        ("tests/unit/test_log.py::test_one", False),
    ],
)
def test_where_a_test_lies_says_whether_it_counts(nodeid: str, *, counts: bool) -> None:
    assert measured(nodeid, example) is counts


def test_drawn_examples_do_not_count() -> None:
    assert not measured("tests/unit/policy/test_engine.py::test_one", drawn)


def test_what_does_not_count_is_there() -> None:
    assert [one for one in BY_THE_WAY if not list(ROOT.glob(f"{one}*"))] == []


def test_this_test_is_left_out_of_coverage_itself(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("no_cover") is not None
