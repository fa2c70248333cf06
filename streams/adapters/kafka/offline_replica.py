"""The replica as commands use it: opened, read to the log's end, searched or made anew, and closed again."""

import math
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

from schemas.records import EarlierSighting, Fingerprint, PhotoSighted
from schemas.units import FAR_BITS
from streams.adapters.kafka.answering import answering
from streams.adapters.kafka.replica import Replica
from streams.clock import now_ms
from streams.delivery.messages import Outgoing
from streams.errors import OperatorError
from streams.evidence.features.fingerprints import VERSION
from streams.metrics import Metrics
from streams.settings import Settings
from streams.sightings.anonymous import anonymous
from streams.sightings.index import SightingIndex, still_found
from streams.sightings.stats import Stats

OnRead = Callable[[int, int], None]
"""Is told how far the log was read, and how far it goes."""


class OfflineReplica(Replica):
    """A replica that no worker runs: it reads the log only when it is told to, and publishes nothing."""

    def __init__(self, settings: Settings, *, only_look: bool = False) -> None:
        """Nothing connects before :meth:`start`; with ``only_look`` the folder is left as it is."""
        super().__init__(settings, _no_send, Metrics())
        self._only_look = only_look

    async def catch_up(self, on_read: OnRead, limit_s: float = math.inf) -> bool:
        """Read as far as the log went at the start; return whether that was done in time."""
        until_s = monotonic() + limit_s
        async with answering(self._settings):
            while self.position < self.first_end and monotonic() < until_s:
                await self._follow()
                on_read(self.position, self.first_end)
        return self.position >= self.first_end

    async def made_anew(self, on_read: OnRead) -> Stats:
        """Return what the segments hold after reading the log from its beginning.

        Raises :class:`OperatorError` when another process writes in the folder.
        """
        if not self._index.writes:
            msg = f"a worker writes in {self._index.folder.path}: stop the workers that share it first"
            raise OperatorError(msg)
        await self._in_thread(self._index.start_over)
        await self._consumer.seek_to_beginning(self._partition)
        self.position = 0
        await self.catch_up(on_read)
        await self._in_thread(lambda: self._index.seal(everything=True))
        return self._index.stats()

    async def like(self, fingerprints: Sequence[str], at_most: int) -> list[EarlierSighting]:
        """Return the nearest of what was read; ``fingerprints`` are a photo's own, then those of its variants."""
        return await self._in_thread(lambda: nearest(self._index, fingerprints, at_most))

    async def still_found(self, sighting_ids: Collection[str], alike: Sequence[PhotoSighted]) -> set[str]:
        """Return which of these sightings are found, by their ids or among all that is like one of ``alike``."""
        return await self._in_thread(lambda: still_found(self._index, sighting_ids, alike))


@asynccontextmanager
async def opened(settings: Settings, folder: Path, *, only_look: bool = False) -> AsyncIterator[OfflineReplica]:
    """Yield the replica that is kept in ``folder``, connected; it is left to its workers afterwards."""
    replica = OfflineReplica(settings.model_copy(update={"replica_dir": folder}), only_look=only_look)
    try:
        await replica.start()
        yield replica
    finally:
        await replica.stop()


async def rebuild(settings: Settings, folder: Path, on_read: OnRead) -> Stats:
    """Return what the segments in ``folder`` hold after all of them were made anew from the log.

    Raises :class:`OperatorError` when another process writes there, and :class:`streams.errors.BrokerUnavailable`.
    """
    async with opened(settings, folder) as replica:
        return await replica.made_anew(on_read)


def nearest(index: SightingIndex, fingerprints: Sequence[str], at_most: int) -> list[EarlierSighting]:
    """Return what an index has that is nearest to a photo, itself or mirrored or turned."""
    asked, *variants = fingerprints
    sighting = anonymous(Fingerprint(version=VERSION, bits=asked), now_ms())
    return index.search(sighting, index.position, variants=variants, max_bits=FAR_BITS, at_most=at_most).sightings


async def _no_send(_message: Outgoing) -> int:
    """Refuse to send: what only looks publishes nothing."""
    raise NotImplementedError
