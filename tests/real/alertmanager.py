"""A real Alertmanager in a temporary folder, on a free port of this machine: what Prometheus tells it can be read."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import urllib3

from tests.real.prometheus import Server

ROUTES = Path(__file__).parents[2] / "deploy" / "prometheus" / "alertmanager.yml"


class Alertmanager(Server):
    """One server with the sample's routes. It is ended and removed at the end of ``with``."""

    def __init__(self) -> None:
        super().__init__("alertmanager")

    def command(self) -> Sequence[str]:
        """Return what starts it; it has no neighbours."""
        return (
            "prometheus-alertmanager",
            f"--config.file={ROUTES}",
            f"--storage.path={self.folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--cluster.listen-address=",
        )

    def alerts(self) -> list[dict[str, str]]:
        """Return the labels of each alert that fires now."""
        where = f"http://127.0.0.1:{self.port}/api/v2/alerts"
        found: list[dict[str, Any]] = urllib3.request("GET", where, timeout=10, retries=False).json()
        return [alert["labels"] for alert in found if alert["status"]["state"] == "active"]

    def names(self) -> set[str]:
        """Return the names of the alerts that fire now."""
        return {alert["alertname"] for alert in self.alerts()}
