"""Tests wait for what is outside within a limit, whatever they ask."""

import asyncio
from contextlib import suppress

import pytest

from tests.real.topics import until


async def test_a_limit_ends_a_wait_of_which_every_question_swallows_its_cancellation() -> None:
    async def is_being_closed() -> bool:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(0.2)
        return False

    with pytest.raises(TimeoutError):
        await until(is_being_closed, 0.05)


async def test_what_holds_in_time_is_waited_for_and_no_longer() -> None:
    asked: list[int] = []

    async def holds_the_third_time() -> bool:
        asked.append(len(asked))
        return len(asked) == 3

    await until(holds_the_third_time, 60)
    assert len(asked) == 3
