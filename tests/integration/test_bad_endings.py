"""What ends a worker or floods it: one dead letter, or a pause that somebody ends; never the stream."""

import asyncio
import json
import signal
from functools import partial
from pathlib import Path

import msgspec
import pytest

from schemas.topics import DEAD_LETTERS, REQUESTS
from streams.delivery.poison_pills import DEATHS, STARTS
from tests.command_line import run
from tests.faults.course import ENRICH
from tests.faults.fleet import OK, Worker
from tests.faults.planted.faults import ABORTS, SLOW
from tests.faults.scene import Sqlite, set_scene
from tests.integration.asking import Platform, a_claim
from tests.photos import a_picture, jpeg
from tests.real import topics
from tests.real.kafka import Kafka

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(3_600)]

UNAVAILABLE = 503
SEVERAL_LIVES_S = 1_500
PLANTED = ("-m", "tests.faults.planted")


@pytest.mark.parametrize("fault", ["abort_on_one_request", "abort_late_on_one_request"])
async def test_an_input_that_ends_the_process_costs_one_dead_letter_after_a_few_restarts(
    kafka: Kafka, tmp_path: Path, fault: str
) -> None:
    async with set_scene(kafka, Sqlite(tmp_path), tmp_path, (*PLANTED, fault)) as scene:
        platform = Platform(kafka.address, scene.media, SEVERAL_LIVES_S)
        photo = platform.photo("claims/a.jpg", jpeg(a_picture(1, 320, 240)))
        scene.fleet.start("enrich")
        scene.fleet.start("decide")

        await platform.send([msgspec.json.encode(a_claim(ABORTS, photo))])
        await platform.ask(*(a_claim(f"other-{n}", photo, buyer_id=f"b-{n}") for n in range(30)))
        letters = await platform.letters(await platform.evidence_of(ABORTS))

        assert [(letter.error.class_, letter.attempts) for letter in letters] == [("EndedTheProcess", DEATHS)]
        deaths = scene.fleet.statuses()["decide-0"]
        assert set(deaths) == {-signal.SIGABRT}
        assert 5 <= len(deaths) <= 7, "two to be suspected, three alone; a commit in between makes it another head"


async def test_a_message_during_which_the_worker_is_killed_twice_by_chance_is_decided_all_the_same(
    kafka: Kafka, tmp_path: Path
) -> None:
    async with set_scene(kafka, Sqlite(tmp_path), tmp_path, (*PLANTED, "judge_one_request_slowly")) as scene:
        platform = Platform(kafka.address, scene.media)
        photo = platform.photo("claims/a.jpg", jpeg(a_picture(1, 320, 240)))
        scene.fleet.start("enrich")
        (decide,) = scene.fleet.start("decide")

        await platform.send([msgspec.json.encode(a_claim(SLOW, photo))])
        for tried in [0] * (STARTS - 1) + list(range(1, DEATHS)):
            await topics.until(partial(asyncio.to_thread, at_work, decide, tried), SEVERAL_LIVES_S)
            scene.fleet.kill(decide)
        (answer,) = await platform.answers(a_claim(SLOW, photo))

        assert scene.fleet.statuses()["decide-0"] == [-signal.SIGKILL] * (STARTS - 1 + DEATHS - 1)
        assert len(set(answer)) == 1
        assert await topics.read_all(kafka.address, DEAD_LETTERS.name) == []


def at_work(worker: Worker, tried: int) -> bool:
    """Return whether the worker is at its only message, which it takes alone for that time (0: as usual)."""
    page = worker.get("/metrics")
    busy = page is not None and 'sentinel_in_flight_events{topic="refund.evidence.v1"} 1.0' in page[1]
    return busy and sum(json.loads((worker.home / "poison-pills.json").read_text())["tries"].values()) == tried


async def test_a_flood_of_dead_letters_pauses_the_topic_until_somebody_resumes_it(kafka: Kafka, tmp_path: Path) -> None:
    settings = {"SENTINEL_DEAD_LETTER_STOP_RUN": "10"}
    async with set_scene(kafka, Sqlite(tmp_path), tmp_path, settings=settings) as scene:
        platform = Platform(kafka.address, scene.media)
        photo = platform.photo("claims/a.jpg", jpeg(a_picture(1, 320, 240)))
        (enrich,) = scene.fleet.start("enrich")
        scene.fleet.start("decide")

        places = await platform.send([b"not JSON"] * 15)
        await says(enrich, UNAVAILABLE, "refund.requests.v1 is paused")
        await committed(kafka.address, 10)
        resumed = run("dlq", "resume", "--topic", "refund.requests.v1", settings={"data_dir": str(enrich.home)})
        await platform.letters(*places)
        await platform.ask(a_claim("after-the-flood", photo))

        assert resumed.status == 0
        await says(enrich, OK, "ok")


async def committed(address: str, count: int) -> None:
    """Return once so many messages were acknowledged for good."""

    async def they_are() -> bool:
        return sum((await topics.committed(address, ENRICH, REQUESTS.name)).values()) >= count

    await topics.until(they_are)


async def says(worker: Worker, status: int, part: str) -> None:
    """Return once ``/ready`` answers so."""

    async def it_says() -> bool:
        said = worker.get("/ready")
        return said is not None and said[0] == status and part in said[1]

    await topics.until(it_says)
