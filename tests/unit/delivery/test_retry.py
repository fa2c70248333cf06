import asyncio
import time

import pytest

from streams.delivery.retry import retrying
from streams.errors import DatabaseUnavailable, RefusedByDatabase, StoreUnavailable, TransientError


async def test_a_passing_failure_is_tried_again() -> None:
    failures = [DatabaseUnavailable("away"), DatabaseUnavailable("away")]
    retries: list[None] = []

    async def call() -> str:
        if failures:
            raise failures.pop()
        return "stored"

    assert await retrying(call, 30, lambda: retries.append(None)) == "stored"
    assert len(retries) == 2


async def test_a_failure_that_lasts_is_raised_in_the_end() -> None:
    async def call() -> str:
        msg = "away"
        raise DatabaseUnavailable(msg)

    with pytest.raises(DatabaseUnavailable, match="away"):
        await retrying(call, 0.2)


async def test_a_call_that_hangs_is_a_failure_of_infrastructure() -> None:
    with pytest.raises(TransientError, match="no answer"):
        await retrying(asyncio.Event().wait, 0.05)


async def test_what_can_never_succeed_is_not_tried_again() -> None:
    calls: list[float] = []

    async def call() -> str:
        calls.append(time.monotonic())
        msg = "NUL in text"
        raise RefusedByDatabase(msg)

    with pytest.raises(RefusedByDatabase):
        await retrying(call, 30)
    assert len(calls) == 1


async def test_a_call_that_queues_may_wait_longer_than_the_limit() -> None:
    async def call() -> str:
        await asyncio.sleep(0.1)
        return "its turn came"

    assert await retrying(call, 0.02, queues=True) == "its turn came"


async def test_a_call_that_queues_is_given_up_when_its_failures_go_on_too_long() -> None:
    async def call() -> str:
        msg = "the store is away"
        raise StoreUnavailable(msg)

    with pytest.raises(StoreUnavailable, match="the store is away"):
        await retrying(call, 0.2, queues=True)
