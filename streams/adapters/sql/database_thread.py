"""The one thread that talks to the database, with retries and measurements."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from streams.delivery.retry import retrying
from streams.errors import TransientError
from streams.metrics import Metrics
from streams.settings import Settings

T = TypeVar("T")

ANSWER_S = 5.0
"""What one call may take before the database is said to be away."""


class Database:
    """The one thread that talks to the database, with retries and measurements."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        """``settings.database_limit_s`` bounds how long a failing database is asked again."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database")
        self._limit_s = settings.database_limit_s
        self._metrics = metrics
        self._failing: str | None = None
        self._began_at: float | None = None

    async def call(self, name: str, work: Callable[[], T]) -> T:
        """Return what ``work`` returns, run in the database thread."""

        async def once() -> T:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._timed, work)

        started = time.monotonic()
        answer = await retrying(once, self._limit_s, self._retry)
        self._failing = None
        self._metrics.database_seconds.labels(name).observe(time.monotonic() - started)
        return answer

    def away(self) -> str | None:
        """Return why the worker is not ready on the database's account.

        None while its last call succeeded and the one at hand takes no longer than :data:`ANSWER_S`.
        """
        if self._failing is not None:
            return f"does not answer ({self._failing})"
        began_at = self._began_at
        if began_at is not None and (takes_s := time.monotonic() - began_at) > ANSWER_S:
            return f"does not answer, for {takes_s:.0f} s now"
        return None

    def _timed(self, work: Callable[[], T]) -> T:
        self._began_at = time.monotonic()
        try:
            return work()
        except TransientError as exc:
            self._failing = str(exc)
            raise
        finally:
            self._began_at = None

    def _retry(self) -> None:
        self._metrics.database_retries.inc()
