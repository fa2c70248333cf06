import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from streams.bench import proc

MB = 1_000_000


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """A process that has used some processor time and 50 MB, and waits with a child of its own."""
    script = (
        "import subprocess, sys\n"
        "held = b'x' * 50_000_000\n"
        "del held\n"
        "sum(range(3_000_000))\n"
        "inner = subprocess.Popen([sys.executable, '-c', 'import sys; sys.stdin.read()'], stdin=subprocess.PIPE)\n"
        "print(inner.pid, flush=True)\n"
        "sys.stdin.read()\n"
        "inner.communicate()\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield process
        process.communicate()


def test_a_process_is_seen_with_its_peak_its_time_and_its_children(child: subprocess.Popen[bytes]) -> None:
    assert child.stdout is not None
    inner = int(child.stdout.readline())

    assert proc.peak_bytes(child.pid) > 50 * MB
    assert proc.cpu_s(child.pid) > 0
    assert proc.descendants(child.pid) == {inner}
    assert {child.pid, inner} <= proc.descendants(os.getpid())


def test_a_process_that_is_gone_has_nothing() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()

    assert (proc.peak_bytes(gone.pid), proc.cpu_s(gone.pid), proc.descendants(gone.pid)) == (0, 0.0, set())
