"""Compaction that somebody switches on under a running worker is told; the worker reads on, and none starts."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from schemas.topics import REQUESTS
from streams.adapters.kafka.topics import create, ready
from streams.errors import TopicMismatch
from streams.settings import Settings
from tests.faults.fleet import Worker
from tests.faults.scene import Scene, at_work
from tests.integration.asking import Platform, a_claim
from tests.real import topics
from tests.real.kafka import Kafka

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with at_work(kafka, tmp_path_factory.mktemp("system"), "enrich", "decide") as scene:
        yield scene


def unfit(worker: Worker) -> set[str]:
    """Return the topics that a worker says do not fit."""
    page = worker.get("/metrics")
    families = text_string_to_metric_families(page[1] if page else "")
    samples = [one for family in families for one in family.samples if one.name == "sentinel_topic_unfit"]
    return {one.labels["topic"] for one in samples if one.value}


async def test_compaction_under_running_workers_is_told_and_they_read_on(scene: Scene) -> None:
    settings = Settings.model_validate({"broker": scene.kafka.address})
    workers = [*scene.fleet.workers("enrich"), *scene.fleet.workers("decide")]

    async def all_say(which: set[str]) -> bool:
        return all(unfit(worker) == which for worker in workers)

    await topics.configure(scene.kafka.address, REQUESTS.name, {"cleanup.policy": "compact"})
    await topics.until(lambda: all_say({REQUESTS.name}))

    platform = Platform(scene.kafka.address, scene.media)
    await platform.ask(*(a_claim(f"compacted-{number}", None) for number in range(10)))
    with pytest.raises(TopicMismatch, match="is compacted"):
        await ready(settings)

    await create(settings, alter_configs=True)
    await topics.until(lambda: all_say(set()))
    assert scene.fleet.ends() == 0
