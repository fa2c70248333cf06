"""The benches on real parts: that they run to their end and say what they should, never how fast."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import run
from tests.real import parts, topics
from tests.real.kafka import Kafka

EVENTS = "300"


def settings(broker: str, folder: Path) -> dict[str, str]:
    return {"broker": broker, "database_url": f"sqlite:///{folder}/sentinel.db"}


@pytest.fixture(scope="module")
def broker_for_benches() -> Iterator[str]:
    """A Kafka that no other test works on: a bench marks its broker for good."""
    parts.need("Apache Kafka")
    broker = Kafka()
    try:
        broker.start()
        yield broker.address
    finally:
        broker.remove()


@pytest.mark.kafka
def test_decide_is_measured_beside_its_mechanism(broker_for_benches: str, tmp_path: Path) -> None:
    given = settings(broker_for_benches, tmp_path)
    done = run("bench", "decide", "--events", EVENTS, "--turns", "1", "--json", settings=given)

    assert done.status == 0, done.error
    (figure,) = done.records
    assert figure["measure"] == "decide on SQLite"
    assert figure["met"] == (figure["value"] >= 0.5)
    assert figure["parts"]["decide_per_s"] > 0
    assert figure["parts"]["mechanism_per_s"] > 0


@pytest.mark.kafka
def test_how_soon_a_photo_is_searchable_is_measured_where_a_broker_is_named(
    broker_for_benches: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("faiss")
    for module, name, fewer in (
        ("sightings", "INSERTED", 500),
        ("sightings", "QUESTIONS", 40),
        ("sightings_log", "SECONDS", 1),
    ):
        monkeypatch.setattr(f"streams.bench.{module}.{name}", fewer)
    done = run("bench", "sightings", "--size", "2000", "--json", settings={"broker": broker_for_benches})

    assert done.status == 0, done.error
    figures = done.records[-1]
    assert set(figures["searchable_ms"]) == {"p50", "p99"}
    assert (figures["searchable_per_s"] > 0, figures["caught_up_per_s"] > 0) == (True, True)


@pytest.mark.kafka
async def test_a_broker_that_others_use_is_refused(kafka_topics: str, tmp_path: Path) -> None:
    await topics.produce(kafka_topics, "refund.requests.v1", [(b"b-1", b"{}")])

    done = await asyncio.to_thread(run, "bench", "start", settings=settings(kafka_topics, tmp_path))

    assert done.status == 1
    assert "in use" in done.error
    assert "make bench" in done.error


def test_photos_are_measured_without_broker_and_database() -> None:
    done = run("bench", "enrich", "--turns", "1", "--json")

    assert done.status == 0, done.error
    assert [figure["unit"] for figure in done.records] == ["of bare decoding", "of bare decoding", "ms"]


def test_one_photo_process_and_two_are_measured_in_turns() -> None:
    done = run("bench", "photo-processes", "--turns", "1", "--requests", "2", "--json")

    assert done.status == 0, done.error
    looked, bare = done.records
    assert looked["met"] == (looked["value"] >= 1.8)
    assert all(figure["parts"][name] > 0 for figure in (looked, bare) for name in ("one_per_s", "two_per_s"))
