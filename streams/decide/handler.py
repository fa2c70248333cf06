"""decide: evidence meets the person's record in one transaction a batch, and the stored bytes go out."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import msgspec

from schemas.codec import decode
from schemas.errors import ContractError
from schemas.records import EvidenceGathered, RefundOutcome
from schemas.topics import DECISIONS
from streams.clock import now_ms
from streams.delivery.messages import Incoming, Outgoing
from streams.delivery.stage import Answer
from streams.errors import RefusedByDatabase
from streams.metrics import Metrics
from streams.ports import DecisionStore, Judge

T = TypeVar("T")
R = TypeVar("R", EvidenceGathered, RefundOutcome)


class Database(Protocol):
    """Calls work in the thread that talks to the database, again while it fails for a while."""

    async def call(self, name: str, work: Callable[[], T]) -> T:
        """Return what ``work`` returns; ``name`` is the call's label in metrics."""
        ...


class Decide:
    """Decides batches of evidence and takes up outcomes."""

    def __init__(self, store: DecisionStore, judge: Judge, database: Database, metrics: Metrics) -> None:
        """``judge`` is pure; ``store`` is called in the database thread only."""
        self._store = store
        self._judge = judge
        self._database = database
        self._metrics = metrics

    async def decide(self, batch: list[Incoming]) -> list[Answer]:
        """Return the stored decision of each evidence, as a message to the platform."""
        self._metrics.batch_events.observe(len(batch))
        read = [_read(EvidenceGathered, incoming) for incoming in batch]
        stored = await self._stored("decide", read, lambda usable: self._store.decide(usable, self._judge, now_ms()))
        return [
            [self._message(evidence, found)]
            if isinstance(evidence, EvidenceGathered) and isinstance(found, bytes)
            else _error(found)
            for evidence, found in zip(read, stored, strict=True)
        ]

    async def take_up(self, batch: list[Incoming]) -> list[Answer]:
        """Store outcomes; there is nothing to send."""
        read = [_read(RefundOutcome, incoming) for incoming in batch]
        stored = await self._stored("outcomes", read, self._record)
        return [[] if found is None else _error(found) for found in stored]

    def _record(self, outcomes: Sequence[RefundOutcome]) -> list[None]:
        self._store.record_outcomes(outcomes, now_ms())
        self._metrics.outcomes.inc(len(outcomes))
        return [None] * len(outcomes)

    async def _stored(
        self, name: str, read: Sequence[R | ContractError], work: Callable[[Sequence[R]], Sequence[T]]
    ) -> list[T | Exception]:
        """Return, for each record, what was stored, or the error that makes a dead letter of it."""
        results = iter(await self._together(name, [one for one in read if not isinstance(one, ContractError)], work))
        return [one if isinstance(one, ContractError) else next(results) for one in read]

    async def _together(
        self, name: str, usable: Sequence[R], work: Callable[[Sequence[R]], Sequence[T]]
    ) -> list[T | Exception]:
        """Store all in one transaction; where the database refuses one, each in its own, to find the culprit."""
        if not usable:
            return []
        try:
            return list(await self._database.call(name, lambda: work(usable)))
        except RefusedByDatabase as exc:
            if len(usable) == 1:
                return [exc]
        return [found for one in usable for found in await self._together(name, [one], work)]

    def _message(self, evidence: EvidenceGathered, decision: bytes) -> Outgoing:
        told = _told.decode(decision)

        def count() -> None:
            self._metrics.decisions.labels(told.verdict).inc()
            for reason in told.reasons:
                self._metrics.reasons.labels(reason.code).inc()
            self._metrics.decision_seconds.observe(max(0, now_ms() - evidence.appended_at_ms) / 1000)

        return Outgoing(DECISIONS.name, evidence.request.buyer_id.encode(), decision, on_confirmed=count)


class _Code(msgspec.Struct):
    code: str


class _Told(msgspec.Struct):
    """As much of a stored decision as metrics need."""

    verdict: str
    reasons: list[_Code]


_told = msgspec.json.Decoder(_Told)


def _read(kind: type[R], incoming: Incoming) -> R | ContractError:
    try:
        return decode(kind, incoming.value)
    except ContractError as exc:
        return exc


def _error(found: object) -> Exception:
    if isinstance(found, Exception):
        return found
    msg = f"the store answered with {type(found).__name__}"
    raise TypeError(msg)
