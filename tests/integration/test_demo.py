import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.demo import LEAST_REQUESTS
from tests.real import parts

pytestmark = [pytest.mark.tansu, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
MARK = "DEMO_OF_THIS_TEST"
LIMIT_S = 500


@pytest.fixture(autouse=True)
def _tansu() -> None:
    parts.need("Tansu")


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | {"DEMO_EXIT": "1", "PYTHONPATH": str(ROOT), MARK: str(tmp_path)}
    command = (sys.executable, "-m", "streams.cli", "demo", "--requests", str(LEAST_REQUESTS))
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def test_the_demo_decides_everything_as_expected_and_leaves_nothing_running(
    demo: subprocess.Popen[str], tmp_path: Path
) -> None:
    said, _ = demo.communicate(timeout=LIMIT_S)
    counts = json.loads(said.splitlines()[-1])
    assert demo.returncode == 0, said
    assert set(counts) == {"submitted", "decided", "clear", "review", "cases", "seconds", "console"}
    assert (counts["submitted"], counts["decided"]) == (LEAST_REQUESTS, LEAST_REQUESTS)
    assert counts["clear"] + counts["review"] == LEAST_REQUESTS
    assert counts["cases"] == counts["review"]
    assert "the same bytes came back" in said
    assert _running(tmp_path) == []


BROKER, WORKERS = 6, 12
"""How many processes a demo with a broker has, and one with workers too: each has two that watch over it."""


@pytest.mark.parametrize(
    ("number", "there"), [(signal.SIGTERM, BROKER), (signal.SIGINT, WORKERS), (signal.SIGKILL, WORKERS)]
)
def test_whatever_ends_the_demo_ends_all_that_it_started(
    demo: subprocess.Popen[str], tmp_path: Path, number: signal.Signals, there: int
) -> None:
    _until(lambda: len(_running(tmp_path)) >= there, "the demo to bring up its processes")
    demo.send_signal(number)
    demo.wait(LIMIT_S)
    _until(lambda: _running(tmp_path) == [], "all its processes to end")
    assert demo.returncode == (-signal.SIGKILL if number == signal.SIGKILL else 130)


def test_a_folder_that_the_demo_did_not_make_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".demo").mkdir()
    (tmp_path / ".demo" / "mine").write_text("keep")
    command = (sys.executable, "-m", "streams.cli", "demo")
    ended = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, (tmp_path / ".demo" / "mine").read_text()) == (1, "keep")
    assert "was not made by the demo" in ended.stderr


def _until(done: object, what: str) -> None:
    until = time.monotonic() + LIMIT_S / 2
    while not done():  # type: ignore[operator] # a function without arguments
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.05)


def _running(folder: Path) -> list[str]:
    """Return the commands of all processes that have this test's mark, as their parents gave it to them."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            marked = f"{MARK}={folder}".encode() in (process / "environ").read_bytes().split(b"\0")
            ended = (process / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if marked and not ended:
            found.append((process / "cmdline").read_text(errors="replace").replace("\0", " "))
    return found
