"""Topics that grow while requests come in, drawn: a buyer's key moves to another partition; nothing else changes."""

import asyncio
import random
from collections.abc import AsyncIterator

import msgspec
import pytest
import pytest_asyncio

from schemas.records import RefundDecided, RefundRequested
from schemas.topics import EVIDENCE, REQUESTS
from tests.faults.scene import Scene, at_work
from tests.integration.asking import Platform, a_claim, codes
from tests.photos import a_picture, jpeg
from tests.real import topics
from tests.real.kafka import Kafka

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="module")]

BUYERS, ROUNDS = 8, 4


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with at_work(kafka, tmp_path_factory.mktemp("system"), "enrich", "decide") as scene:
        yield scene


async def send(scene: Scene, requests: list[RefundRequested]) -> dict[str, int]:
    """Send requests under their buyers' keys, and return the partition of each buyer."""
    messages = [(one.buyer_id.encode(), msgspec.json.encode(one)) for one in requests]
    places = await topics.produce(scene.kafka.address, REQUESTS.name, messages)
    return {one.buyer_id: place[0] for one, place in zip(requests, places, strict=True)}


def decided(answer: bytes) -> RefundDecided:
    return msgspec.json.decode(answer, type=RefundDecided)


@pytest.mark.parametrize("seed", [1, 2])
async def test_what_moves_to_a_partition_that_was_added_is_decided_as_if_it_had_not(scene: Scene, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - no secret
    platform = Platform(scene.kafka.address, scene.media)
    photos = [platform.photo(f"claims/{seed}-{n}.jpg", jpeg(a_picture(100 * seed + n, 320, 240))) for n in range(3)]
    buyers = [f"b-{seed}-{number}" for number in range(BUYERS)]
    asked: list[RefundRequested] = []
    places: list[dict[str, int]] = []
    counts = {topic: draw.randrange(1, 4) for topic in (REQUESTS, EVIDENCE)}
    for turn in range(ROUNDS):
        order = [buyer for buyer in buyers for _ in range(draw.randrange(1, 4))]
        draw.shuffle(order)
        now = [
            a_claim(f"r-{seed}-{turn}-{n}", photos[turn % len(photos)] if n in {0, 1} else None, buyer_id=buyer)
            for n, buyer in enumerate(order)
        ]
        growing = [
            topics.grow(scene.kafka.address, topic.name, topic.partitions * seed + turn * count)
            for topic, count in counts.items()
            if turn and draw.random() < 0.8
        ]
        sending = asyncio.create_task(send(scene, now))
        await asyncio.gather(*growing)
        places.append(await sending)
        asked += now
        await platform.answers(*now)

    answers = await platform.answers(*asked)
    assert any(places[0][buyer] != places[-1].get(buyer, places[0][buyer]) for buyer in buyers), "no key moved"
    assert [len(set(each)) for each in answers] == [1] * len(asked)
    told = {one.request_id: decided(each[0]) for one, each in zip(asked, answers, strict=True)}
    for turn in range(ROUNDS):  # of two near-duplicates the later sees the earlier, whatever the partitions
        pair = [codes(told[f"r-{seed}-{turn}-{number}"]) for number in (0, 1)]
        assert any("USED_BEFORE" in each for each in pair), turn
    assert "USED_BEFORE" in codes(told[f"r-{seed}-{ROUNDS - 1}-0"]), "the first round used this photo"

    draw.shuffle(asked)
    await send(scene, asked)
    again = await platform.answers(*asked, times=2)
    assert [len(set(each)) for each in again] == [1] * len(asked), (
        "a repeat is the same bytes, wherever its key lies now"
    )
    assert scene.fleet.ends() == 0
