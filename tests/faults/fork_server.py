"""``python -m tests.faults.fork_server FD``: forks programs that it has loaded, for :mod:`tests.faults.forking`.

A worker loads modules for a second, and tests start hundreds. Forked from here it is a process as any other: it has its
own id, session, environment, output and exit status, and runs the same entry point to the interpreter's end. Only its
lines in ``/proc`` are the server's.
"""

import ctypes
import gc
import json
import os
import runpy
import selectors
import signal
import socket
import struct
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple

LOADED = (
    "streams.cli.app",
    "streams.cli.worker",
    "streams.agents.compose",
    "streams.agents.compose_enrich",
    "streams.agents.compose_decide",
    "faust.worker",
    "faust.assignor.partition_assignor",
)
"""What workers load before they do anything. What looks at photos is loaded by a process of their own."""
NUMBER = struct.Struct("<i")
"""How a process id, and later the status, is told to whoever asked for the process."""
LONGEST = 1 << 17
"""Octets of one request: the environment above all."""
_SET_PARENT_DEATH_SIGNAL = 1  # prctl's number


class Wanted(NamedTuple):
    """A program to run: what follows the Python interpreter (``-m``, a module, its arguments), and its environment."""

    command: Sequence[str]
    environment: dict[str, str]


def main() -> None:
    """Serve until whoever asks is gone; in each process that is forked, run what was wanted until it ends."""
    gc.disable()
    for module in LOADED:
        import_module(module)
    gc.freeze()  # else the first look through them in each process would copy them all
    gc.enable()
    wanted = serve(socket.socket(fileno=int(sys.argv[1])))
    if wanted is not None:
        _, module, *arguments = wanted.command
        sys.argv[1:] = arguments
        runpy.run_module(module, run_name="__main__", alter_sys=True)


def serve(asked: socket.socket) -> Wanted | None:
    """Return what a forked process is to run, or None, in the server itself, once whoever asks is gone."""
    with asked, selectors.DefaultSelector() as watched:
        watched.register(asked, selectors.EVENT_READ)
        while True:
            for key, _ in watched.select():
                if key.fileobj is not asked:
                    watched.unregister(key.fileobj)
                    _report(*key.data)
                    continue
                request, handles, *_ = socket.recv_fds(asked, LONGEST, 2)
                if not request:
                    return None
                told, log = handles
                pid = os.fork()
                if not pid:
                    _close(told, *(handle for one in watched.get_map().values() if one.data for handle in one.data[1:]))
                    _become_a_process_of_its_own(log)
                    return _wanted(request)
                _close(log)
                os.write(told, NUMBER.pack(pid))
                end = os.pidfd_open(pid)
                watched.register(end, selectors.EVENT_READ, (pid, end, told))


def _report(pid: int, end: int, told: int) -> None:
    """Take a process that has ended from the system's list, and tell its status; negative: the signal's number."""
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.write(told, NUMBER.pack(status))
    _close(end, told)


def _close(*handles: int) -> None:
    for handle in handles:
        os.close(handle)


def _become_a_process_of_its_own(log: int) -> None:
    """Do what ``Popen`` does, and end with the server, which ends with the tests."""
    os.setsid()
    ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, stands_for in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, stands_for)
    _close(nothing, log)


def _wanted(request: bytes) -> Wanted:
    wanted = Wanted(*json.loads(request))
    os.environ.clear()
    os.environ.update(wanted.environment)
    return wanted


if __name__ == "__main__":
    main()
