"""/ready tells the truth: what a worker needs and cannot reach keeps it from being ready, within seconds, by name."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio

from tests.faults.fleet import Worker
from tests.faults.scene import Postgresql, Scene, set_scene
from tests.integration.readiness import says
from tests.real import parts
from tests.real.kafka import Kafka, a_broker
from tests.real.postgres import Postgres
from tests.real.s3 import S3Server

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.s3, pytest.mark.asyncio(loop_scope="module")]


MOST_LINES = 150
"""Lines of libraries in all these outages: without a limit, each second without Kafka has 250."""


@dataclass(frozen=True)
class System:
    """One worker of each kind, and what they need: each part can be taken away."""

    scene: Scene
    postgres: Postgres
    store: S3Server

    @property
    def enrich(self) -> Worker:
        return self.scene.fleet.workers("enrich")[0]

    @property
    def decide(self) -> Worker:
        return self.scene.fleet.workers("decide")[0]


@pytest.fixture(scope="module")
def own_kafka() -> Iterator[Kafka]:
    """A broker that is taken away: no other test may need it."""
    yield from a_broker()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(own_kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    parts.need("PostgreSQL")
    folder = tmp_path_factory.mktemp("system")
    with Postgres("fsync=off") as postgres, S3Server() as store:
        limits = {f"SENTINEL_{name}_LIMIT_S": "100" for name in ("STORE", "DATABASE", "SEND")}
        limits["SENTINEL_PHOTO_LIMIT_S"] = "20"  # a third of it may a bucket take to answer
        settings = store.environment | {"SENTINEL_EVIDENCE_URL": f"s3://{store.new_bucket()}/copies"} | limits
        async with set_scene(own_kafka, Postgresql(postgres), folder, settings=settings) as scene:
            scene.fleet.start("enrich")
            scene.fleet.start("decide")
            found = System(scene, postgres, store)
            await says(found.enrich, "ok")
            await says(found.decide, "ok")
            yield found


async def test_a_database_that_is_down_is_named(system: System) -> None:
    system.postgres.stop()
    await says(system.decide, "database: does not answer")
    system.postgres.start()
    await says(system.decide, "ok")


async def test_a_database_that_answers_nothing_is_named(system: System) -> None:
    system.postgres.hang()
    await says(system.decide, "database: does not answer")
    system.postgres.go_on()
    await says(system.decide, "ok")


async def test_a_database_that_takes_no_changes_is_named(system: System) -> None:
    system.postgres.run_sql("ALTER SYSTEM SET default_transaction_read_only = on")
    system.postgres.run_sql("SELECT pg_reload_conf()")
    await says(system.decide, "database: does not answer (the database takes no changes")
    system.postgres.run_sql("ALTER SYSTEM RESET default_transaction_read_only")
    system.postgres.run_sql("SELECT pg_reload_conf()")
    await says(system.decide, "ok")


async def test_a_database_with_no_connection_left_is_named(system: System) -> None:
    system.postgres.run_sql("ALTER SYSTEM SET max_connections = 4")
    system.postgres.restart()
    with ExitStack() as taken:
        with suppress(psycopg.OperationalError):
            while True:
                taken.enter_context(psycopg.connect(host="127.0.0.1", port=system.postgres.port, user="postgres"))
        await says(system.decide, "database: does not answer")
    await says(system.decide, "ok")


async def test_a_media_folder_that_is_gone_is_named(system: System) -> None:
    away = shutil.move(system.scene.media, Path(f"{system.scene.media}-away"))
    await says(system.enrich, "media store: the media folder")
    shutil.move(away, system.scene.media)
    await says(system.enrich, "ok")


async def test_a_bucket_that_does_not_answer_is_named(system: System) -> None:
    system.store.hang()
    await says(system.enrich, "evidence store: ")
    system.store.go_on()
    await says(system.enrich, "ok")


async def test_a_broker_that_is_down_is_named_by_both(system: System) -> None:
    system.scene.kafka.kill()
    await asyncio.gather(*(says(one, "Kafka does not answer") for one in (system.enrich, system.decide)))
    system.scene.kafka.start()
    await asyncio.gather(*(says(one, "ok") for one in (system.enrich, system.decide)))


async def test_no_worker_was_started_again_over_any_of_this_and_libraries_said_little(system: System) -> None:
    assert system.scene.fleet.statuses() == {"enrich-0": [], "decide-0": []}
    for worker in (system.enrich, system.decide):
        said = [json.loads(line) for line in worker.log.read_text().splitlines()]
        assert sum(not str(line["logger"]).startswith("streams") for line in said) < MOST_LINES
        assert {(line["kind"], line["instance"]) for line in said} == {(worker.kind, worker.name)}


async def test_a_database_that_is_away_at_the_start_is_named(system: System) -> None:
    system.postgres.stop()
    system.scene.fleet.kill(system.decide)
    await says(system.decide, "database: does not answer")
    system.postgres.start()
    await says(system.decide, "ok")
