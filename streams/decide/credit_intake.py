"""Credit signals of other platforms: verified and taken up, or refused and counted; nothing is sent."""

from collections.abc import Callable, Collection, Sequence

import structlog

from schemas.records import CreditSignal
from streams.decide.storing import Stored, Storing, answered, read
from streams.delivery.messages import Incoming, Outgoing
from streams.delivery.stage import Answer
from streams.metrics import Metrics
from streams.ports import DatabaseCalls

log = structlog.get_logger(__name__)
TAKEN_UP, UNKNOWN_KEY = "taken_up", "unknown_key"

Receive = Callable[[Sequence[CreditSignal]], Sequence[str | None]]
"""Takes up signals in one transaction; returns why each was refused, None where it was not."""


class CreditIntake:
    """Takes up the signals of a batch."""

    def __init__(self, receive: Receive, keys: Collection[str], database: DatabaseCalls, metrics: Metrics) -> None:
        """``receive`` is called in the database thread; ``keys`` are the ids of the pseudonym keys that are live."""
        self._keys = keys
        self._receive = receive
        self._storing = Storing(database)
        self._metrics = metrics

    async def take_up(self, batch: list[Incoming]) -> list[Answer]:
        """Return no messages for each signal; the error of one that is none, which becomes a dead letter."""
        signals = [read(CreditSignal, incoming) for incoming in batch]
        return [answered(one, self._noted) for one in await self._storing.all("credit", signals, self._receive)]

    def _noted(self, stored: Stored[CreditSignal, str | None]) -> Sequence[Outgoing]:
        """Count a signal that was looked at; there is nothing to send."""
        signal, why = stored.record, stored.answer
        if why is None and signal.key_id is not None and signal.key_id not in self._keys:
            self._metrics.credit_signals.labels(UNKNOWN_KEY).inc()
            log.warning(
                "credit signal is taken up, and nobody is found by it without its pseudonym key",
                issuer=signal.issuer,
                signal=signal.signal_id,
                key_id=signal.key_id,
            )
            return []
        self._metrics.credit_signals.labels(why or TAKEN_UP).inc()
        if why not in {None, "our_own", "replayed"}:
            log.warning("credit signal is refused", issuer=signal.issuer, signal=signal.signal_id, why=why)
        return []
