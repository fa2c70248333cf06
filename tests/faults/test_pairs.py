"""Of two claim photos that are nearly the same, sent at once, one is always seen by the other, whoever is killed."""

import asyncio
import os
import random
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from schemas.topics import EVIDENCE, REQUESTS
from tests.faults.course import ENRICH
from tests.faults.disturbances import READY_WITHIN_S
from tests.faults.pairs import Pair, draw_pairs, failures, send_at_once
from tests.faults.scene import Scene, Sqlite, set_scene
from tests.real import topics
from tests.real.kafka import Kafka

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(1_800)]

REST_WITHIN_S = 600
SEED = 20_261_122


def workers(*faults: str) -> Sequence[str]:
    """Return the program of real workers that take addresses for photos, and seal small segments, and merge them."""
    return ("-m", "tests.faults.planted", ",".join(("photos_by_address", "seal_small_segments", *faults)))


async def gathered(scene: Scene) -> int:
    await asyncio.sleep(0.1)  # each look costs the broker a connection
    scene.fleet.check()
    return sum((await topics.end_offsets(scene.kafka.address, EVIDENCE.name)).values())


async def at_rest(scene: Scene) -> None:
    async def it_is() -> bool:
        await asyncio.sleep(0.2)
        scene.fleet.check()
        return await topics.lag(scene.kafka.address, ENRICH, REQUESTS.name) == 0

    await topics.until(it_is, REST_WITHIN_S)


async def kill_at(scene: Scene, chance: random.Random, counts: Sequence[int]) -> None:
    """Kill a worker with -9 each time so many evidences were gathered; halfway others come, and go again."""
    for number, count in enumerate(counts):

        async def so_many(count: int = count) -> bool:
            return await gathered(scene) >= count

        await topics.until(so_many, REST_WITHIN_S)
        if number == len(counts) // 2:
            await asyncio.to_thread(scene.fleet.scale, "enrich", 3)
        victim = chance.choice(scene.fleet.workers("enrich"))
        scene.fleet.kill(victim)


async def through_kills(
    kafka: Kafka, folder: Path, count: int, kills: int, *faults: str, seed: int = SEED
) -> list[str]:
    """Return what is wrong after pairs were sent at once while workers were killed, and then all were sent again."""
    chance = random.Random(seed)  # noqa: S311 - to repeat a failure
    pairs = draw_pairs(count, chance)
    async with set_scene(kafka, Sqlite(folder), folder, workers(*faults)) as scene:
        scene.fleet.start("enrich", 2)
        await topics.until(lambda: asyncio.to_thread(scene.fleet.ready), READY_WITHIN_S)
        killing = kill_at(scene, chance, [2 * count * (number + 1) // (kills + 2) for number in range(kills)])
        halves = [pair.first for pair in pairs], [pair.second for pair in pairs]
        await asyncio.gather(send_at_once(kafka.address, halves), killing)
        await at_rest(scene)
        await send_again(scene, pairs, chance)
        return await failures(kafka.address, pairs)


async def send_again(scene: Scene, pairs: Sequence[Pair], chance: random.Random) -> None:
    """Send everything once more in another order, to other workers, one of which has lost its segments."""
    await asyncio.to_thread(scene.fleet.scale, "enrich", 1)
    (worker,) = scene.fleet.workers("enrich")
    shutil.rmtree(worker.home / "replica")
    scene.fleet.kill(worker)
    again = [request for pair in pairs for request in (pair.first, pair.second)]
    chance.shuffle(again)
    before = await gathered(scene)
    await send_at_once(scene.kafka.address, (again[::2], again[1::2]))

    async def all_are_there() -> bool:
        return await gathered(scene) >= before + len(again)

    await topics.until(all_are_there, REST_WITHIN_S)


async def test_of_150_pairs_sent_at_once_the_later_sees_the_earlier_though_workers_are_killed(
    kafka: Kafka, tmp_path: Path
) -> None:
    assert await through_kills(kafka, tmp_path, 150, 3) == []


@pytest.mark.long
async def test_of_2_000_pairs_sent_at_once_the_later_sees_the_earlier_though_workers_are_killed(
    kafka: Kafka, tmp_path: Path
) -> None:
    seed = int(os.environ.get("FAULTS_SEED", time.time_ns() % 1_000_000))
    assert await through_kills(kafka, tmp_path, 2_000, 12, seed=seed) == [], f"FAULTS_SEED={seed} repeats this"


async def test_searching_before_the_own_position_was_read_is_found(kafka: Kafka, tmp_path: Path) -> None:
    said = await through_kills(kafka, tmp_path, 50, 0, "read_late", "search_before_reading")
    assert any("should have found" in one for one in said)


@pytest.mark.long
async def test_publishing_a_replayed_photo_anew_is_found(kafka: Kafka, tmp_path: Path) -> None:
    said = await through_kills(kafka, tmp_path, 50, 0, "publish_anew")
    assert any("is reported otherwise" in one for one in said)
