"""A database that was lost is put back from a dump, as the how-to says, and no request is without a decision."""

import asyncio
import shutil
import signal
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.command_line import run
from tests.faults.fleet import KINDS
from tests.faults.scene import Postgresql, set_scene
from tests.integration.asking import Platform, a_claim
from tests.integration.readiness import says
from tests.photos import a_picture, jpeg
from tests.real.kafka import KAFKA, Kafka
from tests.real.postgres import Postgres

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.long,
    pytest.mark.timeout(1_200),
]

LIMIT_S = 240
BEFORE = [f"before-{number}" for number in range(6)]
AFTER = [f"after-{number}" for number in range(6)]


async def test_what_was_decided_after_the_dump_is_decided_again_once_it_is_put_back(
    kafka: Kafka, server: Postgres, tmp_path: Path
) -> None:
    database, dump = Postgresql(server), tmp_path / "dump"
    settings = {"SENTINEL_SESSION_TIMEOUT_S": "300"}  # who ended is remembered until then
    async with set_scene(kafka, database, tmp_path, settings=settings) as scene:
        platform = Platform(kafka.address, scene.media, LIMIT_S)
        photo = platform.photo("claims/a.jpg", jpeg(a_picture(1, 320, 240)))
        workers = [scene.fleet.start(kind)[0] for kind in KINDS]
        await platform.ask(*(a_claim(name, photo) for name in BEFORE))
        at = datetime.now(UTC)
        tool(server, "pg_dump", "-Fc", "-f", str(dump), database.url)
        await platform.ask(*(a_claim(name, photo) for name in AFTER))
        first = decided(database.url)
        assert set(first) == {*BEFORE, *AFTER}

        # 1. Workers stop. 2. The database is lost and put back.
        for worker in workers:
            await asyncio.to_thread(worker.end, signal.SIGTERM)
        put_back = server.new_database()
        tool(server, "pg_restore", "-d", plain(put_back), str(dump))
        assert set(decided(put_back)) == set(BEFORE)
        checked = await asyncio.to_thread(run, "db", "check", settings={"database_url": put_back})
        assert (checked.status, checked.error) == (0, "")

        # 3. Their names leave the group, and decide is set back to the time of the dump.
        for worker in workers:
            left = await asyncio.to_thread(run, "worker", "leave", worker.name, settings={"broker": kafka.address})
            assert left.status == 0, left.error
        said = await asyncio.to_thread(set_back, kafka, at)
        assert "refund.evidence.v1" in said

        # 4. Workers start on what was put back.
        scene.fleet.use({"SENTINEL_DATABASE_URL": put_back})
        for kind in KINDS:
            (started,) = scene.fleet.start(kind)
            await says(started, "ok", LIMIT_S)
        answers = await platform.answers(*(a_claim(name, photo) for name in AFTER), times=2)

        found = decided(put_back)
        assert set(found) == {*BEFORE, *AFTER}
        assert {name: found[name] for name in BEFORE} == {name: first[name] for name in BEFORE}
        assert all(found[name] in answer for name, answer in zip(AFTER, answers, strict=True))


def tool(server: Postgres, program: str, *arguments: str) -> None:
    command = (str(server.programs / program), *(plain(argument) for argument in arguments))
    subprocess.run(command, check=True, capture_output=True)


def plain(url: str) -> str:
    """Return the address as PostgreSQL's own programs take it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def decided(url: str) -> dict[str, bytes]:
    """Return the stored bytes of each request's decision."""
    engine = create_engine(url)
    with engine.begin() as connection:
        found = {row[0]: bytes(row[1]) for row in connection.execute(text("SELECT request_id, message FROM decisions"))}
    engine.dispose()
    return found


def set_back(kafka: Kafka, at: datetime) -> str:
    """Return what Kafka's own program said of setting decide back to a moment."""
    java = shutil.which("java") or "java"
    group = ("--group", "refund-sentinel-decide", "--reset-offsets", "--all-topics", "--execute")
    when = ("--to-datetime", at.strftime("%Y-%m-%dT%H:%M:%S.000"))
    program = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"
    where = ("--bootstrap-server", kafka.address.removeprefix("kafka://"))
    done = subprocess.run(
        (java, "-cp", f"{KAFKA / 'libs'}/*", program, *where, *group, *when),
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Error" not in done.stdout, done.stdout
    return done.stdout
