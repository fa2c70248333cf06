"""A real Prometheus reads what the workers tell, counts as the platform does, and tells an Alertmanager of faults."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from deploy.scripts.dashboards import dashboards
from schemas.records import PhotoSighted
from schemas.topics import DECISIONS, REQUESTS, SIGHTINGS, SIGHTINGS_PARTITION
from streams.adapters import child_processes
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.policies import PolicyStore
from streams.cases.acts import AuditAct
from streams.clock import now_ms
from streams.demo import console
from streams.judgement.policy_file import seed_policy
from streams.settings import Settings
from tests.builders import a_fingerprint
from tests.contract.judging import some_evidence, suspecting
from tests.contract.sql import Database
from tests.faults.fleet import Worker
from tests.faults.scene import Scene, Sqlite, set_scene
from tests.integration.asking import Platform, a_claim
from tests.integration.readiness import says
from tests.photos import a_picture, jpeg
from tests.real import parts, topics
from tests.real.alertmanager import Alertmanager
from tests.real.collector import Collector, a_collector
from tests.real.kafka import Kafka
from tests.real.prometheus import Prometheus
from tests.real.quotas import reading_at_most

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.prometheus,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),
]

LATENCY = "histogram_quantile(0.5, sum by (le) (sentinel_decision_latency_seconds_bucket))"
RULES = Path(__file__).parents[2] / "deploy" / "prometheus" / "alerts.yaml"
WORKERS, CONSOLES = "refund-sentinel", "refund-sentinel-console"
MINUTE_MS = 60_000
SEEN_WITHIN_S = 240
SLOW_BYTES_A_SECOND = 4_000
CASES = 12
FAULTS = {"SentinelTopicPaused", "SentinelDeadLetters", "SentinelLagGrows", "SentinelReplicaBehind"}
AT_THE_DESK = {"SentinelReviewersMissing"}


@dataclass(frozen=True)
class System:
    """A worker of each kind and a console, with a full review queue, watched by a Prometheus and an Alertmanager."""

    scene: Scene
    platform: Platform
    enrich: Worker
    prometheus: Prometheus
    alerts: Alertmanager
    collector: Collector


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """Give the system, with the rules of deploy/, but for how long each must hold before it fires.

    A test would only wait for that, and the tests of promtool show it.
    """
    parts.need("Prometheus")
    parts.need("Alertmanager")
    folder = tmp_path_factory.mktemp("system")
    rules = folder / "alerts.yaml"
    rules.write_text(re.sub(r"(?m)^        for: .*\n", "", RULES.read_text(encoding="utf-8")), encoding="utf-8")
    with a_collector() as collector:
        settings = {"SENTINEL_TRACES_URL": collector.url, "SENTINEL_DEAD_LETTER_STOP_RUN": "10"}
        async with set_scene(kafka, Sqlite(folder), folder, settings=settings) as scene:
            await asyncio.to_thread(fill_the_queue, scene.database.url, now_ms())
            (enrich,), (decide,) = scene.fleet.start("enrich"), scene.fleet.start("decide")
            async with a_console(scene, folder) as console_port:
                for worker in (enrich, decide):
                    await says(worker, "ok")
                jobs = {WORKERS: [port(enrich), port(decide)], CONSOLES: [console_port]}
                with Alertmanager() as alerts, Prometheus(jobs, rules, alerts.port) as prometheus:
                    platform = Platform(kafka.address, scene.media)
                    yield System(scene, platform, enrich, prometheus, alerts, collector)


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


async def test_prometheus_counts_every_decision_and_names_traces_that_reach_from_request_to_decision(
    system: System,
) -> None:
    platform, prometheus, kafka = system.platform, system.prometheus, system.scene.kafka
    photo = platform.photo("claims/a.jpg", jpeg(a_picture(1, 320, 240)))
    asked = [a_claim("with-a-photo", photo), *(a_claim(f"without-{n}", None) for n in range(6))]
    to_people = sum(told.verdict == "REVIEW" for told in await platform.ask(*asked))

    def counted() -> bool:
        """Return whether all are scraped, and decisions counted: what a worker tells is scraped a moment later."""
        up = prometheus.value("count(max_over_time(up[5m]) == 1)") == 3
        return up and (prometheus.value("sum(sentinel_decisions_total)") or 0) >= len(asked)

    await topics.until(lambda: asyncio.to_thread(counted))
    assert set(prometheus.targets()) == {WORKERS, CONSOLES}
    assert (prometheus.value('sum(sentinel_decisions_total{verdict="REVIEW"})') or 0) >= to_people >= 6
    assert (prometheus.value("sum(sentinel_requests_total)") or 0) >= 7
    assert prometheus.value("max(sentinel_outbox_oldest_unsent_seconds)") is not None
    assert (prometheus.value(LATENCY) or 0) > 0
    await topics.until(lambda: asyncio.to_thread(lambda: not without_series(prometheus)))

    traces = await traces_of_decisions(kafka)
    examples = prometheus.examples("sentinel_decision_latency_seconds_bucket")
    assert examples
    assert examples <= set(traces)
    await topics.until(lambda: asyncio.to_thread(lambda: all(map(system.collector.has_whole, traces))))


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


async def test_faults_of_workers_and_a_full_review_queue_reach_the_alertmanager(system: System) -> None:
    address, alerts, enrich = system.scene.kafka.address, system.alerts, system.enrich
    await fires(alerts, AT_THE_DESK)
    assert alerts.names() & FAULTS == set()

    async with reading_at_most(address, SLOW_BYTES_A_SECOND):
        await system.platform.send([b"not JSON"] * 15)
        await says(enrich, f"{REQUESTS.name} is paused")
        await topics.produce(address, REQUESTS.name, many_requests(), partition=0)
        await topics.produce(address, SIGHTINGS.name, many_photos(), partition=SIGHTINGS_PARTITION)
        await fires(alerts, FAULTS)

    assert "SentinelWorkerDown" not in alerts.names()
    await asyncio.to_thread(enrich.end, signal.SIGKILL)
    await fires(alerts, {"SentinelWorkerDown"})
    (down,) = [each for each in alerts.alerts() if each["alertname"] == "SentinelWorkerDown"]
    assert (down["instance"], down["severity"]) == (f"127.0.0.1:{port(enrich)}", "page")


async def fires(alerts: Alertmanager, names: set[str]) -> None:
    """Return once all these alerts fire at the same time."""
    missing = set(names)

    async def they_do() -> bool:
        missing.clear()
        missing.update(names - await asyncio.to_thread(alerts.names))
        await asyncio.sleep(0.2)
        return not missing

    try:
        await topics.until(they_do, SEEN_WITHIN_S)
    except TimeoutError:
        pytest.fail(f"silent: {sorted(missing)}")


def fill_the_queue(url: str, at_ms: int) -> None:
    """Open cases that wait for reviewers, of whom there is one, who needs minutes for each."""
    engine = open_engine(url)
    PolicyStore(engine).seed(seed_policy(None), at_ms)
    database, names = Database(engine), [f"rr-{number}" for number in range(CASES)]
    evidence = [some_evidence(name, buyer_id=f"b-{name}", requested_at_ms=at_ms - 50 * MINUTE_MS) for name in names]
    database.decide(suspecting(*names), *evidence, now_ms=at_ms - 50 * MINUTE_MS)
    for name in names:
        database.hearings.state(name, act("m-1", at_ms - 40 * MINUTE_MS), "merchant")
    given = database.assignments.next(act("lin", at_ms - 9 * MINUTE_MS))
    assert given is not None
    database.verdicts.decide(given.case.case_id, act("lin", at_ms), "GRANT", "R-1")
    database.assignments.next(act("lin", at_ms))  # who asked lately is there
    engine.dispose()


def act(by: str, at_ms: int) -> AuditAct:
    return AuditAct(by=by, note="as it was", at_ms=at_ms)


def many_requests() -> list[tuple[bytes | None, bytes | None]]:
    return [(b"b-1", msgspec.json.encode(a_claim(f"waits-{number}", None))) for number in range(1_200)]


def many_photos() -> list[tuple[bytes | None, bytes | None]]:
    photos = [
        PhotoSighted(
            sighting_id=f"catalogue:p-{number}",
            source="catalogue",
            fingerprint=a_fingerprint(number),
            sha256=f"{number:064x}",
            merchant_id="m-1",
            product_id=f"p-{number}",
            seen_at_ms=now_ms(),
        )
        for number in range(3_000)
    ]
    return [(photo.sighting_id.encode(), msgspec.json.encode(photo)) for photo in photos]


def port(worker: Worker) -> int:
    return int((worker.home / "http.port").read_text())
