"""A run of several processes keeps the tests of a file together, and one process has the whole systems."""

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from tests.side_by_side import is_a_system, longest_first, next_file

HERE = Path(__file__).parent
FILES = ("delivery/test_dead_letters.py", "delivery/test_dead_letter_limit.py", "delivery/test_heartbeat.py")
RAN = re.compile(r"\[(gw\d)\].*PASSED (\S+?)::")


def test_the_tests_of_a_file_run_in_one_process_and_files_in_both() -> None:
    command = (
        sys.executable,
        "-m",
        "pytest",
        "-v",
        "-p",
        "no:cacheprovider",
        "-n",
        "2",
        *(str(HERE / f) for f in FILES),
    )
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    processes = defaultdict(set)
    for process, file in RAN.findall(done.stdout):
        processes[file].add(process)

    assert {file: len(where) for file, where in processes.items()} == {f"tests/unit/{file}": 1 for file in FILES}
    assert len(set().union(*processes.values())) == 2


@pytest.mark.parametrize(
    ("test", "system"),
    [
        ("tests/integration/test_lag.py::test_lag[a/faults/b]", True),
        ("tests/faults/test_short.py::test_short", True),
        ("tests/unit/deploy/test_faults.py::test_it", False),
        ("tests/unit/test_x.py::test_it[tests/integration/test_lag.py]", False),
    ],
)
def test_what_starts_several_processes_is_told_by_its_folder(test: str, system: bool) -> None:  # noqa: FBT001
    assert is_a_system(test) is system


def test_one_process_has_the_systems_and_who_is_done_first_helps_from_the_end() -> None:
    lives, lag, stopping = "tests/faults/test_lives.py", "tests/integration/test_lag.py", "tests/integration/test_x.py"
    pages, units = "tests/browser/test_pages.py", "tests/unit/test_x.py"
    waiting = [lives, lag, stopping, pages, units]

    assert next_file(waiting, of_systems=True) == lives
    assert next_file(waiting, of_systems=False) == pages
    assert next_file([lag, stopping], of_systems=False) == stopping
    assert next_file([pages, units], of_systems=True) == pages


def test_long_systems_begin_first_and_the_tests_of_a_file_stay_in_their_order() -> None:
    unit, lag, lives = "tests/unit/test_x.py", "tests/integration/test_lag.py", "tests/faults/test_lives.py"
    collected = [f"{file}::test_{which}" for file in (unit, lag, lives) for which in ("b", "a")]

    shared_out = longest_first(collected, slow=[f"{lives}::test_a"])

    assert shared_out == [f"{file}::test_{which}" for file in (lives, lag, unit) for which in ("b", "a")]
