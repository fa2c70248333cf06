"""What keeps a client of Kafka from ever reading again, and is told only to whoever polls it.

Faust does not poll aiokafka's consumer: a background task of it that has ended, or waits until somebody takes its
error, would go unnoticed for good. What has ended stays so: only a fresh start mends it.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from aiokafka.errors import InconsistentGroupProtocolError

from streams.adapters.kafka import aiokafka_inside


def why_ended(consumer: Any) -> str | None:
    """Return in a sentence why a started consumer reads no more; None while it may. For any thread."""
    if aiokafka_inside.is_closed(consumer):
        return None
    own = {"the look at topics": getattr(consumer, "_watching", None)}
    return _not_taken(consumer) or _ended({**aiokafka_inside.tasks(consumer), **own})


def _not_taken(consumer: Any) -> str | None:
    group, error = aiokafka_inside.refusal(consumer)
    if isinstance(error, InconsistentGroupProtocolError):
        other = f"another program is a member of the consumer group {group}, and deals out its partitions"
        return f"{other} in another way: end it, or give it a group of its own"
    return None if error is None else f"the consumer group {group} does not go on: {type(error).__name__}: {error}"


def _ended(tasks: Mapping[str, "asyncio.Future[Any] | None"]) -> str | None:
    for name, task in tasks.items():
        if task is not None and task.done():
            error: BaseException | None = None
            with suppress(asyncio.CancelledError):
                error = task.exception()
            return f"a part of the Kafka client has ended: {name} ({type(error).__name__}: {error})"
    return None
