"""Trying again: infrastructure that fails is asked again with growing pauses, for a bounded time."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from streams.errors import TransientError

T = TypeVar("T")

FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 2.0

log = structlog.get_logger(__name__)


async def retrying(
    call: Callable[[], Awaitable[T]],
    limit_s: float,
    on_retry: Callable[[], None] = lambda: None,
    *,
    queues: bool = False,
) -> T:
    """Return what ``call`` returns, calling it again after each :class:`TransientError`.

    The last error is raised once ``limit_s`` seconds have passed since the first call. A call that hangs is ended
    then too, as a :class:`TransientError`. A call that ``queues`` may rightly wait for its turn and never hangs beyond
    it: it is not ended, and only the pauses between its failures count.
    """
    ends = time.monotonic() + limit_s
    pause_s, paused_s = FIRST_PAUSE_S, 0.0
    while True:
        try:
            async with asyncio.timeout(None if queues else max(0.0, ends - time.monotonic())):
                return await call()
        except TimeoutError as exc:
            msg = f"no answer within {limit_s:g} s"
            raise TransientError(msg) from exc
        except TransientError as exc:
            if (paused_s if queues else time.monotonic() + limit_s - ends) + pause_s >= limit_s:
                raise
            log.warning("trying again", error=f"{type(exc).__name__}: {exc}", pause_s=round(pause_s, 2))
        on_retry()
        paused_s += pause_s
        await asyncio.sleep(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 - spreads retries, guards nothing
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
