"""Figures for whoever leads a desk, put together from what is on record."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from schemas.units import DAY_MS
from streams.cases.quality.figures import AtWork, Due, Hour, Money, Period, first_hour_ms, hours, periods, span_ms
from streams.cases.quality.quality import Quality
from streams.cases.quality.reach import Reach
from streams.cases.reviewing.capacity import QueueFigures
from streams.casework.quality.kept_figures import Kept
from streams.casework.quality.quality import QualityRecords, quality_of
from streams.casework.quality.reach import ReachRecords


class FigureRecords(Protocol):
    """Counts over what is on record; calls block. Times are in Unix milliseconds."""

    def decided(self, since_ms: int, span: int) -> Sequence[tuple[int, bool, int]]:
        """Return the verdicts since then: number of the period, whether against the buyer, how many.

        A period lasts ``span`` milliseconds; the first has the number 0.
        """

    def money(self, since_ms: int) -> Sequence[Money]:
        """Return, by currency, the sums that wait now, and those cleared, granted and refused since then."""

    def due(self, at_ms: int) -> Due:
        """Return how many open cases are past their deadline, or near it, at ``at_ms``."""

    def at_work(self, at_ms: int) -> Sequence[AtWork]:
        """Return the reviewers who asked for a case lately, with how many cases each has in hand."""

    def by_hour(self, since_ms: int) -> Sequence[tuple[int, int, int]]:
        """Return for each hour since then its number, how many cases began to wait and how many were decided."""


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """How the review of some days went, as it stood at ``at_ms``."""

    at_ms: int
    quality: Quality
    periods: Sequence[Period]
    money: Sequence[Money]


class Workload(msgspec.Struct, frozen=True, kw_only=True):
    """The queue at one moment, its deadlines, who works on it, what nobody may decide, and what came and went."""

    queue: QueueFigures
    due: Due
    reach: Reach
    people: Sequence[AtWork]
    hours: Sequence[Hour]


class Figures:
    """Figures for whoever leads a desk."""

    def __init__(
        self,
        quality: QualityRecords,
        records: FigureRecords,
        reach: ReachRecords,
        *,
        keep_ms: int = 0,
        wait_s: float | None = None,
        workload_keep_ms: int = 0,
    ) -> None:
        """Statistics are kept for ``keep_ms``: counting them looks at every case that was decided in their days.

        Whoever asks waits for ``wait_s`` at most, None: until they are counted. The workload, at which several people
        look again and again, is kept for ``workload_keep_ms``.
        """
        self._quality = quality
        self._records = records
        self._reach = reach
        self._wait_s = wait_s
        self._statistics = Kept(self._counted, keep_ms)
        self._workload = Kept(lambda _, at_ms: self._standing(at_ms), workload_keep_ms)

    def statistics(self, days: int, at_ms: int) -> Statistics | None:
        """Return how the review of the last ``days`` went, as of the ``at_ms`` of the answer: it may be a kept one.

        None: it is still being counted.
        """
        if self._wait_s is None:
            return self._statistics.of(days, at_ms)
        return self._statistics.within(self._wait_s, days, at_ms)

    def _counted(self, days: int, at_ms: int) -> Statistics:
        since_ms, span = at_ms - days * DAY_MS, span_ms(days)
        return Statistics(
            at_ms=at_ms,
            quality=quality_of(self._quality, days, at_ms, merchants=False),
            periods=periods(since_ms, at_ms, span, self._records.decided(since_ms, span)),
            money=self._records.money(since_ms),
        )

    def workload(self, at_ms: int) -> Workload:
        """Return the queue at ``at_ms`` or a little before, its deadlines, and who works on it."""
        return self._workload.of(0, at_ms)

    def _standing(self, at_ms: int) -> Workload:
        since_ms = first_hour_ms(at_ms)
        return Workload(
            queue=self._quality.queue(at_ms),
            due=self._records.due(at_ms),
            reach=self._reach.reach(at_ms),
            people=self._records.at_work(at_ms),
            hours=hours(since_ms, self._records.by_hour(since_ms)),
        )
