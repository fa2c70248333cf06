"""Bodies are bounded while they come, and calls are spaced out."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from streams.console.limits import Rates, bounded, in_time


async def test_a_body_without_end_is_cut_off_where_it_passes_its_bound() -> None:
    given = 0

    async def receive() -> dict[str, Any]:
        nonlocal given
        given += 100
        return {"type": "http.request", "body": b"x" * 100, "more_body": True}

    some = bounded(receive, 1_000)
    for _ in range(10):
        await some()
    with pytest.raises(HTTPException) as cut:
        await some()

    assert (cut.value.status_code, given) == (413, 1_100)


def test_an_account_that_calls_too_often_waits_and_others_do_not() -> None:
    now = 0.0
    rates = Rates(2, clock=lambda: now)

    assert [rates.wait_s("a") for _ in range(5)] == [0, 0, 0, 0, 0.5]
    assert rates.wait_s("b") == 0
    now = 0.5
    assert [rates.wait_s("a") for _ in range(2)] == [0, 0.5]
    now = 60
    assert [rates.wait_s("a") for _ in range(5)] == [0, 0, 0, 0, 0.5]


@pytest.mark.parametrize("jump_s", [-400 * 86_400.0, -3_600.0, 3_600.0, 400 * 86_400.0])
async def test_a_clock_on_the_wall_that_jumps_ends_no_upload_and_lets_nobody_call_oftener(
    monkeypatch: pytest.MonkeyPatch, jump_s: float
) -> None:
    wall = time.time
    rates, body = Rates(0.001), in_time(a_body([(0, b"x" * 1_000)] * 4), waits_s=30)
    before, begun = rates.wait_s("a"), len((await body())["body"])
    monkeypatch.setattr(time, "time", lambda: wall() + jump_s)
    monkeypatch.setattr(time, "time_ns", lambda: int((wall() + jump_s) * 1e9))

    assert before == 0
    assert rates.wait_s("a") > 900
    assert begun + await taken(body) == 4_000


def a_body(pieces: Sequence[tuple[float, bytes]]) -> Receive:
    """Return what gives these pieces of a body, each after so many seconds, and nothing after them."""
    left = list(pieces)

    async def receive() -> Message:
        if not left:
            await asyncio.Event().wait()
        waits_s, body = left.pop(0)
        await asyncio.sleep(waits_s)
        return {"type": "http.request", "body": body, "more_body": bool(left)}

    return receive


async def taken(receive: Receive) -> int:
    """Return how many bytes came."""
    came = 0
    while True:
        message = await receive()
        came += len(message["body"])
        if not message["more_body"]:
            return came


async def test_a_body_that_stops_coming_is_given_up() -> None:
    for pieces in ([(0, b"a"), (60, b"b")], [(60, b"")]):
        with pytest.raises(HTTPException) as refused:
            await taken(in_time(a_body(pieces), waits_s=0.05))
        assert (refused.value.status_code, refused.value.headers) == (408, {"Connection": "close"})


async def test_a_body_that_drips_is_given_up_and_a_slow_one_that_goes_on_is_taken() -> None:
    drips = [(0.02, b"a")] * 50
    with pytest.raises(HTTPException):
        await taken(in_time(a_body(drips), waits_s=0.2, least_bytes_per_s=1_000))

    assert await taken(in_time(a_body([(0.02, bytes(1_000))] * 20), waits_s=0.2, least_bytes_per_s=1_000)) == 20_000


async def test_whoever_waits_for_an_answer_may_wait_for_long() -> None:
    receive = in_time(a_body([(0, b"whole")]), waits_s=0.05)
    assert await taken(receive) == 5

    with pytest.raises(TimeoutError):  # of this test: nobody gave up before
        await asyncio.wait_for(receive(), 0.3)
