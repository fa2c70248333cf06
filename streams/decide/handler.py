"""decide: evidence meets the person's record in one transaction a batch, and the stored bytes go out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from schemas.codec import decode
from schemas.errors import ContractError
from schemas.records import EvidenceGathered, RefundOutcome
from schemas.topics import DECISIONS
from streams.clock import now_ms
from streams.delivery.messages import Incoming, Outgoing
from streams.delivery.stage import Answer
from streams.errors import RefusedByDatabase
from streams.metrics import Metrics
from streams.ports import DatabaseCalls, DecisionStore, FollowUps, Judge, StoredDecision
from streams.tracing import exemplar, part

T = TypeVar("T")
R = TypeVar("R", EvidenceGathered, RefundOutcome)


@dataclass(frozen=True, slots=True)
class Stored(Generic[R, T]):
    """An event that the database holds now, and what the store answered."""

    record: R
    answer: T


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an event can never be stored: it becomes a dead letter."""

    error: Exception


class Decide:
    """Decides batches of evidence and takes up outcomes."""

    def __init__(
        self, store: DecisionStore, follow_ups: FollowUps, judge: Judge, database: DatabaseCalls, metrics: Metrics
    ) -> None:
        """``judge`` is pure; ``store`` and ``follow_ups`` are called in the database thread only."""
        self._store = store
        self._follow_ups = follow_ups
        self._judge = judge
        self._database = database
        self._metrics = metrics

    async def decide(self, batch: list[Incoming]) -> list[Answer]:
        """Return the stored decision of each evidence, as a message to the platform.

        Evidence of a follow-up is stored with its case, and there is nothing to send.
        """
        self._metrics.batch_events.observe(len(batch))
        read = [_read(EvidenceGathered, incoming) for incoming in batch]
        later = [one for one in read if _is_follow_up(one)]
        first = [one for one in read if not _is_follow_up(one)] if later else read
        decided = iter(
            await self._store_all("decide", first, lambda known: self._store.decide(known, self._judge, now_ms()))
        )
        kept = iter(await self._store_all("follow_ups", later, lambda known: self._follow_ups.store(known, now_ms())))
        return [
            _answer(next(kept), lambda _: []) if _is_follow_up(one) else _answer(next(decided), self._messages)
            for one in read
        ]

    async def take_up(self, batch: list[Incoming]) -> list[Answer]:
        """Store outcomes; there is nothing to send."""
        read = [_read(RefundOutcome, incoming) for incoming in batch]
        results = await self._store_all("outcomes", read, self._record)
        return [_answer(result, lambda _: []) for result in results]

    def _record(self, outcomes: Sequence[RefundOutcome]) -> list[None]:
        self._store.record_outcomes(outcomes, now_ms())
        self._metrics.outcomes.inc(len(outcomes))
        return [None] * len(outcomes)

    async def _store_all(
        self, name: str, read: Sequence[R | Refused], work: Callable[[Sequence[R]], Sequence[T]]
    ) -> list[Stored[R, T] | Refused]:
        """Return what became of each event, in their order."""
        results = iter(await self._together(name, [one for one in read if not isinstance(one, Refused)], work))
        return [one if isinstance(one, Refused) else next(results) for one in read]

    async def _together(
        self, name: str, records: Sequence[R], work: Callable[[Sequence[R]], Sequence[T]]
    ) -> list[Stored[R, T] | Refused]:
        """Store all in one transaction; where the database refuses one, each in its own, to find the culprit."""
        if not records:
            return []
        try:
            with part(name):
                answers = await self._database.call(name, lambda: work(records))
        except RefusedByDatabase as exc:
            if len(records) == 1:
                return [Refused(exc)]
        else:
            return [Stored(record, answer) for record, answer in zip(records, answers, strict=True)]
        return [result for record in records for result in await self._together(name, [record], work)]

    def _messages(self, stored: Stored[EvidenceGathered, StoredDecision]) -> list[Outgoing]:
        request, decision = stored.record.request, stored.answer
        appended_at_ms = stored.record.appended_at_ms

        def count() -> None:
            self._metrics.decisions.labels(decision.verdict).inc()
            for code in decision.reason_codes:
                self._metrics.reasons.labels(code).inc()
            self._metrics.decision_seconds.observe(max(0, now_ms() - appended_at_ms) / 1000, exemplar())

        return [Outgoing(DECISIONS.name, request.buyer_id.encode(), decision.message, on_confirmed=count)]


def _read(kind: type[R], incoming: Incoming) -> R | Refused:
    try:
        return decode(kind, incoming.value)
    except ContractError as exc:
        return Refused(exc)


def _is_follow_up(one: EvidenceGathered | Refused) -> bool:
    return isinstance(one, EvidenceGathered) and one.follow_up is not None


def _answer(
    result: Stored[R, T] | Refused, messages: Callable[[Stored[R, T]], Sequence[Outgoing]]
) -> Sequence[Outgoing] | Exception:
    return result.error if isinstance(result, Refused) else messages(result)
