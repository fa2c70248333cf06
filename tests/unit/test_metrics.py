"""A worker exports the metrics of its own kind, and every counter's series from the start."""

import re
from pathlib import Path

import pytest
from prometheus_client import Counter
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

import streams
from schemas.topics import EVIDENCE, REQUESTS
from streams.metrics import KINDS, Kind, Metrics


def exported(kind: Kind | None) -> set[str]:
    page = generate_latest(Metrics(kind).registry).decode()
    names = {family.name for family in text_string_to_metric_families(page)}
    return {name for name in names if name.startswith("sentinel_") and not name.endswith("_created")}


def test_each_kind_exports_its_own_and_both_what_both_have() -> None:
    enrich, decide = exported("enrich"), exported("decide")
    assert enrich & decide == {
        "sentinel_before_set_offsets_messages",
        "sentinel_build_info",
        "sentinel_clock_seconds",
        "sentinel_dead_letters",
        "sentinel_gone_unread_messages",
        "sentinel_in_flight_events",
        "sentinel_lag_age_seconds",
        "sentinel_lag_messages",
        "sentinel_partition_assigned",
        "sentinel_ready",
        "sentinel_send_seconds",
        "sentinel_topic_paused",
        "sentinel_topic_unfit",
    }
    assert {"sentinel_requests", "sentinel_replica_photos"} <= enrich - decide
    assert {"sentinel_decisions", "sentinel_outbox_oldest_unsent_seconds"} <= decide - enrich
    assert enrich | decide == exported(None)


@pytest.mark.parametrize("kind", KINDS)
def test_every_series_of_a_counter_is_there_from_the_start_at_0(kind: Kind) -> None:
    metrics = Metrics(kind)
    of_ours = [one for one in vars(metrics).values() if isinstance(one, Counter)]
    exported_names = {family.name for family in metrics.registry.collect()}

    series = {
        counter._name: [one.value for family in counter.collect() for one in family.samples if one.name[-5:] == "total"]
        for counter in of_ours
        if counter._name in exported_names
    }

    assert series
    assert {name: set(values) for name, values in series.items()} == {name: {0.0} for name in series}


def test_dead_letters_are_counted_by_what_this_kind_reads() -> None:
    def value(kind: Kind, topic: str, error: str) -> float | None:
        labels = {"topic": topic, "error": error}
        return Metrics(kind).registry.get_sample_value("sentinel_dead_letters_total", labels)

    assert value("enrich", REQUESTS.name, "MediaUnreadable") == value("decide", EVIDENCE.name, "RefusedByDatabase") == 0
    assert value("enrich", EVIDENCE.name, "ContractError") is value("decide", REQUESTS.name, "ContractError") is None


def test_a_worker_tells_its_version() -> None:
    (build,) = [one for one in Metrics("enrich").registry.collect() if one.name == "sentinel_build"]
    (sample,) = build.samples
    assert (sample.name, sample.value, sorted(sample.labels)) == ("sentinel_build_info", 1, ["python", "version"])


def test_every_stage_of_a_look_has_its_series_from_the_start() -> None:
    source = Path(streams.__file__).parent
    laps = {lap for path in source.rglob("*.py") for lap in re.findall(r"\blap\(\"(\w+)\"\)", path.read_text("utf-8"))}
    count = "sentinel_stage_seconds_count"
    registry = Metrics("enrich").registry

    assert len(laps) > 10
    assert [lap for lap in laps if registry.get_sample_value(count, {"stage": f"photo_{lap}"}) != 0] == []
    assert registry.get_sample_value(count, {"stage": "gather"}) == 0
