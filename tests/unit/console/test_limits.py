"""Bodies are bounded while they come, and calls are spaced out."""

from typing import Any

import pytest
from starlette.exceptions import HTTPException

from streams.console.limits import Rates, bounded


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
