"""Lag is told for every partition of a topic, by whoever lives, also while the owner of some of them is away."""

import asyncio
import signal
from pathlib import Path

import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from schemas.topics import REQUESTS
from tests.faults.fleet import Worker
from tests.faults.scene import Sqlite, set_scene
from tests.integration.asking import a_claim
from tests.integration.readiness import says
from tests.real import topics
from tests.real.kafka import Kafka

pytestmark = pytest.mark.kafka

ALL = set(range(REQUESTS.partitions))


async def test_the_lag_of_a_worker_that_is_away_is_told_by_another(kafka: Kafka, tmp_path: Path) -> None:
    settings = {"SENTINEL_SESSION_TIMEOUT_S": "240"}  # nobody takes the partitions over meanwhile
    async with set_scene(kafka, Sqlite(tmp_path), tmp_path, settings=settings) as scene:
        stays, leaves = scene.fleet.start("enrich", 2)
        await says(stays, "ok")
        await says(leaves, "ok")
        await topics.until(lambda: shared_out(stays, leaves))
        (of_leaves,) = [own(leaves)]

        await asyncio.to_thread(leaves.end, signal.SIGTERM)
        for partition in ALL:
            asked = [(None, msgspec.json.encode(a_claim(f"asked-{partition}-{n}", None))) for n in range(3)]
            await topics.produce(kafka.address, REQUESTS.name, asked, partition)

        expected = {partition: 3.0 if partition in of_leaves else 0.0 for partition in ALL}
        await topics.until(lambda: tells(stays, expected))


async def shared_out(*workers: Worker) -> bool:
    held = [own(worker) for worker in workers]
    return all(held) and set().union(*held) == ALL and sum(map(len, held)) == len(ALL)


def own(worker: Worker) -> set[int]:
    return {partition for partition, value in samples(worker, "sentinel_partition_assigned").items() if value}


async def tells(worker: Worker, lags: dict[int, float]) -> bool:
    await asyncio.sleep(0.2)
    return samples(worker, "sentinel_lag_messages") == lags


def samples(worker: Worker, name: str) -> dict[int, float]:
    page = worker.get("/metrics")
    return {
        int(sample.labels["partition"]): sample.value
        for family in text_string_to_metric_families(page[1] if page else "")
        for sample in family.samples
        if sample.name == name and sample.labels["topic"] == REQUESTS.name
    }
