"""decide: evidence meets the person's record in one transaction a batch, and the stored bytes go out."""

import asyncio
from collections.abc import Callable, Sequence
from typing import get_args

from schemas.records import EvidenceGathered, RefundOutcome
from schemas.records.decisions import Verdict
from schemas.topics import DECISIONS
from streams.clock import now_ms
from streams.decide.reading_ahead import ReadingAhead
from streams.decide.storing import Refused, Stored, Storing, answered, read, unread
from streams.delivery.messages import Incoming, Outgoing
from streams.delivery.stage import Answer
from streams.metrics import Metrics
from streams.ports import DatabaseCalls, DecisionStore, FollowUps, Judge, StoredDecision
from streams.tracing import exemplar


class Decide:
    """Decides batches of evidence and takes up outcomes."""

    def __init__(
        self, store: DecisionStore, follow_ups: FollowUps, judge: Judge, database: DatabaseCalls, metrics: Metrics
    ) -> None:
        """``judge`` is pure; ``store`` and ``follow_ups`` are called in the database thread only."""
        self._store = store
        self._follow_ups = follow_ups
        self._judge = judge
        self._storing = Storing(database)
        self._ahead = ReadingAhead()
        self._metrics = metrics
        self._decisions = {verdict: metrics.decisions.labels(verdict) for verdict in get_args(Verdict)}

    async def decide(self, batch: list[Incoming]) -> list[Answer]:
        """Return the stored decision of each evidence, as a message to the platform.

        Evidence of a follow-up is stored with its case, and there is nothing to send.
        """
        self._metrics.batch_events.observe(len(batch))
        given = [read(EvidenceGathered, incoming) for incoming in batch]
        later = [one for one in given if _is_follow_up(one)]
        first = [one for one in given if not _is_follow_up(one)] if later else given
        with self._ahead.judging():
            decided = iter(await self._storing.all("decide", first, self._written(asyncio.get_running_loop())))
        kept = iter(await self._storing.all("follow_ups", later, lambda known: self._follow_ups.store(known, now_ms())))
        return [
            answered(next(kept), lambda _: []) if _is_follow_up(one) else answered(next(decided), self._messages)
            for one in given
        ]

    def prepare(self, incoming: Incoming) -> None:
        """Read one evidence, while the database writes an earlier batch."""
        self._ahead.note(unread(EvidenceGathered, incoming))

    async def take_up(self, batch: list[Incoming]) -> list[Answer]:
        """Store outcomes; there is nothing to send."""
        given = [read(RefundOutcome, incoming) for incoming in batch]
        results = await self._storing.all("outcomes", given, self._record)
        return [answered(result, lambda _: []) for result in results]

    def _written(self, loop: asyncio.AbstractEventLoop) -> Callable[[Sequence[EvidenceGathered]], list[StoredDecision]]:
        """Return what decides a batch in the database thread, and has the next one read in ``loop`` meanwhile."""

        def written() -> None:
            loop.call_soon_threadsafe(self._ahead.written)

        return lambda known: self._store.decide(known, self._judge, now_ms(), written)

    def _record(self, outcomes: Sequence[RefundOutcome]) -> list[None]:
        self._store.record_outcomes(outcomes, now_ms())
        self._metrics.outcomes.inc(len(outcomes))
        return [None] * len(outcomes)

    def _messages(self, stored: Stored[EvidenceGathered, StoredDecision]) -> list[Outgoing]:
        request, decision = stored.record.request, stored.answer
        appended_at_ms = stored.record.appended_at_ms

        def count() -> None:
            self._decisions[decision.verdict].inc()
            for code in decision.reason_codes:
                self._metrics.reasons.labels(code).inc()
            self._metrics.decision_seconds.observe(max(0, now_ms() - appended_at_ms) / 1000, exemplar())

        return [Outgoing(DECISIONS.name, request.buyer_id.encode(), decision.message, on_confirmed=count)]


def _is_follow_up(one: EvidenceGathered | Refused) -> bool:
    return isinstance(one, EvidenceGathered) and one.follow_up is not None
