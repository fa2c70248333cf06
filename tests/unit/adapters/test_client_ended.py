"""What has ended in a client of Kafka is said, whoever polls it or not."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import InconsistentGroupProtocolError, UnknownError

from streams.adapters.kafka.client_ended import why_ended

PARTS = ["_coordination_task", "_fetch_task", "_sync_task", "_watching"]


async def for_ever() -> None:
    await asyncio.Event().wait()


@pytest.fixture
async def tasks() -> dict[str, asyncio.Task[None]]:
    return {name: asyncio.create_task(for_ever()) for name in PARTS}


def a_consumer(tasks: dict[str, asyncio.Task[None]], error: Exception | None = None, *, closed: bool = False) -> Any:
    coordinator = SimpleNamespace(
        _coordination_task=tasks["_coordination_task"], _pending_exception=error, group_id="readers"
    )
    return SimpleNamespace(
        _closed=closed,
        _coordinator=coordinator,
        _fetcher=SimpleNamespace(_fetch_task=tasks["_fetch_task"]),
        _client=SimpleNamespace(_sync_task=tasks["_sync_task"]),
        _watching=tasks["_watching"],
    )


async def test_of_a_consumer_whose_parts_all_run_nothing_is_said(tasks: dict[str, asyncio.Task[None]]) -> None:
    assert why_ended(a_consumer(tasks)) is None


@pytest.mark.parametrize("part", PARTS)
async def test_a_part_that_has_ended_is_said_with_its_error(part: str, tasks: dict[str, asyncio.Task[None]]) -> None:
    async def fails() -> None:
        msg = "no such member"
        raise KeyError(msg)

    tasks[part] = asyncio.create_task(fails())
    await asyncio.wait([tasks[part]])
    said = why_ended(a_consumer(tasks))
    assert said is not None
    assert "no such member" in said
    assert why_ended(a_consumer(tasks, closed=True)) is None


async def test_a_part_that_was_cancelled_is_said_too(tasks: dict[str, asyncio.Task[None]]) -> None:
    tasks["_fetch_task"].cancel()
    await asyncio.wait([tasks["_fetch_task"]])
    assert "fetching" in (why_ended(a_consumer(tasks)) or "")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (InconsistentGroupProtocolError(), "another program is a member"),
        (UnknownError("of the server"), "of the server"),
    ],
)
async def test_an_error_that_waits_for_somebody_to_poll_is_said(
    error: Exception, words: str, tasks: dict[str, asyncio.Task[None]]
) -> None:
    assert words in (why_ended(a_consumer(tasks, error)) or "")
