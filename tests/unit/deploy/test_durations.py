from typing import NamedTuple

from tests.durations import by_folder


class Phase(NamedTuple):
    nodeid: str
    duration: float


def test_seconds_are_added_up_by_folder_the_slowest_first() -> None:
    phases = [
        Phase("tests/unit/evidence/test_a.py::test_1[x/y]", 1),
        Phase("tests/unit/evidence/provenance/test_b.py::TestCase::test_2", 2),
        Phase("tests/integration/test_c.py::test_3", 5),
        Phase("tests/unit/cli/test_d.py::test_4", 0.5),
        Phase("tests/unit/cli/test_d.py::test_4", 0.25),
    ]
    assert list(by_folder(phases).items()) == [
        ("tests/integration", 5),
        ("tests/unit/evidence", 3),
        ("tests/unit/cli", 0.75),
    ]
