"""A real Prometheus reads what the workers tell, and counts the same decisions as the platform."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from deploy.scripts.dashboards import dashboards
from schemas.topics import DECISIONS
from streams.adapters import child_processes
from streams.demo import console
from streams.settings import Settings
from tests.faults.fleet import Worker
from tests.faults.scene import Scene, Sqlite, set_scene
from tests.integration.asking import Platform, a_claim
from tests.photos import a_picture, jpeg
from tests.real import parts, topics
from tests.real.collector import Collector, a_collector
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


@pytest.fixture
def collector() -> Iterator[Collector]:
    with a_collector() as found:
        yield found


async def test_prometheus_counts_every_decision_and_names_traces_that_reach_from_request_to_decision(
    kafka: Kafka, tmp_path: Path, collector: Collector
) -> None:
    parts.need("Prometheus")
    settings = {"SENTINEL_TRACES_URL": collector.url}
    async with set_scene(kafka, Sqlite(tmp_path), tmp_path, settings=settings) as scene:
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

                traces = await traces_of_decisions(kafka)
                examples = prometheus.examples("sentinel_decision_latency_seconds_bucket")
                assert examples
                assert examples <= set(traces)
                await topics.until(lambda: asyncio.to_thread(lambda: all(map(collector.has_whole, traces))))


async def traces_of_decisions(kafka: Kafka) -> list[str]:
    """Return the trace that each decision's header names."""
    headers = [dict(record.headers) for record in await topics.read_all(kafka.address, DECISIONS.name)]
    return [header["traceparent"].decode().split("-")[1] for header in headers]


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
