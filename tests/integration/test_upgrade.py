"""A rolling upgrade as workers of the version before see it: the database becomes newer while they work on it."""

import asyncio
import shutil
import signal
from pathlib import Path

import msgspec
import pytest

from schemas.topics import REQUESTS
from streams.adapters.sql import schema
from tests.command_line import run
from tests.faults.fleet import Worker
from tests.faults.scene import Sqlite, set_scene
from tests.integration.asking import Platform, a_claim
from tests.integration.readiness import says
from tests.real import topics
from tests.real.kafka import Kafka

pytestmark = pytest.mark.kafka

NEXT_REVISION = f'''"""One more column, as an upgrade adds them."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{schema.revisions()[-1]}"


def upgrade() -> None:
    """Add a column that this program does not know."""
    op.add_column("decisions", sa.Column("of_a_newer_version", sa.Text))
'''
OLDER = "this program is older than the database: install the newer version of refund-sentinel"


async def test_workers_go_on_while_the_database_is_upgraded_and_one_that_starts_again_says_what_to_do(
    kafka: Kafka, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = Path(shutil.copytree(schema.MIGRATIONS, tmp_path / "newer"))
    (newer / "versions" / "r9999_next.py").write_text(NEXT_REVISION)
    async with set_scene(kafka, Sqlite(tmp_path), tmp_path) as scene:
        (_enrich,), (decide,) = scene.fleet.start("enrich"), scene.fleet.start("decide")
        platform, url = Platform(kafka.address, scene.media), scene.database.url
        (before,) = await platform.ask(a_claim("before", None))
        current = await asyncio.to_thread(run, "db", "check", settings={"database_url": url})

        with monkeypatch.context() as of_the_newer_version:
            of_the_newer_version.setattr(schema, "MIGRATIONS", newer)
            await asyncio.to_thread(schema.upgrade, url)
        (meanwhile,) = await platform.ask(a_claim("meanwhile", None))
        await says(decide, "ok")

        decide.send(signal.SIGTERM)
        await topics.until(lambda: refused(decide))
        checked = await asyncio.to_thread(run, "db", "check", settings={"database_url": url})
        waiting = a_claim("waiting", None)
        await topics.produce(kafka.address, REQUESTS.name, [(b"b-waiting", msgspec.json.encode(waiting))])
        monkeypatch.setattr(schema, "MIGRATIONS", newer)
        decide.program = ("-c", AS_THE_NEWER.format(migrations=str(newer)))
        (after,) = await platform.answers(waiting)

        assert (current.status, checked.status) == (0, 1)
        assert OLDER in checked.error
        assert [one.verdict for one in (before, meanwhile)] == ["REVIEW", "REVIEW"], "each had no photo"
        assert len(set(after)) == 1
        await says(decide, "ok")


AS_THE_NEWER = """
import sys
from pathlib import Path
from streams.adapters.sql import schema
schema.MIGRATIONS = Path({migrations!r})
from streams.cli.app import app
app(["worker", *sys.argv[1:]])
"""
"""The worker of the newer version: this program with one migration more."""


async def refused(worker: Worker) -> bool:
    """Return whether a start of the worker ended because a person must act, and said why."""
    return 1 in worker.statuses and await asyncio.to_thread(worker.said, OLDER)
