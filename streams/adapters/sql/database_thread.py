"""The one thread that talks to the database, with retries and measurements."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from streams.delivery.retry import retrying
from streams.metrics import Metrics
from streams.settings import Settings

T = TypeVar("T")


class Database:
    """The one thread that talks to the database, with retries and measurements."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        """``settings.database_limit_s`` bounds how long a failing database is asked again."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database")
        self._limit_s = settings.database_limit_s
        self._metrics = metrics
        self._failing = False

    async def call(self, name: str, work: Callable[[], T]) -> T:
        """Return what ``work`` returns, run in the database thread."""

        async def once() -> T:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)

        started = time.monotonic()
        answer = await retrying(once, self._limit_s, self._retry)
        self._failing = False
        self._metrics.database_seconds.labels(name).observe(time.monotonic() - started)
        return answer

    def away(self) -> str | None:
        """Return why the worker is not ready on the database's account; None while its last call succeeded."""
        return "does not answer" if self._failing else None

    def _retry(self) -> None:
        self._failing = True
        self._metrics.database_retries.inc()
