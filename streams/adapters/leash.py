"""Child processes that cannot outlive us: the embedded broker of the demo, and the real parts of tests."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

Child = subprocess.Popen[bytes]

# The watcher reads a pipe whose other end only we hold: it ends when we do, `kill -9` included. (Linux's parent death
# signal would follow the thread that started the child, not the process.)
_LEASH = 'exec 3<&0; { cat <&3; kill -9 $$; } >/dev/null 2>&1 & exec "$@" 3<&- </dev/null'


def start(command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> Child:
    """Return the started child; what it says is added to ``log``. It is killed when this process ends, however."""
    with log.open("ab") as said:
        return subprocess.Popen(  # noqa: S603 - the command is ours
            ("/bin/sh", "-c", _LEASH, "leash", *command),
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=said,
            env=environment,
        )


def end(child: Child, signal_number: int, limit_s: float) -> None:
    """Send the child a signal and return once it is gone; killed when it takes longer than ``limit_s``."""
    child.send_signal(signal_number)
    try:
        child.wait(limit_s)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if child.stdin is not None:
        child.stdin.close()
