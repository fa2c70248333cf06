"""Workers that are forked from a process which has loaded their modules: a start without a second of loading."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from streams.adapters import child_processes
from tests.faults.fork_server import NUMBER

FORKED = {"streams.cli", "tests.faults.planted"}
"""Modules that may run in a process that has loaded the product: those that do not care what was loaded before."""
LOOK_S = 0.02


class Forked:
    """A forked process, with what :class:`subprocess.Popen` has of it."""

    def __init__(self, told: int) -> None:
        """``told`` is where the server tells the process's id, and its status in the end."""
        self._told = told
        self._asking = threading.Lock()
        self.pid = _number(told)
        self.returncode: int | None = None
        os.set_blocking(told, False)

    def poll(self) -> int | None:
        """Return the status once the process has ended; negative: the signal that killed it."""
        with self._asking:
            if self.returncode is None:
                with suppress(BlockingIOError):
                    self.returncode = _number(self._told)
                    os.close(self._told)
            return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return the status once the process has ended; raises ``subprocess.TimeoutExpired``."""
        until = time.monotonic() + (timeout or 0)
        while (status := self.poll()) is None:
            if timeout is not None and time.monotonic() >= until:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(LOOK_S)
        return status

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the process has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it ends at this moment
                os.kill(self.pid, number)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)


Process = Forked | child_processes.Child


class Server:
    """The process that others are forked from; it ends together with this one."""

    def __init__(self) -> None:
        self._asked, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = (sys.executable, "-m", "tests.faults.fork_server", str(theirs.fileno()))
        one_thread = {"OPENBLAS_NUM_THREADS": "1"}  # threads do not live through a fork
        with theirs:
            self._process = subprocess.Popen(
                command,
                env=os.environ | one_thread,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        atexit.register(self.end)

    def start(self, command: Sequence[str], log: Path, environment: Mapping[str, str]) -> Forked:
        """Return the started process; what it says is added to ``log``."""
        told, tells = os.pipe()
        with log.open("ab") as said:
            request = json.dumps([command, dict(environment)]).encode()
            socket.send_fds(self._asked, [request], [tells, said.fileno()])
        os.close(tells)
        return Forked(told)

    def end(self) -> None:
        """End it, and with it what was forked from it."""
        self._asked.close()
        self._process.wait()


@cache
def server() -> Server:
    """Return the one server of this process; it loads while the first process is waited for."""
    return Server()


def start(command: Sequence[str], log: Path, environment: Mapping[str, str]) -> Process:
    """Return the started process, forked where that makes no difference; ``command`` follows the interpreter."""
    if hasattr(os, "pidfd_open") and command[1] in FORKED:
        return server().start(command, log, environment)
    return child_processes.start((sys.executable, *command), log, environment)


def end(process: Process, number: int, limit_s: float) -> int:
    """Send the process a signal and return its status once it is gone; killed when it takes longer than ``limit_s``."""
    process.send_signal(number)
    try:
        return process.wait(limit_s)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def forget(process: Process) -> None:
    """End what watched over a process that is gone."""
    if not isinstance(process, Forked):
        child_processes.forget(process)


def _number(told: int) -> int:
    read = os.read(told, NUMBER.size)
    assert read, "the server that processes are forked from is gone"
    return int(NUMBER.unpack(read)[0])
