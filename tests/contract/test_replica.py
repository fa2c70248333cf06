"""The replica of the log of earlier photos, on both brokers: what it answers, and what it knows after a new start."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from schemas.codec import decode
from schemas.records import PhotoSighted
from schemas.topics import SIGHTINGS
from streams.adapters.kafka.earlier_photos import LoggedPhotos
from streams.adapters.kafka.replica import ROOM, Replica
from streams.adapters.kafka.topic_reader import whole
from streams.clock import now_ms
from streams.delivery.messages import Outgoing
from streams.errors import ReplicaBehind
from streams.metrics import Metrics
from streams.settings import Settings
from streams.sightings.index import ERASED_KEPT_MS, still_found
from tests.builders import DAY_MS
from tests.real.kafka import Kafka
from tests.real.topics import create_all, delete_all, make_anew, until
from tests.unit.sightings.sightings import a_catalogue_sighting, a_claim_sighting, chance_of, flipped


@pytest.fixture(params=[pytest.param("kafka", marks=pytest.mark.kafka), pytest.param("tansu", marks=pytest.mark.tansu)])
async def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A broker with every topic of the contract, empty, and a folder for the replica."""
    broker = request.getfixturevalue(request.param)
    await (make_anew if isinstance(broker, Kafka) else create_all)(broker.address)
    replica_dir = tmp_path / "replica"
    return Settings(broker=broker.address, data_dir=tmp_path, replica_dir=replica_dir, replica_limit_s=300)


