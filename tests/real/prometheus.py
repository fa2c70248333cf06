"""A real Prometheus in a temporary folder, on a free port of this machine, that scrapes what it is told to."""

import json
import shutil
import signal
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import urllib3

from streams.adapters import child_processes
from tests.real.kafka import free_ports

READY_WITHIN_S = 240
OK = 200


class Server:
    """A server of Prometheus's family: ``with`` starts it, and ends and removes it; what it keeps is in ``folder``."""

    def __init__(self, name: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"{name}-"))
        self.port = free_ports(1)
        self._process: child_processes.Child | None = None

    def command(self) -> Sequence[str]:
        """Return what starts it; data goes below ``folder``, and it listens at ``port``."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._process = child_processes.start(self.command(), self.folder / "log")
        try:
            _listening(self._process, self.port, self.folder / "log")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            child_processes.end(self._process, signal.SIGKILL, READY_WITHIN_S)  # its data is not wanted any more
        shutil.rmtree(self.folder, ignore_errors=True)


class Prometheus(Server):
    """One server. ``with Prometheus({"decide": [9464]}) as server`` scrapes these ports each second, by job.

    ``rules`` are evaluated each second, and their alerts sent to the port ``alertmanager``. It is ended and removed at
    the end.
    """

    def __init__(
        self, ports: Mapping[str, Sequence[int]], rules: Path | None = None, alertmanager: int | None = None
    ) -> None:
        super().__init__("prometheus")
        self._ports = ports
        self._rules = [] if rules is None else [str(rules)]
        self._alertmanager = [] if alertmanager is None else [f"127.0.0.1:{alertmanager}"]

    def command(self) -> Sequence[str]:
        """Return what starts it, once its settings are written."""
        jobs = [
            {"job_name": job, "static_configs": [{"targets": [f"127.0.0.1:{port}" for port in ports]}]}
            for job, ports in self._ports.items()
        ]
        config = {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "scrape_configs": jobs,
            "rule_files": self._rules,
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": self._alertmanager}]}]},
        }
        (self.folder / "prometheus.yml").write_text(json.dumps(config))  # JSON is YAML too
        return (
            "prometheus",
            f"--config.file={self.folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={self.folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--enable-feature=exemplar-storage",
        )

    def targets(self) -> dict[str, tuple[str, str]]:
        """Return the health of each job's target, and what its last scrape failed on, if it did."""
        found = self._get("/api/v1/targets")["activeTargets"]
        return {target["labels"]["job"]: (target["health"], target["lastError"]) for target in found}

    def value(self, query: str) -> float | None:
        """Return the one value of a query in PromQL; None while there is none."""
        found = self._get("/api/v1/query", query=query)["result"]
        return float(found[0]["value"][1]) if found else None

    def examples(self, query: str) -> set[str]:
        """Return the traces that are examples of what a query reads, in the last hour."""
        now = time.time()
        found: Any = self._get("/api/v1/query_exemplars", query=query, start=str(now - 3_600), end=str(now + 60))
        return {one["labels"]["trace_id"] for series in found for one in series["exemplars"]}

    def series(self, query: str) -> int:
        """Return how many series a query in PromQL gives."""
        return len(self._get("/api/v1/query", query=query)["result"])

    def _get(self, path: str, **fields: str) -> Any:
        answer = urllib3.request("GET", f"http://127.0.0.1:{self.port}{path}", fields=fields, timeout=10, retries=False)
        return answer.json()["data"]


def _listening(process: child_processes.Child, port: int, log: Path) -> None:
    """Return once a server of Prometheus's family says at ``port`` that it is ready; RuntimeError where it does not."""
    until = time.monotonic() + READY_WITHIN_S
    while not _ready(port):
        if process.poll() is not None or time.monotonic() > until:
            msg = f"it did not start:\n{log.read_text(errors='replace')}"
            raise RuntimeError(msg)
        time.sleep(0.05)


def _ready(port: int) -> bool:
    try:
        answer = urllib3.request("GET", f"http://127.0.0.1:{port}/-/ready", timeout=5, retries=False)
    except urllib3.exceptions.HTTPError:
        return False
    return answer.status == OK
