"""A real Alertmanager in a temporary folder, on a free port of this machine: what Prometheus tells it can be read."""

import shutil
import signal
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import urllib3

from streams.adapters import child_processes
from tests.real.kafka import free_ports
from tests.real.prometheus import listening

ROUTES = Path(__file__).parents[2] / "deploy" / "prometheus" / "alertmanager.yml"
END_LIMIT_S = 30


class Alertmanager:
    """One server with the sample's routes. It is ended and removed at the end of ``with``."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="alertmanager-"))
        self.port = free_ports(1)
        self._process: child_processes.Child | None = None

    def __enter__(self) -> Self:
        command = (
            "prometheus-alertmanager",
            f"--config.file={ROUTES}",
            f"--storage.path={self.folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--cluster.listen-address=",
        )
        self._process = child_processes.start(command, self.folder / "log")
        try:
            listening(self._process, self.port, self.folder / "log")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            child_processes.end(self._process, signal.SIGKILL, END_LIMIT_S)
        shutil.rmtree(self.folder, ignore_errors=True)

    def alerts(self) -> list[dict[str, str]]:
        """Return the labels of each alert that fires now."""
        where = f"http://127.0.0.1:{self.port}/api/v2/alerts"
        found: list[dict[str, Any]] = urllib3.request("GET", where, timeout=10, retries=False).json()
        return [alert["labels"] for alert in found if alert["status"]["state"] == "active"]

    def names(self) -> set[str]:
        """Return the names of the alerts that fire now."""
        return {alert["alertname"] for alert in self.alerts()}
