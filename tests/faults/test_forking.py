"""A forked worker is a process as one that was started by name: what it says, its status, its signals, its end."""

import os
import re
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from streams.adapters import child_processes
from tests.faults import forking

LIMIT_S = 60.0
TIME = r'"timestamp": "[^"]*"'
LISTEN = ("-m", "http.server", "--bind", "127.0.0.1", "0")
"""A program that runs until it is ended."""


@pytest.fixture
def server() -> Iterator[forking.Server]:
    server = forking.Server()
    yield server
    server.end()


@pytest.mark.parametrize(
    ("command", "status"), [(("streams.cli", "--version"), 0), (("streams.cli", "worker", "enrich"), 2)]
)
def test_it_says_and_returns_what_the_program_does(tmp_path: Path, command: Sequence[str], status: int) -> None:
    given = {name: value for name, value in os.environ.items() if not name.startswith("SENTINEL_")}
    given["SENTINEL_HTTP_PORT"] = "no number"
    forked = forking.server().start(("-m", *command), tmp_path / "forked", given)
    started = child_processes.start((sys.executable, "-m", *command), tmp_path / "started", given)
    assert (forked.wait(LIMIT_S), started.wait(LIMIT_S)) == (status, status)
    child_processes.forget(started)
    said, expected = (re.sub(TIME, "", (tmp_path / name).read_text()) for name in ("forked", "started"))
    assert said == expected != ""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_signal_ends_it_and_is_told(tmp_path: Path, number: signal.Signals) -> None:
    forked, other = (forking.server().start(LISTEN, tmp_path / "said", os.environ) for _ in range(2))
    assert os.getsid(forked.pid) == forked.pid
    assert forking.end(forked, number, LIMIT_S) == -number
    with pytest.raises(ProcessLookupError):
        os.kill(forked.pid, 0)
    forked.kill()  # nobody: its number may be another's by now
    assert other.poll() is None
    other.kill()
    assert other.wait(LIMIT_S) == -signal.SIGKILL


def test_it_ends_with_the_server_as_the_server_does_with_the_tests(tmp_path: Path, server: forking.Server) -> None:
    forked = server.start(LISTEN, tmp_path / "said", os.environ)
    while "Serving" not in (tmp_path / "said").read_text():
        time.sleep(forking.LOOK_S)
    server.end()
    until = time.monotonic() + LIMIT_S
    while Path(f"/proc/{forked.pid}").exists():
        assert time.monotonic() < until
        time.sleep(forking.LOOK_S)