@asynccontextmanager
async def a_replica(settings: Settings) -> AsyncIterator[Replica]:
    """Run a replica that has read as far as the log went when it was started."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers)
    await producer.start()

    async def send(message: Outgoing) -> int:
        sent = await producer.send_and_wait(message.topic, message.value, key=message.key, partition=0)
        return int(sent.offset)

    replica = Replica(settings, send, Metrics())
    try:
        await replica.start()
        following = asyncio.create_task(replica.run())
        await replica.caught_up()
        yield replica
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
    finally:
        await replica.stop()
        await producer.stop()


async def tombstone(settings: Settings, sighting_id: str) -> int:
    producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers)
    await producer.start()
    sent = await producer.send_and_wait(SIGHTINGS.name, None, key=sighting_id.encode(), partition=0)
    await producer.stop()
    return int(sent.offset)


async def seal(replica: Replica) -> None:
    """Seal everything that is in the log."""
    await replica._reach(await replica.end.now())
    await replica._in_thread(replica._index.seal)


async def found(replica: Replica, sighting: PhotoSighted, position: int) -> list[int]:
    return [earlier.position for earlier in (await replica.earlier(sighting, position)).sightings]


async def test_of_two_near_duplicates_the_later_sees_the_earlier_and_a_replay_answers_alike(settings: Settings) -> None:
    chance = chance_of(1)
    first, second = a_claim_sighting(1), a_claim_sighting(2, bits=flipped(0, 31, chance))
    async with a_replica(settings) as one, a_replica(settings) as other:
        positions = list(await asyncio.gather(one.publish(first), other.publish(second)))
        later, at = max(zip((second, first), reversed(positions), strict=True), key=lambda pair: pair[1])
        assert await found(one, later, at) == await found(other, later, at) == [min(positions)]
        await one.publish(a_claim_sighting(3))
        assert [await one.publish(first), await other.publish(second)] == positions
        assert await found(one, later, at) == [min(positions)]


async def test_a_photo_that_two_workers_publish_at_once_has_one_position(settings: Settings) -> None:
    async with a_replica(settings) as one, a_replica(settings) as other:
        for number in range(5):
            sighting = a_claim_sighting(number)
            first, second = await asyncio.gather(one.publish(sighting), other.publish(sighting))
            assert first == second
            assert await one.publish(sighting) == first


async def test_how_far_the_log_goes_is_seen_while_nothing_is_looked_up(settings: Settings) -> None:
    async with a_replica(settings) as writing:
        idle = Replica(settings.model_copy(update={"replica_dir": None}), writing._send, Metrics())
        await idle.start()
        watching = asyncio.create_task(idle.end.watch())
        try:
            for number in range(3):
                await writing.publish(a_claim_sighting(number))

            async def seen() -> bool:
                await asyncio.sleep(0.1)
                return idle._metrics.registry.get_sample_value("sentinel_replica_end") == 3

            await until(seen, 240)
            assert idle.position == 0
        finally:
            watching.cancel()
            await idle.stop()


async def test_a_photo_waits_for_a_replica_that_is_behind(settings: Settings) -> None:
    async with a_replica(settings) as writing:
        await writing.publish(a_claim_sighting(1))
        behind = Replica(settings.model_copy(update={"replica_dir": None}), writing._send, Metrics())
        await behind.start()
        try:
            waiting = asyncio.create_task(behind.publish(a_claim_sighting(2)))
            await asyncio.wait({waiting}, timeout=0.2)
            assert not waiting.done()
            following = asyncio.create_task(behind.run())
            assert await found(behind, a_claim_sighting(2), await waiting) == [0]
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
        finally:
            await behind.stop()


async def test_a_replica_that_stays_behind_says_so_counts_it_and_the_photo_is_in_the_log(settings: Settings) -> None:
    late = a_claim_sighting(2)
    async with a_replica(settings) as writing:
        await writing.publish(a_claim_sighting(1))
        changes = {"replica_dir": None, "replica_limit_s": 0.2}
        metrics = Metrics()
        behind = Replica(settings.model_copy(update=changes), writing._send, metrics)
        await behind.start()
        try:
            with pytest.raises(ReplicaBehind, match="only 0 of 1"):
                await behind.publish(late)
            with pytest.raises(ReplicaBehind, match="only 0 of 2"):
                await behind.earlier(late, 1)
        finally:
            await behind.stop()
        assert metrics.registry.get_sample_value("sentinel_replica_late_total") == 2
        assert await writing.publish(late) == 1


async def test_a_variant_of_the_photo_finds_what_the_photo_as_it_is_does_not(settings: Settings) -> None:
    turned = chance_of(2).getrandbits(256)
    async with a_replica(settings) as replica:
        await replica.publish(a_claim_sighting(1, bits=turned))
        asked = a_claim_sighting(2)
        position = await replica.publish(asked)
        assert await found(replica, asked, position) == []
        with_variants = await replica.earlier(asked, position, variants=[f"{turned:064x}"])
        assert [one.position for one in with_variants.sightings] == [0]


async def test_a_replica_that_starts_again_reads_on_where_its_segments_end(settings: Settings) -> None:
    async with a_replica(settings) as replica:
        for number in range(20):
            await replica.publish(a_claim_sighting(number))
        await seal(replica)
        last = await replica.publish(a_claim_sighting(20))
    again = Replica(settings, replica._send, Metrics())
    await again.start()
    assert again.position == 20
    await again.stop()
    async with a_replica(settings) as replica:
        assert await found(replica, a_claim_sighting(99), last) == list(range(20))
        assert replica.position == 21


async def test_a_flipped_byte_in_a_segment_is_noticed_and_the_segment_made_anew(settings: Settings) -> None:
    async with a_replica(settings) as replica:
        for number in range(5):
            await replica.publish(a_claim_sighting(number))
        await seal(replica)
    (segment,) = (settings.data_dir / "replica").glob("*.segment")
    raw = bytearray(segment.read_bytes())
    raw[4_100] ^= 1
    segment.write_bytes(raw)
    async with a_replica(settings) as replica:
        assert await found(replica, a_claim_sighting(99), 4) == list(range(4))
        assert segment.with_name(f"{segment.name}.damaged").exists()


async def test_a_tombstone_in_the_log_erases_before_and_after_a_start(settings: Settings) -> None:
    async with a_replica(settings) as replica:
        for number in range(3):
            await replica.publish(a_claim_sighting(number))
        await seal(replica)
        erased = await tombstone(settings, a_claim_sighting(1).sighting_id)
        assert await found(replica, a_claim_sighting(99), erased) == [0, 2]
    async with a_replica(settings) as replica:
        assert await found(replica, a_claim_sighting(99), erased) == [0, 2]


async def test_a_catalogue_photo_that_is_withdrawn_is_not_found_until_it_comes_back(settings: Settings) -> None:
    listed, asked = a_catalogue_sighting(1), a_claim_sighting(2)
    async with a_replica(settings) as replica:
        at = await replica.publish(listed)
        position = await replica.publish(asked)
        answers = []
        for withdrawn in (True, True, False):
            again = a_catalogue_sighting(1, withdrawn=withdrawn, seen_at_ms=listed.seen_at_ms + DAY_MS)
            assert await replica.publish(again) == at
            await replica._reach(await replica.end.now())
            answers.append(await found(replica, asked, position))
        assert answers == [[], [], [at]]
        assert replica.position == 4, "what the log says already is not said again"
    appended = [decode(PhotoSighted, one.value) async for one in whole(settings, SIGHTINGS)]
    seen = {one.seen_at_ms for one in appended if one.source == "catalogue"}
    assert seen == {listed.seen_at_ms}, "a message may be the only one that is left: it says when the first came"


async def test_what_was_erased_a_day_ago_is_rewritten_without_a_message_and_found_no_more(settings: Settings) -> None:
    marked = "5e" * 32
    photo = a_claim_sighting(1, sha256=marked)

    def on_disk() -> bool:
        segments = (settings.data_dir / "replica").glob("*.segment")
        return any(bytes.fromhex(marked) in segment.read_bytes() for segment in segments)

    async with a_replica(settings) as replica:
        for sighting in (a_claim_sighting(0), photo, a_claim_sighting(2)):
            await replica.publish(sighting)
        await seal(replica)

        def look() -> set[str]:
            return still_found(replica._index, [photo.sighting_id], [photo])

        assert await replica._in_thread(look) == {photo.sighting_id}
        erased = await tombstone(settings, photo.sighting_id)
        await replica._reach(erased + 1)
        assert await replica._in_thread(look) == set()
        assert on_disk()

        await replica._in_thread(lambda: replica._index.tidy(now_ms() + ERASED_KEPT_MS))
        await replica._in_thread(replica._index.finish_sealing)

        assert not on_disk()
        assert await found(replica, a_claim_sighting(99), erased) == [0, 2]


async def test_processes_that_share_a_folder_answer_alike_and_one_writes(settings: Settings) -> None:
    async with a_replica(settings) as one, a_replica(settings) as other:
        for number in range(10):
            await one.publish(a_claim_sighting(number))
        await seal(one)
        last = await other.publish(a_claim_sighting(10))
        assert await found(one, a_claim_sighting(99), last) == list(range(10))
        assert await found(other, a_claim_sighting(99), last) == list(range(10))
        assert (one._index.writes, other._index.writes) == (True, False)


async def test_whoever_searches_by_photo_finds_what_no_worker_has_sealed_and_leaves_the_folder_alone(
    settings: Settings,
) -> None:
    async with a_replica(settings) as worker:
        for number in range(2):
            await worker.publish(a_claim_sighting(number, seen_at_ms=now_ms()))
        await seal(worker)
        await worker.publish(a_claim_sighting(2, seen_at_ms=now_ms()))
        await worker.publish(a_catalogue_sighting(3, seen_at_ms=now_ms()))
        asked = [a_claim_sighting().fingerprint.bits, "f" * 64]
        elsewhere = settings.model_copy(update={"replica_dir": None, "data_dir": settings.data_dir / "console"})
        for place in (settings, elsewhere):
            found = await LoggedPhotos(place).like(asked, 50)
            assert ([one.position for one in found.earlier], found.complete) == ([0, 1, 2, 3], True)
        assert worker._index.writes


@pytest.mark.parametrize("photos", [1, 30])
async def test_segments_of_a_log_that_was_made_anew_do_not_count(settings: Settings, photos: int) -> None:
    async with a_replica(settings) as replica:
        for number in range(10):
            await replica.publish(a_claim_sighting(number))
        await seal(replica)
    await delete_all(settings.broker)
    await create_all(settings.broker)
    fresh = settings.model_copy(update={"replica_dir": settings.data_dir / "elsewhere"})
    async with a_replica(fresh) as replica:
        for number in range(photos):
            await replica.publish(a_catalogue_sighting(number))
    async with a_replica(settings) as replica:
        assert await found(replica, a_claim_sighting(99), photos - 1) == list(range(min(photos - 1, ROOM.catalogue)))
