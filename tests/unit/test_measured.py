"""Coverage is measured of examples, and of tests that come to the measured code on purpose."""

from pathlib import Path
from unittest.mock import Mock

import pytest
from coverage import Coverage
from hypothesis import given
from hypothesis import strategies as st

from tests.measured import BY_THE_WAY, Watch, measured

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


def test_this_test_is_left_out_of_coverage_itself() -> None:
    assert Coverage.current() is None


def test_nothing_is_watched_but_what_counts_while_it_is_set_up_and_runs() -> None:
    seen = list[str]()
    watch = Watch(Mock(start=lambda: seen.append("watched"), stop=lambda: seen.append("unwatched")))
    for nodeid in ("tests/unit/policy/test_engine.py::test_one", "tests/unit/test_log.py::test_one"):
        for phase in (watch.pytest_runtest_setup, watch.pytest_runtest_call):
            seen.append(nodeid.split("/")[2])
            around = phase(Mock(nodeid=nodeid, obj=example))
            next(around)
            seen.append("runs")
            with pytest.raises(StopIteration):
                around.send(None)

    counts, no = ["policy", "watched", "runs", "unwatched"], ["test_log.py::test_one", "runs"]
    assert seen == [*counts, *counts, *no, *no]


def test_a_test_that_fails_is_not_watched_beyond_its_end() -> None:
    coverage = Mock()
    around = Watch(coverage).pytest_runtest_call(Mock(nodeid="tests/unit/policy/test_engine.py::test_one", obj=example))
    next(around)
    with pytest.raises(ZeroDivisionError):
        around.throw(ZeroDivisionError())
    coverage.stop.assert_called_once_with()
