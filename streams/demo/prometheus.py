"""A Prometheus beside the demo, where one is installed: it reads workers and console each second, with the alerts."""

import asyncio
import json
import shutil
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from streams.adapters import child_processes
from streams.demo.stack import Stack
from streams.errors import OperatorError

MISSING = (
    "Prometheus is not installed here: apt-get install --no-install-recommends prometheus, or leave --prometheus out"
)
STARTS_S = 60.0
ENDS_S = 10.0
LOOK_EVERY_S = 0.1
KINDS = 2
"""How many workers the demo has."""


def carried(name: str) -> Path:
    """Return a folder of what those who operate it need: of the checkout, or of where the wheel was installed."""
    checkout = Path(__file__).parents[2] / "deploy" / name
    return checkout if checkout.is_dir() else Path(sys.prefix) / "share" / "refund-sentinel" / name


def require() -> None:
    """Raise :class:`OperatorError`, which says what to install, where there is no Prometheus."""
    if shutil.which("prometheus") is None:
        raise OperatorError(MISSING)


@asynccontextmanager
async def watching(stack: Stack) -> AsyncIterator[str]:
    """Give the address of a Prometheus that watches the demo, once the workers can be read; it ends with the block.

    :class:`OperatorError` where a process of the demo ends before, or it takes too long.
    """
    until_s = time.monotonic() + STARTS_S
    while len(stack.addresses()) < KINDS:
        if (why := stack.ended()) is not None or time.monotonic() > until_s:
            raise OperatorError(why or f"the workers did not start within {STARTS_S:g} s: see {stack.folder}")
        await asyncio.sleep(LOOK_EVERY_S)
    config = stack.folder / "prometheus.yml"
    config.write_text(json.dumps(configuration(stack)), encoding="utf-8")  # JSON is YAML too
    address = f"127.0.0.1:{_free_port()}"
    command = (
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={stack.folder / 'prometheus'}",
        f"--web.listen-address={address}",
    )
    started = child_processes.start(command, stack.folder / "prometheus.log")
    try:
        yield f"http://{address}"
    finally:
        child_processes.end(started, signal.SIGTERM, ENDS_S)


def configuration(stack: Stack) -> dict[str, object]:
    """Return what Prometheus is told: whom to read, under the jobs that the alerts know, and the alerts."""
    jobs = {
        "refund-sentinel": list(stack.addresses().values()),
        "refund-sentinel-console": [stack.console_address],
    }
    return {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(carried("prometheus") / "alerts.yaml")],
        "scrape_configs": [
            {"job_name": job, "static_configs": [{"targets": [one.removeprefix("http://") for one in addresses]}]}
            for job, addresses in jobs.items()
        ],
    }


def _free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        port: int = asking.getsockname()[1]
        return port
