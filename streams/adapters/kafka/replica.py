"""The replica of the log of sightings: read without a consumer group, so its position is an offset and nothing else.

Of two near-duplicates the later always sees the earlier: a photo is published first, and looked up once the replica
has read as far as the photo's own position. What was read is kept in a folder of segments, which the processes of one
host may share: a worker that starts maps them, and reads the log from their end on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

import msgspec
import structlog
from aiokafka import TopicPartition

from schemas.codec import encode
from schemas.records import PhotoSighted
from schemas.topics import SIGHTINGS, SIGHTINGS_PARTITION
from schemas.units import NEAR_BITS
from streams.adapters.kafka.answering import answering
from streams.adapters.kafka.clients import new_consumer
from streams.adapters.kafka.log_end import LogEnd
from streams.adapters.kafka.replica_index import open_index, take_up
from streams.clock import now_ms
from streams.delivery.messages import Outgoing
from streams.errors import BrokerUnavailable, ReplicaBehind
from streams.metrics import Metrics
from streams.settings import Settings
from streams.sightings.found import Found, Registered, Room
from streams.sightings.photos import Standing
from streams.sightings.warming import warm
from streams.wording import causes

if TYPE_CHECKING:
    from aiokafka.structs import ConsumerRecord

    from streams.sightings.index import SightingIndex

T = TypeVar("T")

POLL_MS = 500
AT_ONCE = 1_000
"""Records taken up at a time: a search waits for no more than these."""
FETCHED_BYTES = 1 << 22
"""What is asked of the broker at a time: with a quarter, a long log takes a sixth more processor time to read."""
PROGRESS_S = 5.0
ROOM = Room(claims=20, catalogue=8, far_claims=24, far_catalogue=8)
"""How many earlier photos of each kind a search tells, the nearest: what it leaves out is counted."""
TIDY_S = 60.0
"""How often it is seen whether segments are to be rewritten for what was erased."""

log = structlog.get_logger(__name__)


class Replica:
    """Fulfils :class:`streams.ports.SightingLog` from one partition of Kafka.

    The index is used by one thread alone, not the event loop's: a search over millions of photos takes long.
    """

    _only_look = False

    def __init__(self, settings: Settings, send: Callable[[Outgoing], Awaitable[int]], metrics: Metrics) -> None:
        """``send`` returns the offset of a message once the broker has confirmed it."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sightings")
        self._send = send
        self._metrics = metrics
        self._settings = settings
        self._limit_s = settings.replica_limit_s
        self._partition = TopicPartition(SIGHTINGS.name, SIGHTINGS_PARTITION)
        self._consumer = new_consumer(settings, auto_offset_reset="earliest", max_partition_fetch_bytes=FETCHED_BYTES)
        self.end = LogEnd(settings, self._partition, metrics.replica_end.set)
        self._moved = asyncio.Condition()
        self._told = 0.0
        self._tidied = 0.0
        self._index: SightingIndex
        self._warming: asyncio.Task[None]
        self.position = 0
        self.first_end = 0

    async def start(self) -> None:
        """Connect, open the segments, and note where the log ends: the replica is ready once it has read that far."""
        opening = asyncio.ensure_future(self._in_thread(lambda: open_index(self._settings, only_look=self._only_look)))
        async with answering(self._settings):
            await asyncio.gather(self._consumer.start(), self.end.start(), opening)
        self._index = opening.result()
        self._warming = asyncio.create_task(asyncio.to_thread(warm))
        self._consumer.assign([self._partition])
        self.first_end = await self.end.now()
        if await self._is_of_another_log():
            await self._in_thread(self._index.start_over)
        self._consumer.seek(self._partition, self._index.position)
        self.position = self._index.position
        self._measure()

    async def stop(self) -> None:
        """Leave the broker, and let another process write the segments."""
        await asyncio.gather(self._consumer.stop(), self.end.stop())
        if hasattr(self, "_index"):
            await self._in_thread(self._index.close)
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def caught_up(self) -> None:
        """Return once the replica has read up to where the log ended at its start, however long that takes."""
        async with self._moved:
            await self._moved.wait_for(lambda: self.position >= self.first_end)

    def behind(self) -> str | None:
        """Return what is left to read before the worker may be ready; None once it caught up."""
        if self.position >= self.first_end:
            return None
        return f"has read {self.position} of {self.first_end} earlier photos"

    async def run(self) -> None:
        """Follow the log for as long as the worker lives."""
        async with answering(self._settings):
            while True:
                await self._follow()
                self._tell_progress()

    def _tell_progress(self) -> None:
        if self.position < self.first_end and monotonic() >= self._told:
            self._told = monotonic() + PROGRESS_S
            log.info("reading earlier photos", position=self.position, end=self.first_end)

    async def _follow(self) -> None:
        if monotonic() >= self._tidied + TIDY_S:
            self._tidied = monotonic()
            await self._in_thread(lambda: self._index.tidy(now_ms()))
        found = await self._consumer.getmany(timeout_ms=POLL_MS, max_records=AT_ONCE)
        records = found.get(self._partition, [])
        position = await self._consumer.position(self._partition)
        if position < self.position:
            raise _of_another_log(self.position)
        if position == self.position:
            return
        reached = await self._in_thread(lambda: self._take(records, position))
        if reached > position:  # another process of this host has read and sealed more
            self._consumer.seek(self._partition, reached)
        async with self._moved:
            self.position = reached
            self._moved.notify_all()
        self._measure()

    def _measure(self) -> None:
        self._metrics.replica_position.set(self.position)
        stats = self._index.stats()
        self._metrics.replica_photos.set(stats.photos)
        self._metrics.replica_newest.set(stats.in_memory)
        self._metrics.replica_bytes.set(stats.index_bytes)

    async def _is_of_another_log(self) -> bool:
        """Return whether the segments hold what this log does not: it was cut, or made anew."""
        last = self._index.last()
        if last is None:
            return self._index.position > self.first_end
        position, sighting_id = last
        if self._index.position > self.first_end:
            return True
        self._consumer.seek(self._partition, position)
        found = await self._consumer.getmany(timeout_ms=POLL_MS, max_records=1)
        there = next(iter(found.get(self._partition, [])), None)
        return there is not None and there.offset == position and there.key != sighting_id.encode()

    async def publish(self, sighting: PhotoSighted) -> int:
        """Return the position of this sighting, in the log from now on; the first one where its id stands there twice.

        A sighting that the log has is sent again only to withdraw it, or to take that back. It then carries the time
        when it was first seen, since a compacted log may keep its last message alone. Raises :class:`ReplicaBehind`
        where the replica does not catch up with the log's end in time; the sighting is in the log all the same.
        """
        try:
            await self._reach(await self.end.now())
        except ReplicaBehind:
            await self._append(sighting)  # or a later claim would never meet this photo; a repeated id changes nothing
            raise
        known = await self._first(sighting.sighting_id)
        if known is not None and known.withdrawn == sighting.withdrawn:
            return known.position
        if known is not None:
            await self._append(msgspec.structs.replace(sighting, seen_at_ms=known.seen_at_ms))
            return known.position
        sent = await self._append(sighting)
        # another worker, or a second try of this send, may have come first: a replay finds it
        await self._reach(sent + 1)
        known = await self._first(sighting.sighting_id)
        return sent if known is None else known.position

    async def _append(self, sighting: PhotoSighted) -> int:
        read = self.position
        key = sighting.sighting_id.encode()
        sent = await self._send(Outgoing(SIGHTINGS.name, key, encode(sighting), partition=SIGHTINGS_PARTITION))
        if sent < read:  # a broker's word on the log's end may come late, but no message lands below what was read
            raise _of_another_log(read)
        return sent

    async def earlier(
        self,
        sighting: PhotoSighted,
        position: int,
        variants: Sequence[str] = (),
        max_bits: int = NEAR_BITS,
        before_ms: int | None = None,
    ) -> Found:
        """Return what the photo, or a variant of it, resembles among positions below ``position``, nearest first.

        ``variants`` are the fingerprints of the photo mirrored and turned. Each kind of photo has :data:`ROOM`.
        ``before_ms`` leaves out what was first seen later.
        """
        await self._reach(position + 1)

        def search() -> Found:
            with self._metrics.replica_search_seconds.time():
                return self._index.search(
                    sighting, position, variants=variants, max_bits=max_bits, at_most=ROOM, before_ms=before_ms
                )

        return await self._in_thread(search)

    async def registered(self, sighting: PhotoSighted, position: int, at_most: int) -> list[Registered]:
        """Return the catalogue's newest photos and videos below ``position`` of a claim's product or order."""
        await self._reach(position + 1)
        return await self._in_thread(lambda: self._index.registered(sighting, position, at_most))

    async def _first(self, sighting_id: str) -> Standing | None:
        return await self._in_thread(lambda: self._index.standing(sighting_id))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _take(self, records: "Sequence[ConsumerRecord[bytes, bytes]]", position: int) -> int:
        """Take up records; return how far the index has read the log."""
        take_up(self._index, records)
        self._index.advance(position, more=position < self.first_end)
        return self._index.position

    async def _reach(self, position: int) -> None:
        try:
            async with asyncio.timeout(self._limit_s), self._moved:
                await self._moved.wait_for(lambda: self.position >= position)
        except TimeoutError as exc:
            self._metrics.replica_late.inc()
            raise ReplicaBehind(causes.earlier_photos_not_read(self._limit_s, self.position, position)) from exc


def _of_another_log(read: int) -> BrokerUnavailable:
    return BrokerUnavailable(f"the log of earlier photos now ends before {read}: it was cut or made anew")
