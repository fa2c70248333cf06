"""Other programs that join a worker's consumer group, as whoever tries a topic from a terminal may by mistake."""

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor

from schemas.topics import REQUESTS
from tests.faults.scene import Sqlite, set_scene
from tests.integration.asking import Platform, a_claim
from tests.integration.readiness import says
from tests.real import topics
from tests.real.kafka import Kafka

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.kafka

GROUP = "refund-sentinel-enrich"


@asynccontextmanager
async def a_stranger(address: str, assignor: Any) -> "AsyncIterator[AIOKafkaConsumer[Any, Any]]":
    """Give a member of the workers' group that has partitions, until the end."""
    stranger = AIOKafkaConsumer(
        REQUESTS.name,
        bootstrap_servers=address.removeprefix("kafka://"),
        group_id=GROUP,
        enable_auto_commit=False,
        partition_assignment_strategy=(assignor,),
    )
    await stranger.start()

    async def it_has_some() -> bool:
        return bool(stranger.assignment())

    try:
        await topics.until(it_has_some)
        yield stranger
    finally:
        await stranger.stop()


async def test_a_worker_says_who_keeps_it_out_of_its_group_and_reads_once_that_is_gone(
    kafka: Kafka, tmp_path: Path
) -> None:
    async with set_scene(kafka, Sqlite(tmp_path), tmp_path) as scene:
        scene.fleet.start("decide")
        async with a_stranger(kafka.address, RangePartitionAssignor):
            (enrich,) = scene.fleet.start("enrich")
            await says(enrich, f"another program is a member of the consumer group {GROUP}")

        await says(enrich, "ok")
        await Platform(kafka.address, scene.media).ask(a_claim("after-it", None))


async def test_a_stranger_that_leads_the_group_ends_no_worker_and_what_it_held_is_read_after_it(
    kafka: Kafka, tmp_path: Path
) -> None:
    async with set_scene(kafka, Sqlite(tmp_path), tmp_path) as scene:
        scene.fleet.start("decide")
        asked = [a_claim(f"shared-{number}", None) for number in range(24)]
        async with a_stranger(kafka.address, RoundRobinPartitionAssignor) as stranger:
            (enrich,) = scene.fleet.start("enrich")
            await says(enrich, "ok")

            async def it_is_shared() -> bool:
                return len(stranger.assignment()) < REQUESTS.partitions

            await topics.until(it_is_shared)

        await Platform(kafka.address, scene.media).ask(*asked)
        assert enrich.statuses == []
