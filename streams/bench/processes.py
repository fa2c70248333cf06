"""The processes that a measure watches: real workers, each with a folder, a name in its group and a port of its own."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import urllib3
from prometheus_client.parser import text_string_to_metric_families

from streams.adapters import child_processes
from streams.bench.testbed import Testbed
from streams.errors import OperatorError

STOP_S = 30.0
LIMIT_S = 240.0
LOOK_S = 0.1
ASK_S = 5.0
OK = 200
SAID = 2_000
"""Characters of a log's end that an error shows."""

Kind = Literal["enrich", "decide", "all"]


@dataclass(eq=False)
class Process:
    """One process; ``home`` is its data directory, where its log is too."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    home: Path
    _child: child_processes.Child | None = field(default=None, init=False)

    @property
    def pid(self) -> int:
        """The process id. Raises :class:`OperatorError` while it does not run."""
        if self._child is None:
            msg = f"{self.name} does not run"
            raise OperatorError(msg)
        return self._child.pid

    @property
    def ended(self) -> bool:
        """Whether it ended without being told to."""
        return self._child is not None and self._child.poll() is not None

    def start(self) -> None:
        """Start it, or start it again."""
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "http.port").unlink(missing_ok=True)
        self._child = child_processes.start(self.command, self.home / "log", os.environ | self.environment)

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it by a signal, and return once it is gone."""
        child, self._child = self._child, None
        if child is not None:
            child_processes.end(child, number, STOP_S)

    def said(self) -> str:
        """Return the last that it said."""
        log = self.home / "log"
        return log.read_text(errors="replace")[-SAID:] if log.exists() else ""

    async def page(self, path: str) -> tuple[int, str] | None:
        """Return the status and text of a page of its port; None while nobody answers."""
        return await asyncio.to_thread(self._page, path)

    async def gauge(self, metric: str, topic: str) -> float:
        """Return the sum over a metric's samples for a topic; 0 while nobody answers."""
        return sum(value for labels, value in await self.samples(metric) if labels.get("topic") == topic)

    async def samples(self, metric: str) -> list[tuple[dict[str, str], float]]:
        """Return the labels and value of each sample of a metric; nothing while nobody answers."""
        page = await self.page("/metrics")
        families = text_string_to_metric_families(page[1] if page else "")
        return [
            (dict(sample.labels), sample.value)
            for family in families
            for sample in family.samples
            if sample.name == metric
        ]

    async def until_ready(self) -> None:
        """Return once it says that it is ready."""
        while (page := await self.page("/ready")) is None or page[0] != OK:  # noqa: ASYNC110 - only who asks is told
            await asyncio.sleep(LOOK_S)

    def _page(self, path: str) -> tuple[int, str] | None:
        try:
            port = int((self.home / "http.port").read_text())
            answer = urllib3.request("GET", f"http://127.0.0.1:{port}{path}", timeout=ASK_S, retries=False)
        except (OSError, ValueError, urllib3.exceptions.HTTPError):
            return None
        return answer.status, answer.data.decode()


def worker(testbed: Testbed, kind: Kind, number: int = 0) -> Process:
    """Return a worker, not started. All measures name them alike: a static member that comes back is not waited for."""
    name, instance = (f"{kind}-{number}", f"bench-{kind}-{number}") if kind != "all" else ("all", "bench")
    command = (sys.executable, "-m", "streams.cli", "worker", kind)
    return Process(name, command, environment(testbed, name, instance), testbed.data_dir(name))


def environment(testbed: Testbed, name: str, instance: str) -> dict[str, str]:
    """Return the settings of one process; those that are not named here are ours."""
    settings = testbed.settings
    return {
        "SENTINEL_BROKER": settings.broker,
        "SENTINEL_DATABASE_URL": settings.database_url,
        "SENTINEL_MEDIA_URL": settings.media_url,
        "SENTINEL_EVIDENCE_URL": settings.evidence_store_url,
        "SENTINEL_DATA_DIR": str(testbed.data_dir(name)),
        "SENTINEL_REPLICA_DIR": str(testbed.data_dir(name) / "replica"),
        "SENTINEL_HTTP_PORT": "0",
        "SENTINEL_ADMITTED": str(settings.admitted),
        "SENTINEL_INSTANCE": instance,
    }


@asynccontextmanager
async def running(*processes: Process, limit_s: float = LIMIT_S) -> AsyncIterator[None]:
    """Start the processes, and end them all afterwards.

    Raises :class:`OperatorError` with the last that each said when one of them ends by itself, or when what is done
    meanwhile takes longer than ``limit_s``.
    """
    limit = asyncio.timeout(limit_s)
    watching = asyncio.create_task(_watch(processes, limit))
    try:
        for process in processes:
            process.start()
        async with limit:
            yield
    except TimeoutError as exc:
        said = "; ".join(f"{process.name} said: {process.said()}" for process in processes)
        msg = f"a process of the measure ended, or it was not done within {limit_s:g} s: {said}"
        raise OperatorError(msg) from exc
    finally:
        watching.cancel()
        for process in processes:
            await asyncio.to_thread(process.end)


async def _watch(processes: Sequence[Process], limit: asyncio.Timeout) -> None:
    """End the waiting at once when a process has ended by itself."""
    while not any(process.ended for process in processes):  # noqa: ASYNC110 - a child tells only who asks
        await asyncio.sleep(LOOK_S)
    limit.reschedule(asyncio.get_running_loop().time())
