"""Topics that are deleted and made anew, or grow, while workers run: all that is in them is read."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import msgspec
import pytest
import pytest_asyncio

from schemas.records import EvidenceGathered, PhotoSighted, RefundRequested
from schemas.topics import EVIDENCE, REQUESTS, SIGHTINGS
from tests.faults.fleet import Worker
from tests.faults.scene import Scene, at_work
from tests.integration.asking import Platform, a_claim
from tests.integration.readiness import says
from tests.photos import a_picture, jpeg
from tests.real import topics
from tests.real.kafka import Kafka

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with at_work(kafka, tmp_path_factory.mktemp("system"), "enrich") as scene:
        yield scene


@pytest.fixture(scope="module")
def enrich(scene: Scene) -> Worker:
    (worker,) = scene.fleet.workers("enrich")
    return worker


async def test_requests_in_a_topic_that_was_made_anew_are_read_from_its_first_on(scene: Scene, enrich: Worker) -> None:
    await asked(scene, [a_claim(f"old-{n}", None) for n in range(40)])

    await topics.delete(scene.kafka.address, REQUESTS.name)
    await says(enrich, f"topic {REQUESTS.name} is missing")
    await topics.create_all(scene.kafka.address)
    await asked(scene, [a_claim(f"new-{n}", None) for n in range(40)])

    await says(enrich, "ok")
    assert enrich.statuses == []


async def test_a_topic_that_was_made_anew_before_anyone_noticed_is_read_from_its_first_on(
    scene: Scene, enrich: Worker
) -> None:
    await asked(scene, [a_claim(f"few-{n}", None, buyer_id="b-1") for n in range(5)])

    await topics.delete(scene.kafka.address, REQUESTS.name)
    await topics.create_all(scene.kafka.address)
    await asked(scene, [a_claim(f"many-{n}", None, buyer_id="b-1") for n in range(30)])

    assert enrich.statuses == []


async def test_a_worker_that_was_killed_reads_a_topic_that_was_made_anew_meanwhile(
    scene: Scene, enrich: Worker
) -> None:
    await asked(scene, [a_claim(f"before-{n}", None, buyer_id="b-1") for n in range(5)])

    await topics.delete(scene.kafka.address, REQUESTS.name)
    await says(enrich, f"topic {REQUESTS.name} is missing")  # soon the group deals out partitions without this topic's
    await asyncio.sleep(1)
    scene.fleet.kill(enrich)
    await topics.create_all(scene.kafka.address)

    await asked(scene, [a_claim(f"after-{n}", None, buyer_id="b-1") for n in range(10)])


async def test_what_lies_in_partitions_that_were_added_is_read(scene: Scene, enrich: Worker) -> None:
    grown, ended = REQUESTS.partitions + 2, list(enrich.statuses)
    await topics.grow(scene.kafka.address, REQUESTS.name, grown)

    for partition in range(grown):
        request = a_claim(f"in-{partition}", None)
        await topics.produce(scene.kafka.address, REQUESTS.name, [(None, msgspec.json.encode(request))], partition)

    await evidence_of(scene, {f"in-{partition}" for partition in range(grown)})
    assert enrich.statuses == ended


async def test_claims_after_the_log_of_earlier_photos_was_made_anew_see_each_other(
    scene: Scene, enrich: Worker
) -> None:
    photo = Platform(scene.kafka.address, scene.media).photo("claims/a.jpg", jpeg(a_picture(1, 320, 240)))
    await asked(scene, [a_claim(f"seen-{n}", photo) for n in range(3)])

    await topics.delete(scene.kafka.address, SIGHTINGS.name)
    await topics.create_all(scene.kafka.address)
    for number in range(3):
        await asked(scene, [a_claim(f"anew-{number}", photo)])
    await says(enrich, "ok")

    found = await earlier_of(scene, "anew-2")
    assert {"anew-0", "anew-1"} <= found
    assert found <= await in_the_log(scene), "what is gone from the log is forgotten"


async def test_evidence_in_a_topic_that_was_made_anew_is_decided(scene: Scene, enrich: Worker) -> None:
    (decide,) = scene.fleet.start("decide")
    await says(decide, "ok")
    platform = Platform(scene.kafka.address, scene.media)
    await platform.ask(*(a_claim(f"decided-{n}", None) for n in range(20)))

    await topics.delete(scene.kafka.address, EVIDENCE.name)
    for worker in (enrich, decide):
        await says(worker, f"topic {EVIDENCE.name} is missing")
    await topics.create_all(scene.kafka.address)

    await platform.ask(*(a_claim(f"decided-anew-{n}", None) for n in range(20)))
    assert decide.statuses == []
    scene.fleet.scale("decide", 0)


async def test_a_worker_starts_on_topics_that_have_grown(scene: Scene, enrich: Worker) -> None:
    scene.fleet.kill(enrich)
    await asked(scene, [a_claim(f"grown-{n}", None) for n in range(30)])
    await says(enrich, "ok")


async def test_a_worker_starts_on_topics_that_were_made_anew_with_fewer_partitions(
    scene: Scene, enrich: Worker
) -> None:
    scene.fleet.kill(enrich)
    await topics.delete_all(scene.kafka.address)
    await topics.create_all(scene.kafka.address)

    await asked(scene, [a_claim(f"fewer-{n}", None) for n in range(30)])
    await says(enrich, "ok")


async def earlier_of(scene: Scene, request_id: str) -> set[str | None]:
    """Return the requests of the earlier photos that a claim photo of this request resembles."""
    records = await topics.read_all(scene.kafka.address, EVIDENCE.name)
    told = [msgspec.json.decode(one.value or b"", type=EvidenceGathered) for one in records]
    evidence = next(one for one in told if one.request.request_id == request_id)  # decide keeps the first as well
    return {sighting.request_id for medium in evidence.media for sighting in medium.sightings}


async def in_the_log(scene: Scene) -> set[str | None]:
    """Return the requests whose photos are in the log of earlier photos: a worker that begins anew reads some again."""
    records = await topics.read_all(scene.kafka.address, SIGHTINGS.name)
    return {msgspec.json.decode(one.value or b"", type=PhotoSighted).request_id for one in records}


async def asked(scene: Scene, requests: Sequence[RefundRequested]) -> None:
    """Return once there is evidence of each."""
    await topics.produce(
        scene.kafka.address, REQUESTS.name, [(one.buyer_id.encode(), msgspec.json.encode(one)) for one in requests]
    )
    await evidence_of(scene, {one.request_id for one in requests})


async def evidence_of(scene: Scene, requests: set[str]) -> None:
    missing = set(requests)

    async def none_missing() -> bool:
        records = await topics.read_all(scene.kafka.address, EVIDENCE.name)
        missing.difference_update(msgspec.json.decode(one.value or b"{}")["request"]["request_id"] for one in records)
        await asyncio.sleep(0.1)
        return not missing

    try:
        await topics.until(none_missing)
    except TimeoutError:
        pytest.fail(f"no evidence of {sorted(missing)}")
