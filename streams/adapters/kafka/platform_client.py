"""What a platform does: sends records in order, and reads the decisions that come back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress

from schemas.codec import decode
from schemas.errors import ContractError
from schemas.records import RefundDecided
from schemas.topics import DECISIONS, Topic
from streams.adapters.kafka import topics
from streams.adapters.kafka.clients import producer
from streams.adapters.kafka.topic_reader import Message, from_now
from streams.adapters.kafka.topic_states import require
from streams.settings import Settings

AT_ONCE = 500

Identity = tuple[str, str]
"""Which content of which request: its id and digest."""


async def send(
    settings: Settings,
    topic: Topic,
    messages: Iterable[tuple[bytes, bytes]],
    on_sent: Callable[[int], None] = lambda _: None,
) -> int:
    """Return how many messages (key, value) were sent in order, each confirmed by all replicas.

    ``on_sent`` is told after each confirmed portion. Raises :class:`streams.errors.TopicMismatch` before anything is
    sent, and :class:`streams.errors.BrokerUnavailable`: then what ``on_sent`` was told of is there for certain.
    """
    require(await topics.check(settings, topics=[topic]))
    sent = 0
    async with producer(settings) as client:
        waiting: list[Awaitable[object]] = []
        for key, value in messages:
            waiting.append(await client.send(topic.name, value, key))
            if len(waiting) >= AT_ONCE:
                sent += len(await asyncio.gather(*waiting))
                waiting.clear()
                on_sent(sent)
        sent += len(await asyncio.gather(*waiting))
        on_sent(sent)
    return sent


@asynccontextmanager
async def answers(settings: Settings) -> AsyncIterator["Answers"]:
    """Yield what collects the decisions that are made after this was entered."""
    async with from_now(settings, DECISIONS) as arriving:
        yield Answers(arriving)


class Answers:
    """The decisions that arrive, to be asked for by their requests."""

    def __init__(self, arriving: AsyncIterator[Message]) -> None:
        self._arriving = arriving

    async def of(
        self, asked: Iterable[Identity], limit_s: float, on_found: Callable[[int], None] = lambda _: None
    ) -> dict[Identity, RefundDecided]:
        """Return the decisions on what was asked, as many as arrive within ``limit_s``."""
        open_ = set(asked)
        found: dict[Identity, RefundDecided] = {}
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                while open_:
                    decided = _decision(await anext(self._arriving))
                    if decided is not None and (identity := (decided.request_id, decided.request_digest)) in open_:
                        open_.discard(identity)
                        found[identity] = decided
                        on_found(len(found))
        return found


def _decision(message: Message) -> RefundDecided | None:
    try:
        return decode(RefundDecided, message.value)
    except ContractError:
        return None
