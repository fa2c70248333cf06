"""Child processes that cannot outlive us: the embedded broker of the demo, and the real parts of tests."""

import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

Child = subprocess.Popen[bytes]

# The watcher reads a pipe whose other end only we hold: it ends when we do, `kill -9` included. (Linux's parent death
# signal would follow the thread that started the child, not the process.)
_LEASH = 'exec 3<&0; { cat <&3; kill -9 $$; } >/dev/null 2>&1 & exec "$@" 3<&- </dev/null'


def start(command: Sequence[str], log: Path | None, environment: Mapping[str, str] | None = None) -> Child:
    """Return the started child; what it says is added to ``log``, or goes where our own output goes.

    It is killed when this process ends, however. A Ctrl-C in the terminal reaches only us: children are ended in order.
    """
    with nullcontext() if log is None else log.open("ab") as said:
        return subprocess.Popen(  # noqa: S603 - the command is ours
            ("/bin/sh", "-c", _LEASH, "leash", *command),
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=said,
            env=environment,
            start_new_session=True,
        )


def end(child: Child, signal_number: int, limit_s: float) -> None:
    """Send the child a signal and return once it is gone; killed when it takes longer than ``limit_s``."""
    end_all([child], signal_number, limit_s)


def end_all(children: Sequence[Child], signal_number: int, limit_s: float) -> list[Child]:
    """Send all children a signal, and return those that had to be killed because they took longer than ``limit_s``."""
    until = time.monotonic() + limit_s
    for child in children:
        child.send_signal(signal_number)
    killed = []
    for child in children:
        try:
            child.wait(max(0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            killed.append(child)
        forget(child)
    return killed


def forget(child: Child) -> None:
    """End what watched over a child that is gone."""
    if child.stdin is not None:
        child.stdin.close()
