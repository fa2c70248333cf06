"""Faults of real workers are seen by a real Prometheus, and reach a real Alertmanager as alerts."""

import asyncio
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from schemas.records import PhotoSighted
from schemas.topics import REQUESTS, SIGHTINGS, SIGHTINGS_PARTITION
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.policies import PolicyStore
from streams.agents.compose import seed_policy
from streams.cases.acts import AuditAct
from streams.clock import now_ms
from tests.builders import a_fingerprint
from tests.contract.judging import some_evidence, suspecting
from tests.contract.sql import Database
from tests.faults.fleet import Worker
from tests.faults.scene import Sqlite, set_scene
from tests.integration.asking import Platform, a_claim
from tests.integration.readiness import says
from tests.real import parts, topics
from tests.real.alertmanager import Alertmanager
from tests.real.kafka import Kafka
from tests.real.prometheus import Prometheus
from tests.real.quotas import reading_at_most

pytestmark = [pytest.mark.kafka, pytest.mark.prometheus, pytest.mark.slow]

RULES = Path(__file__).parents[2] / "deploy" / "prometheus" / "alerts.yaml"
MINUTE_MS = 60_000
SEEN_WITHIN_S = 120
SLOW_BYTES_A_SECOND = 4_000
CASES = 12
FAULTS = {"SentinelTopicPaused", "SentinelDeadLetters", "SentinelLagGrows", "SentinelReplicaBehind"}
AT_THE_DESK = {"SentinelReviewersMissing"}


async def test_faults_of_workers_and_a_full_review_queue_reach_the_alertmanager(kafka: Kafka, tmp_path: Path) -> None:
    parts.need("Prometheus")
    parts.need("Alertmanager")
    settings = {"SENTINEL_DEAD_LETTER_STOP_RUN": "10"}
    async with set_scene(kafka, Sqlite(tmp_path), tmp_path, settings=settings) as scene:
        platform = Platform(kafka.address, scene.media)
        await asyncio.to_thread(fill_the_queue, scene.database.url, now_ms())
        (enrich,), (decide,) = scene.fleet.start("enrich"), scene.fleet.start("decide")
        for worker in (enrich, decide):
            await says(worker, "ok", 90)
        with watched(tmp_path, enrich, decide) as (prometheus, alerts):
            await fires(alerts, AT_THE_DESK)
            assert alerts.names() & FAULTS == set()
            assert await asyncio.to_thread(prometheus.value, 'min(up{job="refund-sentinel"})') == 1

            async with reading_at_most(kafka.address, SLOW_BYTES_A_SECOND):
                await platform.send([b"not JSON"] * 15)
                await says(enrich, f"{REQUESTS.name} is paused", 90)
                await topics.produce(kafka.address, REQUESTS.name, many_requests(), partition=0)
                await topics.produce(kafka.address, SIGHTINGS.name, many_photos(), partition=SIGHTINGS_PARTITION)
                await fires(alerts, FAULTS)

            assert "SentinelWorkerDown" not in alerts.names()
            await asyncio.to_thread(enrich.end, signal.SIGKILL)
            await fires(alerts, {"SentinelWorkerDown"})
            (down,) = [each for each in alerts.alerts() if each["alertname"] == "SentinelWorkerDown"]
            assert (down["instance"], down["severity"]) == (f"127.0.0.1:{port(enrich)}", "page")


@contextmanager
def watched(folder: Path, *workers: Worker) -> Iterator[tuple[Prometheus, Alertmanager]]:
    """Give a Prometheus that scrapes the workers, and the Alertmanager that it tells.

    Its rules are those of deploy/, but for how long each must hold before it fires: a test would only wait for that,
    and the tests of promtool show it.
    """
    rules = folder / "alerts.yaml"
    rules.write_text(re.sub(r"(?m)^        for: .*\n", "", RULES.read_text(encoding="utf-8")), encoding="utf-8")
    with (
        Alertmanager() as alerts,
        Prometheus({"refund-sentinel": [port(each) for each in workers]}, rules, alerts.port) as prometheus,
    ):
        yield prometheus, alerts


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
