"""A real Prometheus in a temporary folder, on a free port of this machine, that scrapes what it is told to."""

import json
import shutil
import signal
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import urllib3

from streams.adapters import child_processes
from tests.real.kafka import free_ports

READY_WITHIN_S = 60
OK = 200


class Prometheus:
    """One server. ``with Prometheus({"decide": 9464}) as server`` scrapes these ports each second, by job.

    It is ended and removed at the end.
    """

    def __init__(self, ports: Mapping[str, int]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="prometheus-"))
        self.port = free_ports(1)
        self._ports = ports
        self._process: child_processes.Child | None = None

    def __enter__(self) -> Self:
        jobs = [
            {"job_name": job, "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}
            for job, port in self._ports.items()
        ]
        config = {"global": {"scrape_interval": "1s", "scrape_timeout": "1s"}, "scrape_configs": jobs}
        (self.folder / "prometheus.yml").write_text(json.dumps(config))  # JSON is YAML too
        command = (
            "prometheus",
            f"--config.file={self.folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={self.folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
        )
        self._process = child_processes.start(command, self.folder / "log")
        until = time.monotonic() + READY_WITHIN_S
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > until:
                said = (self.folder / "log").read_text(errors="replace")
                self.__exit__(None, None, None)
                msg = f"Prometheus did not start:\n{said}"
                raise RuntimeError(msg)
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            child_processes.end(self._process, signal.SIGKILL, READY_WITHIN_S)  # its data is not wanted any more
        shutil.rmtree(self.folder, ignore_errors=True)

    def targets(self) -> dict[str, tuple[str, str]]:
        """Return the health of each job's target, and what its last scrape failed on, if it did."""
        found = self._get("/api/v1/targets")["activeTargets"]
        return {target["labels"]["job"]: (target["health"], target["lastError"]) for target in found}

    def value(self, query: str) -> float | None:
        """Return the one value of a query in PromQL; None while there is none."""
        found = self._get("/api/v1/query", query=query)["result"]
        return float(found[0]["value"][1]) if found else None

    def series(self, query: str) -> int:
        """Return how many series a query in PromQL gives."""
        return len(self._get("/api/v1/query", query=query)["result"])

    def _ready(self) -> bool:
        try:
            answer = urllib3.request("GET", f"http://127.0.0.1:{self.port}/-/ready", timeout=5, retries=False)
        except urllib3.exceptions.HTTPError:
            return False
        return answer.status == OK

    def _get(self, path: str, **fields: str) -> dict[str, Any]:
        answer = urllib3.request("GET", f"http://127.0.0.1:{self.port}{path}", fields=fields, timeout=10, retries=False)
        data: dict[str, Any] = answer.json()["data"]
        return data
