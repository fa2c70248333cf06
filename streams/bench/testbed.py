"""Where a benchmark runs: a broker and a database for benchmarks alone, and a folder for everything else."""

import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiokafka import TopicPartition
from aiokafka.admin import NewTopic
from sqlalchemy import select

from schemas.topics import DECISIONS, EVIDENCE, REQUESTS
from streams.adapters.kafka import topics
from streams.adapters.kafka.clients import admin, consumer
from streams.adapters.sql import schema
from streams.adapters.sql.engine import open_engine, reading
from streams.adapters.sql.tables import claims
from streams.bench.claims import PREFIX
from streams.errors import OperatorError
from streams.settings import Settings

MARK = "bench.decisions"
"""The topic that marks a broker as one for benchmarks; the yardstick of decide writes to it."""
ALONE = (
    "a benchmark fills topics and tables with made-up requests, so it needs a broker and a database of its own: "
    "run `make bench`, which starts both, or give SENTINEL_BROKER and SENTINEL_DATABASE_URL empty ones"
)


@dataclass(frozen=True)
class Testbed:
    """What a benchmark works with: the workers' ``settings``, a folder ``home``, and the unique name of its ``run``."""

    settings: Settings
    home: Path
    run: str

    @property
    def media(self) -> Path:
        """The folder of the platform's photos."""
        return self.home / "media"

    def write(self, uri: str, photo: bytes) -> str:
        """Return the key of a photo, after writing it to the media folder."""
        path = self.media / uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(photo)
        return uri

    def data_dir(self, name: str) -> Path:
        """Return the data directory of the process with this name."""
        return self.home / name


@asynccontextmanager
async def open_testbed(settings: Settings) -> AsyncIterator[Testbed]:
    """Yield the testbed of one benchmark: topics and tables are there, and the folder is removed in the end.

    Raises :class:`OperatorError` when the broker or the database hold anything that no benchmark made.
    """
    await _ours(settings)
    schema.upgrade(settings.database_url)
    only_ours(settings)
    with tempfile.TemporaryDirectory(prefix="sentinel-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        media = (home / "media").as_uri()
        changes = {"media_url": media, "evidence_url": f"{media}.evidence", "data_dir": home, "replica_dir": None}
        yield Testbed(settings.model_copy(update=changes), home, secrets.token_hex(4))


async def _ours(settings: Settings) -> None:
    """Make the topics, and the one that marks the broker as ours, unless others use it already."""
    async with admin(settings) as client:
        if MARK in await client.list_topics():
            return
    await topics.create(settings)
    partitions = [TopicPartition(topic.name, n) for topic in (REQUESTS, EVIDENCE) for n in range(topic.partitions)]
    async with consumer(settings) as client:
        if any((await client.end_offsets(partitions)).values()):
            msg = f"the topics at {settings.broker} are in use: {ALONE}"
            raise OperatorError(msg)
    async with admin(settings) as client:
        await client.create_topics([NewTopic(MARK, DECISIONS.partitions, 1)])


def only_ours(settings: Settings) -> None:
    """Raise :class:`OperatorError` unless the database holds nothing but what benchmarks made."""
    others = select(claims.c.request_id).where(~claims.c.request_id.startswith(PREFIX)).limit(1)
    engine = open_engine(settings.database_url)
    try:
        with reading(engine) as connection:
            if connection.execute(others).first() is not None:
                msg = f"the database holds requests that no benchmark made: {ALONE}"
                raise OperatorError(msg)
    finally:
        engine.dispose()
