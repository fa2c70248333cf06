"""Messages that Kafka deleted: what was read leaves no gap, and what nobody had read is said and counted."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator

import msgspec
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from schemas.topics import REQUESTS
from streams.adapters.kafka.gone_unread import GONE_UNREAD
from tests.faults.course import at_rest
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


@pytest.fixture(scope="module")
def enrich(scene: Scene) -> Worker:
    (worker,) = scene.fleet.workers("enrich")
    return worker


@pytest.fixture(scope="module")
def platform(scene: Scene) -> Platform:
    return Platform(scene.kafka.address, scene.media)


def told(worker: Worker) -> list[tuple[int, int, int]]:
    """Return what a worker's log says is gone: partition, first offset and last."""
    lines = [json.loads(line) for line in worker.log.read_text().splitlines() if GONE_UNREAD in line]
    return [(line["partition"], line["first"], line["last"]) for line in lines]


def counted(worker: Worker) -> float:
    """Return how many requests a worker says are gone."""
    page = worker.get("/metrics")
    families = text_string_to_metric_families(page[1] if page else "")
    samples = [one for family in families for one in family.samples if one.name == "sentinel_gone_unread_messages"]
    return sum(one.value for one in samples if one.labels["topic"] == REQUESTS.name)


async def test_what_was_read_and_is_deleted_leaves_no_gap(scene: Scene, enrich: Worker, platform: Platform) -> None:
    await platform.ask(*(a_claim(f"read-{number}", None) for number in range(20)))
    await topics.until(lambda: at_rest(scene))
    await topics.delete_records(scene.kafka.address, REQUESTS.name)

    await platform.ask(*(a_claim(f"behind-{number}", None) for number in range(20)))

    assert (told(enrich), counted(enrich)) == ([], 0)
    assert scene.fleet.ends() == 0


async def test_what_is_deleted_while_a_worker_is_away_is_told_and_the_rest_is_decided(
    scene: Scene, enrich: Worker, platform: Platform
) -> None:
    await topics.until(lambda: at_rest(scene))
    await asyncio.to_thread(enrich.end, signal.SIGTERM)
    lost = [a_claim(f"lost-{number}", None, buyer_id="b-1") for number in range(7)]
    places = await platform.send([msgspec.json.encode(one) for one in lost])
    await topics.delete_records(scene.kafka.address, REQUESTS.name)
    kept = [a_claim(f"kept-{number}", None, buyer_id="b-1") for number in range(5)]
    await platform.send([msgspec.json.encode(one) for one in kept])

    enrich.wanted = True
    await platform.answers(*kept)

    offsets = [offset for _, _, offset in places]
    assert told(enrich) == [(places[0][1], offsets[0], offsets[-1])]
    await topics.until(lambda: asyncio.to_thread(lambda: counted(enrich) == len(lost)))

    again = await platform.ask(*lost)
    assert {one.request_id for one in again} == {one.request_id for one in lost}, "sent again, they are decided"
