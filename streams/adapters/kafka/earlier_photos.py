"""Searching earlier photos outside a worker: in the segments of this host's workers, and in the log from there on."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import structlog

from schemas.records import EarlierSighting
from streams.adapters.kafka.offline_replica import nearest, opened
from streams.adapters.kafka.replica_index import folders_of, open_index
from streams.casework.photos.photo_search import Likeness
from streams.errors import BrokerRefused, TopicMismatch, TransientError
from streams.settings import Settings
from streams.sightings.folder import Folder
from streams.sightings.opening import read

LIMIT_S = 20.0
"""How long the log is read while somebody waits."""
OWN = "photo-search"
log = structlog.get_logger(__name__)


class LoggedPhotos:
    """Fulfils :class:`streams.casework.photos.photo_search.EarlierPhotos`.

    Of the replicas that workers keep on this host, the one with the most segments is read, and left as it is. Where
    there is none, the console keeps one of its own in its data directory, which the first searches fill.
    """

    def __init__(self, settings: Settings) -> None:
        """Nothing is opened, nor connected to, before it is searched."""
        self._settings = settings
        self._turn = asyncio.Lock()

    async def like(self, fingerprints: Sequence[str], at_most: int) -> Likeness:
        """Return the nearest photos, and whether all were searched: not where Kafka did not answer in time."""
        async with self._turn:
            shared = await asyncio.to_thread(self._fullest)
            folder = shared or self._settings.data_dir / OWN
            return await self._like(folder, fingerprints, at_most, only_look=shared is not None)

    async def _like(self, folder: Path, fingerprints: Sequence[str], at_most: int, *, only_look: bool) -> Likeness:
        try:
            async with (
                asyncio.timeout(2 * LIMIT_S),
                opened(self._settings, folder, only_look=only_look) as replica,
            ):
                complete = await replica.catch_up(lambda *_: None, LIMIT_S)
                return Likeness(earlier=await replica.like(fingerprints, at_most), complete=complete)
        except (TransientError, BrokerRefused, TopicMismatch, TimeoutError) as exc:
            log.warning("a search by photo goes without the newest photos", why=repr(exc))
            found = await asyncio.to_thread(self._sealed, folder, fingerprints, at_most)
            return Likeness(earlier=found, complete=False)

    def _sealed(self, folder: Path, fingerprints: Sequence[str], at_most: int) -> list[EarlierSighting]:
        index = open_index(self._settings.model_copy(update={"replica_dir": folder}), only_look=True)
        try:
            return nearest(index, fingerprints, at_most)
        finally:
            index.close()

    def _fullest(self) -> Path | None:
        """Return the folder of the worker of this host that has sealed most."""
        kept = folders_of(self._settings)
        return max(kept, key=lambda one: read(Folder(one), writes=False).position, default=None)
