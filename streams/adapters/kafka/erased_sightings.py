"""Erased photos in the log of sightings and in this host's replicas: tombstones, and whether they are obeyed."""

import asyncio
from collections.abc import Collection, Sequence

from schemas.records import Fingerprint
from schemas.topics import SIGHTINGS, SIGHTINGS_PARTITION
from streams.adapters.kafka import topics
from streams.adapters.kafka.clients import producer
from streams.adapters.kafka.offline_replica import OnRead, opened
from streams.adapters.kafka.replica_index import folders_of
from streams.adapters.kafka.topic_reader import whole
from streams.adapters.kafka.topic_states import require
from streams.clock import now_ms
from streams.settings import Settings
from streams.sightings.anonymous import anonymous


class KafkaErasedSightings:
    """Fulfils :class:`streams.casework.record.erasure_ports.ErasedSightings`; call it where no event loop runs.

    Raises :class:`streams.errors.TopicMismatch` and :class:`streams.errors.BrokerUnavailable`.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def bury(self, sighting_ids: Sequence[str]) -> int:
        """Return the offset in the log at which the tombstones of these sightings begin, once each is confirmed."""
        return asyncio.run(_bury(self._settings, sighting_ids))

    def written(self, sighting_ids: Collection[str], since: int) -> set[str]:
        """Return those of the sightings whose last record in the log, from offset ``since`` on, is no tombstone."""
        return asyncio.run(_written(self._settings, sighting_ids, since))

    def replicas(self) -> list[str]:
        """Return the folders of this host's replicas; empty where none is kept."""
        return [str(folder) for folder in folders_of(self._settings)]

    def found(self, sighting_ids: Collection[str], alike: Sequence[Fingerprint], on_read: OnRead) -> set[str]:
        """Return those of the sightings that a replica still finds, by id or among all photos like these."""
        return asyncio.run(_found(self._settings, sighting_ids, alike, on_read))


async def _bury(settings: Settings, sighting_ids: Sequence[str]) -> int:
    require(await topics.check(settings, topics=[SIGHTINGS]))
    async with producer(settings) as client:
        sent = [
            await client.send_and_wait(SIGHTINGS.name, None, name.encode(), SIGHTINGS_PARTITION)
            for name in sighting_ids
        ]
    return min((int(one.offset) for one in sent), default=0)


async def _written(settings: Settings, sighting_ids: Collection[str], since: int) -> set[str]:
    last: dict[str, bool] = {}
    async for message in whole(settings, SIGHTINGS, since):
        name = (message.key or b"").decode(errors="replace")
        if name in sighting_ids:
            last[name] = message.value is not None
    return {name for name, written in last.items() if written}


async def _found(
    settings: Settings, sighting_ids: Collection[str], alike: Sequence[Fingerprint], on_read: OnRead
) -> set[str]:
    now = now_ms()
    found: set[str] = set()
    for folder in folders_of(settings):
        async with opened(settings, folder) as replica:
            await replica.catch_up(on_read)
            found |= await replica.still_found(sighting_ids, [anonymous(like, now) for like in alike])
    return found
