"""SIGTERM: a worker ends cleanly and soon, whatever it is at."""

import asyncio
from pathlib import Path

import pytest

from tests.faults.fleet import Fleet
from tests.faults.scene import Sqlite, set_scene
from tests.real import topics
from tests.real.kafka import Kafka

pytestmark = [pytest.mark.kafka]

LONG_SESSION = {"SENTINEL_SESSION_TIMEOUT_S": "240"}
"""Longer than a worker may take to stop: its group waits for the silent one as long as the test lasts."""


async def test_a_worker_that_cannot_join_its_group_yet_stops_when_it_is_told_to(kafka: Kafka, tmp_path: Path) -> None:
    async with set_scene(kafka, Sqlite(tmp_path), tmp_path, settings=LONG_SESSION) as scene:
        (silent,) = scene.fleet.start("decide")
        await ready(scene.fleet)
        scene.fleet.freeze(silent)  # until its session ends, the group waits for it
        (waiting,) = scene.fleet.start("decide")
        await topics.until(lambda: asyncio.to_thread(waiting.said, "worker starts"))

        await asyncio.to_thread(scene.fleet.scale, "decide", 1)

        assert waiting.statuses == [0]


async def test_a_worker_whose_database_hangs_at_the_start_stops_when_it_is_told_to(
    kafka: Kafka, tmp_path: Path
) -> None:
    async with set_scene(kafka, Sqlite(tmp_path), tmp_path) as scene:
        await asyncio.to_thread(scene.database.hang)
        (waiting,) = scene.fleet.start("decide")
        await topics.until(lambda: asyncio.to_thread(waiting.said, "worker starts"))

        await asyncio.to_thread(scene.fleet.scale, "decide", 0)
        await asyncio.to_thread(scene.database.go_on)

        assert waiting.statuses == [0]


async def ready(fleet: Fleet) -> None:
    await topics.until(lambda: asyncio.to_thread(fleet.ready))
