"""A static member that is gone for good is taken out of its group by its name, on Apache Kafka."""

import pytest
from aiokafka import AIOKafkaConsumer

from schemas.topics import EVIDENCE
from streams.adapters.kafka.clients import admin
from streams.adapters.kafka.leaving import groups, leave
from streams.settings import Settings
from tests.command_line import run

pytestmark = pytest.mark.kafka


async def members(settings: Settings, group: str) -> int:
    async with admin(settings) as client:
        [answer] = await client.describe_consumer_groups([group])
        return len(answer.groups[0][5])


async def test_a_worker_that_is_gone_for_good_leaves_its_group_by_name(kafka_topics: str) -> None:
    settings = Settings(broker=kafka_topics)
    group = groups()[1]
    name = f"{group}-decide-7"
    gone = AIOKafkaConsumer(
        EVIDENCE.name,
        bootstrap_servers=settings.bootstrap_servers,
        group_id=group,
        group_instance_id=name,
        session_timeout_ms=300_000,
    )
    await gone.start()
    await gone.getmany(timeout_ms=100)
    await gone.stop()
    assert await members(settings, group) == 1, "a static member says no word when it ends"

    assert await leave(settings, "decide-8") == []
    assert await leave(settings, "decide-7") == [group]

    assert await members(settings, group) == 0
    assert await leave(settings, "decide-7") == []


def test_whoever_names_what_worker_all_was_started_with_is_told_the_names_of_its_workers(kafka_topics: str) -> None:
    left = run("worker", "leave", "node-1", settings={"broker": kafka_topics})
    assert left.status == 1
    assert "node-1-enrich-0, node-1-decide-0" in left.error
