"""How good the review is and whether it keeps up: figures to read, and metrics that a worker keeps up to date."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from schemas.units import DAY_MS
from streams.cases.quality.quality import Quality, Record, quality
from streams.cases.reviewing.capacity import GIVEN_BACK, QueueFigures
from streams.cases.reviewing.ordering import Lane
from streams.cases.states import CaseState
from streams.clock import now_ms
from streams.metrics import Metrics
from streams.ports import DatabaseCalls

LOOK_EVERY_S = 30.0


class QualityRecords(Protocol):
    """What is kept on verdicts and assignments, counted; calls block. Times are in Unix milliseconds."""

    def record(self, since_ms: int, *, merchants: bool = True) -> Record:
        """Return what was done since then; ``merchants`` False leaves out the long list by merchant."""

    def queue(self, at_ms: int) -> QueueFigures:
        """Return the queue at ``at_ms``, and what happened in the hour before."""


def quality_of(records: QualityRecords, days: int, at_ms: int, *, merchants: bool = True) -> Quality:
    """Return how good the review of the last ``days`` was; ``merchants``: also by merchant."""
    return quality(records.record(at_ms - days * DAY_MS, merchants=merchants))


class QueueWatch:
    """Keeps the metrics of the queue up to date."""

    def __init__(
        self, records: QualityRecords, calls: DatabaseCalls, metrics: Metrics, clock: Callable[[], int] = now_ms
    ) -> None:
        """``calls`` is the database thread; ``clock`` gives Unix milliseconds."""
        self._records = records
        self._calls = calls
        self._metrics = metrics
        self._clock = clock

    async def run(self) -> None:
        """Look for as long as the worker lives."""
        while True:
            self.show(await self._calls.call("queue", lambda: self._records.queue(self._clock())))
            await asyncio.sleep(LOOK_EVERY_S)

    def show(self, found: QueueFigures) -> None:
        """Set the metrics to these figures; an unknown figure becomes NaN."""
        metrics = self._metrics
        for state in set(CaseState) - {CaseState.CLOSED}:
            depth = found.open.get(state)
            metrics.cases_open.labels(state.value).set(0 if depth is None else depth.cases)
            metrics.cases_oldest.labels(state.value).set(0 if depth is None else _age_s(found, depth.oldest_ms))
        for lane in Lane:
            depth = found.waiting.get(lane)
            metrics.queue_depth.labels(lane.value).set(0 if depth is None else depth.cases)
            metrics.queue_oldest.labels(lane.value).set(0 if depth is None else _age_s(found, depth.oldest_ms))
        metrics.cases_overdue.set(0 if found.overdue_since_ms is None else _age_s(found, found.overdue_since_ms))
        metrics.queue_arrivals.set(found.arrivals)
        metrics.queue_hours.set(_known(found.hours_to_clear))
        for how in GIVEN_BACK:
            metrics.given_back.labels(how).set(found.given_back.get(how, 0))
        metrics.given_back_most.set(found.given_back_most)
        metrics.case_waiting.set(_known(found.waited_ms) / 1_000)
        metrics.case_handling.set(_known(found.handled_ms) / 1_000)
        metrics.reviewers.set(found.reviewers)
        metrics.reviewers_needed.set(_known(found.reviewers_needed))


def _age_s(found: QueueFigures, since_ms: int) -> float:
    return max(0, found.at_ms - since_ms) / 1_000


def _known(value: float | None) -> float:
    return float("nan") if value is None else value
