"""Two workers that were started under one name: the later has it, and the earlier stops and says whose fault it is."""

import asyncio
import signal
from pathlib import Path

import msgspec
import pytest

from schemas.topics import EVIDENCE, REQUESTS
from tests.faults.scene import Sqlite, set_scene
from tests.integration.asking import a_claim
from tests.integration.readiness import says
from tests.real import topics
from tests.real.kafka import Kafka

pytestmark = pytest.mark.kafka


async def test_of_two_workers_with_one_name_the_earlier_stops_reading_and_names_it(
    kafka: Kafka, tmp_path: Path
) -> None:
    settings = {"SENTINEL_INSTANCE": "the-one-name"}
    async with set_scene(kafka, Sqlite(tmp_path), tmp_path, settings=settings) as scene:
        (earlier,) = scene.fleet.start("enrich")
        await says(earlier, "ok")
        (later,) = scene.fleet.start("enrich")

        await says(earlier, "another worker, at 127.0.0.1, was started as SENTINEL_INSTANCE=the-one-name")
        await says(later, "ok")
        asked = [a_claim(f"asked-{n}", None) for n in range(20)]
        await topics.produce(
            kafka.address, REQUESTS.name, [(one.buyer_id.encode(), msgspec.json.encode(one)) for one in asked]
        )
        await topics.until(lambda: evidence_of(kafka.address, {one.request_id for one in asked}))

        await says(earlier, "SENTINEL_INSTANCE=the-one-name")
        await says(later, "ok")
        await topics.until(lambda: asyncio.to_thread(earlier.said, "worker reads nothing any more"))
        assert scene.fleet.statuses() == {"enrich-0": [], "enrich-1": []}
        assert await asyncio.to_thread(earlier.end, signal.SIGTERM) == 0


async def evidence_of(address: str, requests: set[str]) -> bool:
    records = await topics.read_all(address, EVIDENCE.name)
    return requests <= {msgspec.json.decode(one.value or b"{}")["request"]["request_id"] for one in records}
