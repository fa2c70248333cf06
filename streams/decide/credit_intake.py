"""Credit signals of other platforms: verified and taken up, or refused and counted; nothing is sent."""

from collections.abc import Callable, Sequence

import structlog

from schemas.codec import decode
from schemas.errors import ContractError
from schemas.records import CreditSignal
from streams.delivery.messages import Incoming
from streams.delivery.stage import Answer
from streams.errors import RefusedByDatabase
from streams.metrics import Metrics
from streams.ports import DatabaseCalls

log = structlog.get_logger(__name__)
TAKEN_UP = "taken_up"

Receive = Callable[[Sequence[CreditSignal]], Sequence[str | None]]
"""Takes up signals in one transaction; returns why each was refused, None where it was not."""


class CreditIntake:
    """Takes up the signals of a batch."""

    def __init__(self, receive: Receive, database: DatabaseCalls, metrics: Metrics) -> None:
        """``receive`` is called in the database thread."""
        self._receive = receive
        self._database = database
        self._metrics = metrics

    async def take_up(self, batch: list[Incoming]) -> list[Answer]:
        """Return no messages for each signal; the error of one that is none, which becomes a dead letter."""
        return [await self._one(incoming) for incoming in batch]

    async def _one(self, incoming: Incoming) -> Answer:
        try:
            signal = decode(CreditSignal, incoming.value)
            [why] = await self._database.call("credit", lambda: self._receive([signal]))
        except (ContractError, RefusedByDatabase) as exc:
            return exc
        self._metrics.credit_signals.labels(why or TAKEN_UP).inc()
        if why not in {None, "our_own", "replayed"}:
            log.warning("credit signal is refused", issuer=signal.issuer, signal=signal.signal_id, why=why)
        return []
