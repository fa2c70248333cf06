"""A coroutine that was begun does what it would have done if it had been awaited from the start."""

import asyncio
from collections.abc import Awaitable

import pytest

from streams.delivery.first_step import Begun


async def after(*waits: Awaitable[int]) -> int:
    """Return the sum of what it waits for, one after the other."""
    return sum([await one for one in waits])


async def test_what_waits_for_nothing_is_through_at_once() -> None:
    begun = Begun(after())

    assert (begun.through, begun.result, await begun) == (True, 0, 0)


@pytest.mark.parametrize("in_a_task", [False, True])
async def test_what_waits_goes_on_where_it_was(in_a_task: bool) -> None:  # noqa: FBT001 - which way it is awaited
    loop = asyncio.get_running_loop()
    one, two = loop.create_future(), loop.create_future()
    begun = Begun(after(one, asyncio.sleep(0, 10), two))
    loop.call_soon(one.set_result, 1)
    loop.call_later(0, two.set_result, 100)

    assert not begun.through
    assert await (asyncio.ensure_future(begun) if in_a_task else begun) == 111


async def test_what_it_raises_is_raised_at_once_or_when_it_is_awaited() -> None:
    wrong = asyncio.get_running_loop().create_future()
    begun = Begun(after(wrong))
    wrong.set_exception(ValueError("why"))
    with pytest.raises(ValueError, match="why"):
        await begun

    async def at_once() -> None:
        raise ValueError("here")  # noqa: EM101 - a test's

    with pytest.raises(ValueError, match="here"):
        Begun(at_once())


async def test_a_cancellation_and_a_time_limit_reach_it() -> None:
    never: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    begun = Begun(after(never))

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await begun

    assert never.cancelled()
