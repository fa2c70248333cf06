"""A run of several processes keeps the tests of a file together, and each has a kind of its own."""

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from tests.side_by_side import SYSTEMS, WAITING, WORKING, kind_of, longest_first, next_file

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
    ("test", "kind"),
    [
        ("tests/integration/test_lag.py::test_lag[a/faults/b]", SYSTEMS),
        ("tests/faults/test_short.py::test_short", SYSTEMS),
        ("tests/unit/deploy/test_faults.py::test_it", WORKING),
        ("tests/unit/test_x.py::test_it[tests/integration/test_lag.py]", WORKING),
        ("tests/contract/console/test_roles.py::test_it", WAITING),
    ],
)
def test_what_a_test_does_is_told_by_its_folder(test: str, kind: str) -> None:
    assert kind_of(test) == kind


def test_each_process_has_a_kind_of_its_own_and_helps_with_systems_last_and_from_their_end() -> None:
    lives, lag, stopping = "tests/faults/test_lives.py", "tests/integration/test_lag.py", "tests/integration/test_x.py"
    pages, schema = "tests/browser/test_pages.py", "tests/contract/test_schema.py"
    units, policies = "tests/unit/test_x.py", "tests/unit/policy/test_y.py"
    waiting = [lives, lag, stopping, pages, schema, units, policies]

    shared_out: list[list[str]] = [[], [], [], []]
    while waiting:
        for number, has in enumerate(shared_out):
            if waiting:
                has.append(next_file(waiting, number))
                waiting.remove(has[-1])

    assert shared_out == [[lives, lag], [units, policies], [pages, stopping], [schema]]
    assert next_file([lag, stopping], process=1) == stopping
    assert next_file([lag, stopping, units], process=5) == units
    assert next_file([pages, units], process=0) == pages


def test_long_systems_begin_first_and_the_tests_of_a_file_stay_in_their_order() -> None:
    unit, lag, lives = "tests/unit/test_x.py", "tests/integration/test_lag.py", "tests/faults/test_lives.py"
    collected = [f"{file}::test_{which}" for file in (unit, lag, lives) for which in ("b", "a")]

    shared_out = longest_first(collected, slow=[f"{lives}::test_a"])

    assert shared_out == [f"{file}::test_{which}" for file in (lives, lag, unit) for which in ("b", "a")]
