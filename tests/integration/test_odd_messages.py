"""Messages that Kafka takes as legal, however odd: each is answered or a dead letter, and the next one is decided."""

import asyncio
import time
from collections.abc import AsyncIterator

import msgspec
import pytest
import pytest_asyncio

from schemas.records import CataloguePhotoRegistered
from schemas.topics import CATALOGUE, DEAD_LETTERS, REQUESTS, Topic
from streams.adapters.kafka import dead_letters, topic_reader
from streams.settings import Settings
from tests.builders import AT_MS
from tests.faults.scene import Scene, Sqlite, set_scene
from tests.integration.asking import Platform, a_claim
from tests.real import topics
from tests.real.kafka import Kafka
from tests.real.odd_messages import GZIP, a_batch, send_batch

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="module")]

LATIN = [("größe".encode("latin-1"), b"12"), (b"\xff\xfe", None)]
LATIN_READ = ["gr��e", "��"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    folder = tmp_path_factory.mktemp("system")
    async with set_scene(kafka, Sqlite(folder), folder) as scene:
        scene.fleet.start("enrich")
        scene.fleet.start("decide")
        await topics.until(lambda: asyncio.to_thread(scene.fleet.ready))
        yield scene


@pytest.fixture(scope="module")
def platform(scene: Scene) -> Platform:
    return Platform(scene.kafka.address, scene.media)


def as_json(request_id: str) -> bytes:
    return msgspec.json.encode(a_claim(request_id, None, buyer_id="b-1"))


async def test_a_request_whose_header_names_are_not_utf_8_is_decided_like_any_other(
    scene: Scene, platform: Platform
) -> None:
    for number, codec in enumerate((0, GZIP)):
        batch = a_batch([as_json(f"headed-{number}")], LATIN, codec=codec)
        await send_batch(scene.kafka.address, REQUESTS.name, 0, batch)

    await platform.answers(*(a_claim(f"headed-{number}", None, buyer_id="b-1") for number in range(2)))
    assert scene.fleet.ends() == 0


async def test_a_dead_letter_keeps_such_headers_and_can_be_sent_again(scene: Scene, platform: Platform) -> None:
    settings = Settings.model_validate({"broker": scene.kafka.address})
    offset = await send_batch(scene.kafka.address, REQUESTS.name, 1, a_batch([b"not JSON"], LATIN))
    place = (REQUESTS.name, 1, offset)
    (letter,) = await platform.letters(place)

    done = await dead_letters.replay(settings, [place])
    again = [one async for one in topic_reader.whole(settings, REQUESTS) if one.value == b"not JSON"]

    assert [name for name, _ in letter.headers] == LATIN_READ
    assert done.sent == [place]
    assert [[name for name, _ in one.headers] for one in again] == [LATIN_READ, LATIN_READ]


@pytest.mark.parametrize("topic", [REQUESTS, CATALOGUE], ids=["requests", "catalogue"])
async def test_times_that_cannot_be_the_brokers_are_dead_letters_of_their_own(
    scene: Scene, platform: Platform, topic: Topic
) -> None:
    address = scene.kafka.address
    await topics.configure(address, topic.name, {"message.timestamp.type": "CreateTime", FUTURE: str(2**62)})
    try:
        wrong = [0, -1, YEAR_1999_MS, now_ms() + 400 * DAY_MS, 2**61]
        places = []
        for number, time_ms in enumerate(wrong):
            value = as_json(f"odd-{number}") if topic is REQUESTS else a_photo(f"odd-{number}")
            offset = await send_batch(address, topic.name, 2, a_batch([value], time_ms=time_ms))
            places.append((topic.name, 2, offset))
        good = a_batch([as_json(f"sound-{topic.name}")], time_ms=now_ms())
        await send_batch(address, REQUESTS.name, 2, good)

        letters = await platform.letters(*places)
        await platform.answers(a_claim(f"sound-{topic.name}", None, buyer_id="b-1"))
    finally:
        await topics.configure(address, topic.name, {})

    assert {(letter.error.class_, letter.stage) for letter in letters} == {("ContractError", "refund-sentinel-enrich")}
    assert all("LogAppendTime" in letter.error.message for letter in letters)
    of_decide = [one for one in await topics.read_all(address, DEAD_LETTERS.name) if DECIDE in (one.value or b"")]
    assert of_decide == []


DECIDE = b'"refund-sentinel-decide"'
FUTURE = "message.timestamp.after.max.ms"
DAY_MS = 86_400_000
YEAR_1999_MS = 946_000_000_000


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def a_photo(photo_id: str) -> bytes:
    photo = CataloguePhotoRegistered(
        photo_id=photo_id, merchant_id="m-1", product_id="p-1", uri="nowhere.jpg", registered_at_ms=AT_MS
    )
    return msgspec.json.encode(photo)
