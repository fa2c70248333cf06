"""The replica of the log of sightings: read without a consumer group, so its position is an offset and nothing else.

Of two near-duplicates the later always sees the earlier: a photo is published first, and looked up once the replica
has read as far as the photo's own position. What was read is kept in a folder of segments, which the processes of one
host may share: a worker that starts maps them, and reads the log from their end on.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

import msgspec
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.codec import encode
from schemas.errors import ContractError
from schemas.records import Fingerprint, PhotoSighted
from schemas.topics import SIGHTINGS
from streams.adapters.kafka.clients import ISOLATION, answering, connection
from streams.clock import now_ms
from streams.delivery.messages import Outgoing
from streams.errors import BrokerUnavailable, OperatorError, ReplicaBehind
from streams.metrics import Metrics
from streams.settings import Settings
from streams.sightings.found import Found, Room
from streams.sightings.index import DAY_MS, MAX_BITS, SightingIndex, Standing, Stats
from streams.sightings.kernel_loader import keep_compiled
from streams.sightings.log_record import Logged, logged
from streams.sightings.warming import warm

if TYPE_CHECKING:
    from aiokafka.structs import ConsumerRecord

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


def folder_of(settings: Settings) -> Path:
    """Return where the segments are kept."""
    return settings.replica_dir or settings.data_dir / "replica"


def open_index(settings: Settings) -> SightingIndex:
    """Return the index that is kept on this host; its files are read and checked."""
    if not os.access(Path(__file__).parent, os.W_OK):  # Numba keeps what it compiled beside the code, where it can
        keep_compiled(settings.data_dir / "compiled")
    return SightingIndex(folder_of(settings), settings.look_back_days * DAY_MS)


def anyones(fingerprint: Fingerprint) -> PhotoSighted:
    """Return a sighting of now that belongs to nobody, so that a search for what is like it leaves nothing out."""
    return PhotoSighted(
        sighting_id="catalogue:search",
        source="catalogue",
        fingerprint=fingerprint,
        sha256="0" * 64,
        merchant_id="search",
        product_id="search",
        seen_at_ms=now_ms(),
    )


class Replica:
    """Fulfils :class:`streams.ports.SightingLog` from one partition of Kafka.

    One thread of its own owns the index: a search over millions must not hold up the event loop.
    """

    def __init__(self, settings: Settings, send: Callable[[Outgoing], Awaitable[int]], metrics: Metrics) -> None:
        """``send`` returns the offset of a message once the broker has confirmed it."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sightings")
        self._send = send
        self._metrics = metrics
        self._settings = settings
        self._limit_s = settings.replica_limit_s
        self._partition = TopicPartition(SIGHTINGS.name, 0)
        self._consumer = AIOKafkaConsumer(
            **connection(settings),
            enable_auto_commit=False,
            isolation_level=ISOLATION,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=FETCHED_BYTES,
        )
        # A broker answers one connection in order, so a question about the end would wait behind an idle fetch.
        self._asking = AIOKafkaConsumer(**connection(settings), enable_auto_commit=False, isolation_level=ISOLATION)
        self._moved = asyncio.Condition()
        self._end_to_come: asyncio.Task[int] | None = None
        self._reading_end = asyncio.Lock()
        self._told = 0.0
        self._tidied = 0.0
        self._index: SightingIndex
        self._warming: asyncio.Task[None]
        self.position = 0
        self.first_end = 0

    async def start(self) -> None:
        """Connect, open the segments, and note how far the log goes: the replica is ready once it has read that far."""
        opening = asyncio.ensure_future(self._in_thread(lambda: open_index(self._settings)))
        await asyncio.gather(self._consumer.start(), self._asking.start(), opening)
        self._index = opening.result()
        self._warming = asyncio.create_task(asyncio.to_thread(warm))
        self._consumer.assign([self._partition])
        self.first_end = await self._read_end()
        if await self._is_of_another_log():
            await self._in_thread(self._index.start_over)
        self._consumer.seek(self._partition, self._index.position)
        self.position = self._index.position
        self._measure()

    async def stop(self) -> None:
        """Leave the broker, and let another process write the segments."""
        await asyncio.gather(self._consumer.stop(), self._asking.stop())
        if hasattr(self, "_index"):
            await self._in_thread(self._index.close)
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def caught_up(self) -> None:
        """Return once the replica has read as far as the log went at its start, however long that takes."""
        async with self._moved:
            await self._moved.wait_for(lambda: self.position >= self.first_end)

    async def made_anew(self, on_read: Callable[[int, int], None]) -> Stats:
        """Return what the segments hold after reading the log from its beginning; nothing else may use the replica."""
        if not self._index.writes:
            msg = f"a worker writes in {self._index.folder.path}: stop the workers that share it first"
            raise OperatorError(msg)
        await self._in_thread(self._index.start_over)
        await self._consumer.seek_to_beginning(self._partition)
        self.position = 0
        await self.catch_up(on_read)
        await self._in_thread(lambda: self._index.seal(everything=True))
        return self._index.stats()

    async def catch_up(self, on_read: Callable[[int, int], None]) -> None:
        """Read as far as the log went at the start, where nothing else runs the replica."""
        with answering(self._settings):
            while self.position < self.first_end:
                await self._follow()
                on_read(self.position, self.first_end)

    async def still_found(self, sighting_ids: Collection[str], alike: Sequence[PhotoSighted]) -> set[str]:
        """Return which of these sightings are found, by their ids or among all that is like one of ``alike``."""

        def look() -> set[str]:
            found = {one for one in sighting_ids if self._index.position_of(one) is not None}
            for sighting in alike:
                near = self._index.search(sighting, self._index.position, at_most=max(1, len(self._index)))
                found.update(one.sighting_id for one in near.sightings)
            return found.intersection(sighting_ids)

        return await self._in_thread(look)

    def behind(self) -> str | None:
        """Return what is left to read before the worker may be ready; None once it caught up."""
        if self.position >= self.first_end:
            return None
        return f"has read {self.position} of {self.first_end} earlier photos"

    async def run(self) -> None:
        """Follow the log for as long as the worker lives."""
        with answering(self._settings):
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
            msg = f"the log of earlier photos now ends before {self.position}: it was cut or made anew"
            raise BrokerUnavailable(msg)
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
        """Return the position of this sighting: the first one when its id is in the log several times.

        One that is known is sent again only where it was withdrawn and is not any more, or the other way round; it says
        when it was first seen, since the log may keep the last of its messages alone. Raises
        :class:`ReplicaBehind` when the replica does not catch up with the log's end within its time limit; the sighting
        is in the log all the same.
        """
        try:
            await self._reach(await self._end())
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
        return await self._send(Outgoing(SIGHTINGS.name, sighting.sighting_id.encode(), encode(sighting)))

    async def earlier(
        self,
        sighting: PhotoSighted,
        position: int,
        variants: Sequence[str] = (),
        max_bits: int = MAX_BITS,
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

    async def _first(self, sighting_id: str) -> Standing | None:
        return await self._in_thread(lambda: self._index.standing(sighting_id))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _take(self, records: "Sequence[ConsumerRecord[bytes, bytes]]", position: int) -> int:
        """Take up records; return how far the index has read the log."""
        waiting: list[tuple[int, Logged]] = []
        for record in records:
            if record.value is None:
                self._index.add_all(waiting)
                waiting = []
                self._index.erase((record.key or b"").decode(errors="replace"), record.timestamp)
                continue
            try:
                waiting.append((record.offset, logged(record.value)))
            except ContractError:
                # Only enrich writes this log, so it is a fault of ours; the photo's own request was still compared.
                log.exception("a sighting cannot be read", offset=record.offset)
        self._index.add_all(waiting)
        self._index.advance(position, more=position < self.first_end)
        return self._index.position

    async def _reach(self, position: int) -> None:
        try:
            async with asyncio.timeout(self._limit_s), self._moved:
                await self._moved.wait_for(lambda: self.position >= position)
        except TimeoutError as exc:
            self._metrics.replica_late.inc()
            msg = (
                f"earlier photos could not be searched: after {self._limit_s:g} s "
                f"only {self.position} of {position} had been read"
            )
            raise ReplicaBehind(msg) from exc

    async def _end(self) -> int:
        """Return the log's end, read after this call began; calls that wait meanwhile share the next reading."""
        if self._end_to_come is None:
            self._end_to_come = asyncio.create_task(self._next_end())
        return await asyncio.shield(self._end_to_come)

    async def _next_end(self) -> int:
        async with self._reading_end:
            self._end_to_come = None  # whoever asks from now on must not get an answer that is older than the question
            return await self._read_end()

    async def _read_end(self) -> int:
        with answering(self._settings):
            ends = await self._asking.end_offsets([self._partition])
        end = int(ends[self._partition])
        self._metrics.replica_end.set(end)
        return end


async def no_send(_message: Outgoing) -> int:
    """Refuse to send: what only looks publishes nothing."""
    raise NotImplementedError


async def rebuild(settings: Settings, on_read: Callable[[int, int], None]) -> Stats:
    """Return what the segments hold after all of them were made anew from the log.

    ``on_read`` is told how far the log was read, and how far it goes.
    Raises :class:`OperatorError` when another process writes in the folder.
    """
    replica = Replica(settings, no_send, Metrics())
    await replica.start()
    try:
        return await replica.made_anew(on_read)
    finally:
        await replica.stop()
