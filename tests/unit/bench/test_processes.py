import asyncio
import signal
import sys
from pathlib import Path

import pytest

from streams.bench.processes import Process, running
from streams.errors import OperatorError


def a_process(home: Path, script: str) -> Process:
    return Process("one", (sys.executable, "-c", script), {}, home)


WAITS = "import time; print('waiting', flush=True); time.sleep(600)"


async def test_a_process_that_ends_by_itself_ends_the_measure_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="one said: no such topic"):
        async with running(a_process(tmp_path, "print('no such topic')")):
            await asyncio.Event().wait()


async def test_a_measure_that_takes_too_long_ends_with_what_its_processes_said(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"within 0\.2 s"):
        async with running(a_process(tmp_path, WAITS), limit_s=0.2):
            await asyncio.Event().wait()


async def test_a_process_is_killed_and_started_again_and_ended_with_its_measure(tmp_path: Path) -> None:
    process = a_process(tmp_path, WAITS)
    async with running(process):
        first = process.pid
        process.end(signal.SIGKILL)
        process.start()

        assert process.pid != first
    with pytest.raises(OperatorError, match="does not run"):
        _ = process.pid
