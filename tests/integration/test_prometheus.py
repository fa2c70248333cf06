"""A real Prometheus reads what the workers tell, and counts the same decisions as the platform."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from deploy.scripts.dashboards import dashboards
from streams.adapters import child_processes
from streams.demo import console
from streams.settings import Settings
from tests.faults.fleet import Worker
from tests.faults.scene import Scene, Sqlite, set_scene
from tests.integration.asking import Platform, a_claim
from tests.photos import a_picture, jpeg
from tests.real import parts, topics
from tests.real.kafka import Kafka
from tests.real.prometheus import Prometheus

pytestmark = [pytest.mark.kafka, pytest.mark.prometheus]

LATENCY = "histogram_quantile(0.5, sum by (le) (sentinel_decision_latency_seconds_bucket))"


@asynccontextmanager
async def a_console(scene: Scene, folder: Path) -> AsyncIterator[int]:
    """Give the port of a console of that scene."""
    given = {
        "SENTINEL_DATABASE_URL": scene.database.url,
        "SENTINEL_MEDIA_URL": scene.media.as_uri(),
        "SENTINEL_DATA_DIR": str(folder),
        "SENTINEL_CONSOLE_PORT": "0",
    }
    started = console.start(folder, given)
    try:
        address = await console.address(started, Settings(data_dir=folder), folder)
        yield int(address.rpartition(":")[2])
    finally:
        child_processes.end(started, signal.SIGKILL, 30)


async def test_prometheus_scrapes_the_workers_and_counts_every_decision(kafka: Kafka, tmp_path: Path) -> None:
    parts.need("Prometheus")
    async with set_scene(kafka, Sqlite(tmp_path), tmp_path) as scene:
        platform = Platform(kafka.address, scene.media)
        photo = platform.photo("claims/a.jpg", jpeg(a_picture(1, 320, 240)))
        (enrich,), (decide,) = scene.fleet.start("enrich"), scene.fleet.start("decide")
        asked = [a_claim("with-a-photo", photo), *(a_claim(f"without-{n}", None) for n in range(6))]
        to_people = sum(told.verdict == "REVIEW" for told in await platform.ask(*asked))

        async with a_console(scene, tmp_path) as console_port:
            jobs = {"enrich": port(enrich), "decide": port(decide), "console": console_port}
            with Prometheus({job: [at] for job, at in jobs.items()}) as prometheus:

                async def scraped() -> bool:
                    return await asyncio.to_thread(prometheus.value, "count(max_over_time(up[1m]) == 1)") == 3

                await topics.until(scraped)

                assert prometheus.targets() == dict.fromkeys(jobs, ("up", ""))
                assert (prometheus.value("sum(sentinel_decisions_total)") or 0) >= 7, "what is read again is sent again"
                assert (prometheus.value('sum(sentinel_decisions_total{verdict="REVIEW"})') or 0) >= to_people >= 6
                assert (prometheus.value("sum(sentinel_requests_total)") or 0) >= 7
                assert prometheus.value("max(sentinel_outbox_oldest_unsent_seconds)") is not None
                assert (prometheus.value(LATENCY) or 0) > 0
                await topics.until(lambda: asyncio.to_thread(lambda: not without_series(prometheus)))


def without_series(prometheus: Prometheus) -> list[str]:
    """Return the queries of Grafana's panels that give no series; a rate needs two scrapes."""
    queries = [
        query.expr for page in dashboards() for row in page.rows for panel in row.panels for query in panel.queries
    ]
    found = [query for query in queries if not prometheus.series(query.replace("$__rate_interval", "1m"))]
    print("no series:", found)  # noqa: T201 - pytest shows it where the test fails
    return found


def port(worker: Worker) -> int:
    return int((worker.home / "http.port").read_text())
