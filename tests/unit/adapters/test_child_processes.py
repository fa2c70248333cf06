import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from streams.adapters import child_processes

LIMIT_S = 240


def alive(pid: int) -> bool:
    """Return whether the process runs; one that only waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_dead(pid: int) -> None:
    until = time.monotonic() + LIMIT_S
    while alive(pid):
        assert time.monotonic() < until, "the child outlived its parent"
        time.sleep(0.01)


def test_what_the_child_says_is_kept(tmp_path: Path) -> None:
    child = child_processes.start(("sh", "-c", "echo out; echo err >&2"), tmp_path / "log")
    assert child.wait(LIMIT_S) == 0
    child_processes.end(child, signal.SIGTERM, LIMIT_S)
    assert (tmp_path / "log").read_text() == "out\nerr\n"


def test_a_child_dies_with_its_parent_even_when_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, signal; from streams.adapters import child_processes;"
        f"print(child_processes.start(('sleep', '600'), pathlib.Path({str(tmp_path / 'log')!r})).pid, flush=True);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    wait_until_dead(int(said.stdout))


def test_a_child_that_will_not_end_is_killed(tmp_path: Path) -> None:
    child = child_processes.start(("sh", "-c", "trap '' TERM; echo ready; exec sleep 600"), tmp_path / "log")
    until = time.monotonic() + LIMIT_S
    while "ready" not in (tmp_path / "log").read_text():
        assert time.monotonic() < until
        time.sleep(0.01)
    child_processes.end(child, signal.SIGTERM, limit_s=0.2)
    assert child.returncode == -signal.SIGKILL


def test_the_child_is_the_command_itself(tmp_path: Path) -> None:
    child = child_processes.start(("sleep", "600"), tmp_path / "log")
    until = time.monotonic() + LIMIT_S
    while b"sleep\x00600" not in Path(f"/proc/{child.pid}/cmdline").read_bytes()[:10]:
        assert time.monotonic() < until
        time.sleep(0.01)
    os.kill(child.pid, signal.SIGTERM)
    assert child.wait(LIMIT_S) == -signal.SIGTERM
    child_processes.end(child, signal.SIGTERM, LIMIT_S)
