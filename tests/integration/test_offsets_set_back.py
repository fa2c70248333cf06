"""An operator sets a group's offsets back or forward: repeats are the same bytes, and what may be left out is said."""

import asyncio
import json
from collections.abc import AsyncIterator

import msgspec
import pytest
import pytest_asyncio
from aiokafka.errors import KafkaError

from schemas.topics import EVIDENCE, REQUESTS, Topic
from schemas.units import DAY_MS
from streams.adapters.kafka.set_by_others import AT_MOST, SET_BY_OTHERS
from streams.clock import now_ms
from tests.command_line import run
from tests.faults.course import DECIDE, ENRICH, at_rest
from tests.faults.fleet import Kind, Worker
from tests.faults.scene import Scene, Sqlite, set_scene
from tests.integration.asking import Platform, a_claim
from tests.real import group_offsets, topics
from tests.real.kafka import Kafka

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="module")]

FIRST = [a_claim(f"first-{number}", None) for number in range(20)]
LATER = [a_claim(f"later-{number}", None) for number in range(5)]
BEGINNING_MS = 0
OF: dict[Kind, tuple[str, Topic]] = {"enrich": (ENRICH, REQUESTS), "decide": (DECIDE, EVIDENCE)}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    folder = tmp_path_factory.mktemp("system")
    async with set_scene(kafka, Sqlite(folder), folder) as scene:
        yield scene


async def move(scene: Scene, kind: Kind, to_ms: int) -> list[str]:
    """Set one group to a date, as `kafka-consumer-groups.sh` does, and return the places; its workers must be gone."""
    address, (group, topic) = scene.kafka.address, OF[kind]
    places = await group_offsets.at_date(address, topic.name, to_ms)
    await group_offsets.set_to(address, group, places)
    return sorted(f"{at.topic}/{at.partition}/{offset}" for at, offset in places.items())


def told(worker: Worker) -> list[str]:
    """Return the places that a worker's log says last that another program set."""
    lines = [json.loads(line) for line in worker.log.read_text().splitlines() if SET_BY_OTHERS in line]
    return sorted(lines[-1]["offsets"])


def at_most(worker: Worker) -> list[dict[str, int]]:
    """Return what a worker's log says that may have been left out, by topic."""
    return [json.loads(line)["messages"] for line in worker.log.read_text().splitlines() if AT_MOST in line]


async def stopped(scene: Scene, kind: Kind) -> None:
    """End the workers of a kind, and take them out of their group, as `worker leave` does."""
    await asyncio.to_thread(scene.fleet.scale, kind, 0)
    settings = {"broker": scene.kafka.address}
    left = await asyncio.to_thread(run, "worker", "leave", f"{kind}-0", settings=settings)
    assert left.status == 0, left.error


async def messages(scene: Scene, topic: Topic) -> int:
    return sum((await topics.end_offsets(scene.kafka.address, topic.name)).values())


async def rest(scene: Scene) -> None:
    await topics.until(lambda: at_rest(scene))


async def test_what_is_read_again_is_answered_in_the_same_bytes(scene: Scene) -> None:
    platform = Platform(scene.kafka.address, scene.media)
    for kind in OF:
        scene.fleet.start(kind)
    await platform.ask(*FIRST)
    await rest(scene)

    with pytest.raises(KafkaError):
        await move(scene, "enrich", BEGINNING_MS)
    for kind, (group, _) in OF.items():
        await stopped(scene, kind)
        if kind == "enrich":
            await move(scene, kind, BEGINNING_MS)
        else:
            await group_offsets.delete(scene.kafka.address, group)
    for kind in OF:
        scene.fleet.start(kind)
    await rest(scene)

    assert await messages(scene, EVIDENCE) == 2 * len(FIRST)
    assert [len(answers) for answers in await platform.answers(*FIRST, times=3)] == [3] * len(FIRST)
    assert [len(set(answers)) for answers in await platform.answers(*FIRST)] == [1] * len(FIRST)


async def test_a_gap_is_said_and_filled_by_setting_the_group_back(scene: Scene) -> None:
    platform = Platform(scene.kafka.address, scene.media)
    await stopped(scene, "enrich")
    left_out = [a_claim(f"left-out-{number}", None) for number in range(9)]
    before_ms, evidence = now_ms(), await messages(scene, EVIDENCE)
    await platform.send([msgspec.json.encode(one) for one in left_out])
    passed_over = await messages(scene, REQUESTS)
    places = await move(scene, "enrich", now_ms() + DAY_MS)

    (enrich,) = scene.fleet.start("enrich")
    await platform.ask(*LATER)
    assert not await evidence_of(scene, {one.request_id for one in left_out})
    assert told(enrich) == places
    await topics.until(lambda: asyncio.to_thread(lambda: at_most(enrich) == [{REQUESTS.name: passed_over}]))

    await stopped(scene, "enrich")
    await move(scene, "enrich", before_ms)
    scene.fleet.start("enrich")
    every = [len(set(answers)) for answers in await platform.answers(*FIRST, *left_out, *LATER)]
    assert every == [1] * len(every)
    await rest(scene)
    assert await messages(scene, EVIDENCE) == evidence + len(left_out) + 2 * len(LATER), "no more than since that date"
    assert {status for statuses in scene.fleet.statuses().values() for status in statuses} == {0}


async def evidence_of(scene: Scene, requests: set[str]) -> set[str]:
    found = [
        msgspec.json.decode(one.value or b"{}") for one in await topics.read_all(scene.kafka.address, EVIDENCE.name)
    ]
    return requests & {one["request"]["request_id"] for one in found}
