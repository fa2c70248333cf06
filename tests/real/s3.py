"""A real S3 server (moto's) in a process of its own, on a free port of this machine."""

import signal
import subprocess
import sys
import time
import urllib.request
from itertools import count
from types import TracebackType
from typing import Self

from tests.real.kafka import free_ports, listens

READY_WITHIN_S = 240
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}


class S3Server:
    """One server, its buckets in memory. ``with S3Server() as server`` starts and ends it."""

    def __init__(self) -> None:
        self.port = free_ports(1)
        self._made = count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        command = (sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port))
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + READY_WITHIN_S
        while not listens(self.port):
            if self._process.poll() is not None or time.monotonic() > until:
                msg = "the S3 server did not start"
                raise RuntimeError(msg)
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)  # its data is not wanted any more
            self._process.wait()

    def hang(self) -> None:
        """Let it answer nothing, with its connections open, until :meth:`go_on`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """End :meth:`hang`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    @property
    def environment(self) -> dict[str, str]:
        """What a client needs in its environment."""
        return CREDENTIALS | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}"}

    def new_bucket(self) -> str:
        """Return the name of a new, empty bucket."""
        name = f"bucket-{next(self._made)}"
        order = urllib.request.Request(f"http://127.0.0.1:{self.port}/{name}", method="PUT")
        with urllib.request.urlopen(order, timeout=10):  # noqa: S310 - our own
            return name
