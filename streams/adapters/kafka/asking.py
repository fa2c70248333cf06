"""Asking Kafka what it cannot say yet: such an answer passes by itself, so it is asked again within a limit.

A coordinator that has just started loads its groups, a partition without a leader gets one, and of a topic that was
just made not every broker has heard.
"""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

from aiokafka.errors import BrokerResponseError, KafkaError, RequestTimedOutError, for_code

from streams.errors import BrokerUnavailable

LIMIT_S = 30.0
AWAY_S = 3.0
"""How long a broker is asked again that does not answer at all: it may be one of several, and another takes over."""
PAUSE_S = 0.1

T = TypeVar("T")


async def answered(what: str, ask: Callable[[], Awaitable[T]], limit_s: float = LIMIT_S) -> T:
    """Return what ``ask`` returns; it is called again while it raises an error of Kafka's that passes by itself.

    ``what`` completes "could not …". Raises :class:`BrokerUnavailable` after ``limit_s`` of such answers, and at once
    whatever else is raised; the error itself where nothing answers for :data:`AWAY_S`.
    """
    began_s = monotonic()
    while True:
        try:
            return await ask()
        except KafkaError as exc:
            asked_s = monotonic() - began_s
            by_a_broker = isinstance(exc, BrokerResponseError) and not isinstance(exc, RequestTimedOutError)
            if not exc.retriable or (not by_a_broker and asked_s >= min(AWAY_S, limit_s)):
                raise
            if asked_s >= limit_s:
                msg = f"Kafka answers, but could not {what} within {limit_s:.0f} s ({exc}): try again"
                raise BrokerUnavailable(msg) from exc
        await asyncio.sleep(PAUSE_S)


def raise_what_passes(code: int, said: str | None = None) -> None:
    """Raise Kafka's error with this code where it passes by itself, for :func:`answered`; else return."""
    error: type[KafkaError] = for_code(code)
    if code and error.retriable:
        raise error(said or error.__name__)
