"""Who is told when nobody may decide a case that waits: metrics, a line in the log, and the page of the workload."""

import asyncio
from collections.abc import Callable
from typing import Protocol

import structlog

from streams.cases.quality.reach import Reach, Why
from streams.clock import now_ms
from streams.metrics import Metrics
from streams.ports import DatabaseCalls

LOOK_EVERY_S = 60.0

logger = structlog.get_logger(__name__)


class ReachRecords(Protocol):
    """Who may decide what waits; calls block."""

    def reach(self, at_ms: int) -> Reach:
        """Return the waiting cases that nobody may decide at ``at_ms`` (Unix milliseconds)."""


class ReachWatch:
    """Keeps the metrics of cases that nobody may decide up to date, and logs each once."""

    def __init__(
        self, records: ReachRecords, calls: DatabaseCalls, metrics: Metrics, clock: Callable[[], int] = now_ms
    ) -> None:
        """``calls`` is the database thread; ``clock`` gives Unix milliseconds."""
        self._records = records
        self._calls = calls
        self._metrics = metrics
        self._clock = clock
        self._told: set[tuple[str, Why]] = set()

    async def run(self) -> None:
        """Look for as long as the worker lives."""
        while True:
            self.show(await self._calls.call("reach", lambda: self._records.reach(self._clock())))
            await asyncio.sleep(LOOK_EVERY_S)

    def show(self, found: Reach) -> None:
        """Set the metrics to these figures."""
        for why in Why:
            self._metrics.stranded.labels(why.value).set(found.counts.get(why, 0))
        now = {(one.case_id, one.why) for one in found.cases}
        for case_id, why in sorted(now - self._told):
            logger.warning("nobody may decide a case that waits", case_id=case_id, why=why.value)
        self._told = now
