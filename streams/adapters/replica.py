"""The replica of the log of sightings: read without a consumer group, so its position is an offset and nothing else.

Of two near-duplicates the later always sees the earlier: a photo is published first, and looked up once the replica
has read as far as the photo's own position.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.codec import decode, encode
from schemas.errors import ContractError
from schemas.records import PhotoSighted
from schemas.topics import SIGHTINGS
from streams.adapters.kafka import ISOLATION, answering, connection
from streams.delivery.messages import Outgoing
from streams.errors import BrokerUnavailable, ReplicaBehind
from streams.metrics import Metrics
from streams.settings import Settings
from streams.sightings.scan import ExactScan, Found

if TYPE_CHECKING:
    from aiokafka.structs import ConsumerRecord

T = TypeVar("T")

POLL_MS = 500
AT_ONCE = 5_000

log = structlog.get_logger(__name__)


class Replica:
    """Fulfils :class:`streams.ports.SightingLog` from one partition of Kafka.

    One thread of its own owns the scan: a search over millions must not hold up the event loop.
    """

    def __init__(
        self, settings: Settings, scan: ExactScan, send: Callable[[Outgoing], Awaitable[int]], metrics: Metrics
    ) -> None:
        """``send`` returns the offset of a message once the broker has confirmed it."""
        self._scan = scan
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sightings")
        self._send = send
        self._metrics = metrics
        self._settings = settings
        self._limit_s = settings.replica_limit_s
        self._partition = TopicPartition(SIGHTINGS.name, 0)
        self._consumer = AIOKafkaConsumer(
            **connection(settings), enable_auto_commit=False, isolation_level=ISOLATION, auto_offset_reset="earliest"
        )
        # A broker answers one connection in order, so a question about the end would wait behind an idle fetch.
        self._asking = AIOKafkaConsumer(**connection(settings), enable_auto_commit=False, isolation_level=ISOLATION)
        self._moved = asyncio.Condition()
        self._end_to_come: asyncio.Task[int] | None = None
        self._reading_end = asyncio.Lock()
        self.position = 0
        self.first_end = 0

    async def start(self) -> None:
        """Connect, and note how far the log goes: the replica is ready once it has read that far."""
        await asyncio.gather(self._consumer.start(), self._asking.start())
        self._consumer.assign([self._partition])
        await self._consumer.seek_to_beginning(self._partition)
        self.first_end = await self._read_end()

    async def stop(self) -> None:
        """Leave the broker."""
        await asyncio.gather(self._consumer.stop(), self._asking.stop())
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def caught_up(self) -> None:
        """Return once the replica has read as far as the log went at its start, however long that takes."""
        async with self._moved:
            await self._moved.wait_for(lambda: self.position >= self.first_end)

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

    async def _follow(self) -> None:
        found = await self._consumer.getmany(timeout_ms=POLL_MS, max_records=AT_ONCE)
        if records := found.get(self._partition):
            await self._in_thread(lambda: self._take(records))
        position = await self._consumer.position(self._partition)
        if position < self.position:
            msg = f"the log of earlier photos now ends before {self.position}: it was cut or made anew"
            raise BrokerUnavailable(msg)
        if position != self.position:
            async with self._moved:
                self.position = position
                self._moved.notify_all()
            self._metrics.replica_position.set(position)
            self._metrics.replica_photos.set(len(self._scan))

    async def publish(self, sighting: PhotoSighted) -> int:
        """Return the position of this sighting: the old one when its id is in the log already.

        Raises :class:`ReplicaBehind` when the replica does not catch up with the log's end within its time limit; the
        sighting is in the log all the same.
        """
        message = Outgoing(SIGHTINGS.name, sighting.sighting_id.encode(), encode(sighting))
        try:
            await self._reach(await self._end())
        except ReplicaBehind:
            await self._send(message)  # or a later claim would never meet this photo; a repeated id changes nothing
            raise
        known = await self._in_thread(lambda: self._scan.position_of(sighting.sighting_id))
        return await self._send(message) if known is None else known

    async def earlier(self, sighting: PhotoSighted, position: int) -> Found:
        """Return what the photo resembles among positions below ``position``, nearest first."""
        await self._reach(position + 1)
        return await self._in_thread(lambda: self._scan.search(sighting, position))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _take(self, records: "Sequence[ConsumerRecord[bytes, bytes]]") -> None:
        for record in records:
            if record.value is None:
                self._scan.erase((record.key or b"").decode(errors="replace"))
                continue
            try:
                self._scan.add(record.offset, decode(PhotoSighted, record.value))
            except ContractError:
                # Only enrich writes this log, so it is a fault of ours; the photo's own request was still compared.
                log.exception("a sighting cannot be read", offset=record.offset)

    async def _reach(self, position: int) -> None:
        try:
            async with asyncio.timeout(self._limit_s), self._moved:
                await self._moved.wait_for(lambda: self.position >= position)
        except TimeoutError as exc:
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
