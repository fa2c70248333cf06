"""The scene of a test: one broker with empty topics, one empty database, a folder of media, and a fleet."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from streams.adapters.sql.schema import upgrade
from tests.databases import new_sqlite
from tests.faults.fleet import PROGRAM, Fleet, Kind
from tests.real import topics
from tests.real.kafka import Kafka
from tests.real.postgres import Postgres


class Database(Protocol):
    """A database that tests may take away."""

    url: str

    def restart(self) -> None:
        """Cut off whoever works with it."""

    def hang(self) -> None:
        """Let it answer nothing that writes, until :meth:`go_on`."""

    def go_on(self) -> None:
        """End :meth:`hang`."""


class Postgresql:
    """An empty database of a real PostgreSQL."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self.url = server.new_database()

    def restart(self) -> None:
        self._server.restart()

    def hang(self) -> None:
        self._server.hang()

    def go_on(self) -> None:
        self._server.go_on()


class Sqlite:
    """A SQLite file without rows. It cannot restart, so another process takes its write lock away for a while."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "sentinel.db"
        self.url = new_sqlite(self._path)
        self._holder: subprocess.Popen[bytes] | None = None

    def restart(self) -> None:
        self.hang()
        self.go_on()

    def hang(self) -> None:
        command = (sys.executable, "-c", _HOLD, str(self._path))
        self._holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._holder.stdout is not None
        assert self._holder.stdout.readline() == b"held\n"

    def go_on(self) -> None:
        if self._holder is not None:
            self._holder.communicate()
            self._holder = None


_HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class Scene:
    """What a test acts on."""

    kafka: Kafka
    database: Database
    media: Path
    fleet: Fleet


@asynccontextmanager
async def set_scene(
    kafka: Kafka,
    database: Database,
    folder: Path,
    program: Sequence[str] = PROGRAM,
    settings: Mapping[str, str] | None = None,
) -> AsyncIterator[Scene]:
    """Give a scene with empty topics and tables, and no worker yet; everything is ended and removed at the end."""
    await topics.make_anew(kafka.address)
    await asyncio.to_thread(upgrade, database.url)
    media = folder / "media"
    media.mkdir()
    environment = {
        "SENTINEL_BROKER": kafka.address,
        "SENTINEL_DATABASE_URL": database.url,
        "SENTINEL_MEDIA_URL": media.as_uri(),
    }
    with Fleet(environment | dict(settings or {}), program) as fleet:
        yield Scene(kafka, database, media, fleet)


@asynccontextmanager
async def at_work(
    kafka: Kafka, folder: Path, *kinds: Kind, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Scene]:
    """Give a scene on SQLite in ``folder``, with one worker of each of these kinds, all of them ready."""
    async with set_scene(kafka, Sqlite(folder), folder, settings=settings) as scene:
        for kind in kinds:
            scene.fleet.start(kind)
        await topics.until(lambda: asyncio.to_thread(scene.fleet.ready))
        yield scene
