"""A real Apache Kafka of one node, started by deploy/kafka/start.sh in a temporary folder."""

import os
import random
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from streams.adapters import child_processes
from tests.real import parts

KAFKA = Path(__file__).parents[2] / "deploy" / "kafka"
START_LIMIT_S = 300  # 3 s where a core is free
STOP_LIMIT_S = 120


class Kafka:
    """One broker whose port and data outlive its process, so that it can be killed and started again.

    ``scram`` is a SCRAM user made with the storage; of ``ports`` in a row the first is the clients', the second the
    controller's.
    """

    def __init__(self, scram: str | None = None, ports: int = 2) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kafka-"))
        self.port = free_ports(ports)
        self._process: child_processes.Child | None = None
        self._command = [
            *(str(KAFKA / "start.sh"), "--foreground", "--port", str(self.port), "--dir", str(self.folder)),
            *(("--add-scram", scram) if scram else ()),
        ]

    def configure(self, settings: str) -> None:
        """Add broker settings, which win over the usual ones, from the next start on."""
        (self.folder / "further.properties").write_text(settings)
        self._command += ["--config", str(self.folder / "further.properties")]

    @property
    def address(self) -> str:
        return f"kafka://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the broker unless it runs, and return once it listens, which is when it has recovered its data."""
        if self._process is not None and self._process.poll() is None:
            return
        self._process = child_processes.start(
            self._command,
            self.folder / "broker.log",
            os.environ | {"KAFKA_JVM_OPTIONS": "-Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"},
        )
        until = time.monotonic() + START_LIMIT_S
        while not listens(self.port):
            if self._process.poll() is not None or time.monotonic() > until:
                self.kill()
                msg = f"Apache Kafka did not start:\n{self.log()}"
                raise RuntimeError(msg)
            time.sleep(0.05)

    def stop(self) -> None:
        """End the broker as an operator would."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the broker as a power cut would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop the broker where it runs, and start it on the same port and data."""
        self.stop()
        self.start()

    def log(self) -> str:
        """Return what the broker has said."""
        return (self.folder / "broker.log").read_text(errors="replace")

    def remove(self) -> None:
        """End the broker and delete its data."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            child_processes.end(self._process, how, STOP_LIMIT_S)
            self._process = None


def a_broker() -> Iterator[Kafka]:
    """Yield a broker that listens, and remove it in the end: for fixtures."""
    parts.need("Apache Kafka")
    broker = Kafka()
    try:
        broker.start()
        yield broker
    finally:
        broker.remove()


def free_ports(count: int) -> int:
    """Return the first of ``count`` free ports in a row, below those that the system gives to clients.

    A port that the system hands out could be taken by any client while its server is down.
    """
    while True:
        first = random.randrange(15_000, 32_000)  # noqa: S311 - no secret
        if not any(listens(port) for port in range(first, first + count)):
            return first


def listens(port: int) -> bool:
    """Return whether something on 127.0.0.1 accepts connections on ``port``."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
