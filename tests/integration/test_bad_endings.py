"""What ends a worker or floods it: one dead letter, or a pause that somebody ends; never the stream."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial

import msgspec
import pytest
import pytest_asyncio

from schemas.records import DeadLetter
from schemas.topics import DEAD_LETTERS, REQUESTS
from streams.delivery.poison_pills import DEATHS, STARTS
from tests.command_line import run
from tests.faults.course import ENRICH
from tests.faults.fleet import Worker
from tests.faults.planted.faults import ABORTS, HELD, LET_GO
from tests.faults.scene import Scene, Sqlite, set_scene
from tests.integration.asking import Platform, a_claim
from tests.integration.readiness import says
from tests.photos import a_picture, jpeg
from tests.real import topics
from tests.real.kafka import Kafka

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.slow,
    pytest.mark.timeout(3_600),
    pytest.mark.asyncio(loop_scope="module"),
]

SEVERAL_LIVES_S = 1_500
PLANTED = ("-m", "tests.faults.planted", "abort_on_one_request,hold_one_request")
SETTINGS = {
    "SENTINEL_DEAD_LETTER_STOP_RUN": "10",
    "SENTINEL_DATABASE_LIMIT_S": "600",  # judging that waits is no database that is away
}


@dataclass(frozen=True)
class System:
    """One worker of each kind, with faults that wait for their requests, and a platform."""

    scene: Scene
    platform: Platform
    photo: str
    enrich: Worker
    decide: Worker


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    folder = tmp_path_factory.mktemp("system")
    async with set_scene(kafka, Sqlite(tmp_path_factory.mktemp("database")), folder, PLANTED, SETTINGS) as scene:
        platform = Platform(kafka.address, scene.media, SEVERAL_LIVES_S)
        photo = platform.photo("claims/a.jpg", jpeg(a_picture(1, 320, 240)))
        (enrich,), (decide,) = scene.fleet.start("enrich"), scene.fleet.start("decide")
        yield System(scene, platform, photo, enrich, decide)


async def test_a_message_during_which_the_worker_is_killed_twice_by_chance_is_decided_all_the_same(
    system: System,
) -> None:
    held, decide = a_claim(HELD, system.photo), system.decide
    lives = len(decide.statuses)

    await system.platform.send([msgspec.json.encode(held)])
    place = await system.platform.evidence_of(HELD)
    for kills, tried in enumerate([0] * (STARTS - 1) + list(range(1, DEATHS)), start=1):
        await topics.until(partial(asyncio.to_thread, at_work, decide, place, tried), SEVERAL_LIVES_S)
        system.scene.fleet.kill(decide)
        await topics.until(partial(asyncio.to_thread, has_ended, decide, lives + kills))
    (decide.home / LET_GO).touch()
    (answer,) = await system.platform.answers(held)

    assert decide.statuses[lives:] == [-signal.SIGKILL] * (STARTS - 1 + DEATHS - 1)
    assert len(set(answer)) == 1
    assert place not in await buried(system)


def at_work(worker: Worker, place: tuple[str, int, int], tried: int) -> bool:
    """Return whether the worker is at its only message, which it takes alone for that time (0: as usual)."""
    page = worker.get("/metrics")
    busy = page is not None and 'sentinel_in_flight_events{topic="refund.evidence.v1"} 1.0' in page[1]
    notes = worker.home / "poison-pills.json"
    return busy and json.loads(notes.read_text())["tries"].get("/".join(map(str, place)), 0) == tried


def has_ended(worker: Worker, times: int) -> bool:
    return len(worker.statuses) >= times


async def buried(system: System) -> set[tuple[str, int, int]]:
    """Return which messages are dead letters."""
    letters = await topics.read_all(system.scene.kafka.address, DEAD_LETTERS.name)
    return {msgspec.json.decode(letter.value or b"", type=DeadLetter).identity for letter in letters}


async def test_an_input_that_ends_the_process_costs_one_dead_letter_after_a_few_restarts(system: System) -> None:
    lives = len(system.decide.statuses)

    await system.platform.send([msgspec.json.encode(a_claim(ABORTS, system.photo))])
    await system.platform.ask(*(a_claim(f"other-{n}", system.photo, buyer_id=f"b-{n}") for n in range(30)))
    letters = await system.platform.letters(await system.platform.evidence_of(ABORTS))

    assert [(letter.error.class_, letter.attempts) for letter in letters] == [("EndedTheProcess", DEATHS)]
    deaths = system.decide.statuses[lives:]
    assert set(deaths) == {-signal.SIGABRT}
    assert 5 <= len(deaths) <= 7, "two to be suspected, three alone; a commit in between makes it another head"


async def test_a_flood_of_dead_letters_pauses_the_topic_until_somebody_resumes_it(system: System) -> None:
    enrich = system.enrich

    places = await system.platform.send([b"not JSON"] * 15)
    await says(enrich, "refund.requests.v1 is paused")
    await committed(system.scene.kafka.address, places[9])
    resumed = run("dlq", "resume", "--topic", "refund.requests.v1", settings={"data_dir": str(enrich.home)})
    await system.platform.letters(*places)
    await system.platform.ask(a_claim("after-the-flood", system.photo))

    assert resumed.status == 0
    await says(enrich, "ok")


async def committed(address: str, place: tuple[str, int, int]) -> None:
    """Return once a request was acknowledged for good."""
    _, partition, offset = place

    async def it_is() -> bool:
        return (await topics.committed(address, ENRICH, REQUESTS.name)).get(partition, 0) > offset

    await topics.until(it_is)
