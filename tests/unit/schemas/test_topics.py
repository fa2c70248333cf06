"""The topics are those of the contract, and say so in Kafka's own words."""

import pytest

from schemas.topics import BATCH_OVERHEAD_BYTES, BY_NAME, TOPICS, Topic

DAY = 86_400_000

CONTRACT = {
    "refund.requests.v1": ("buyer_id", 12, 14, "delete", "LogAppendTime", 256),
    "catalogue.photos.v1": ("merchant_id", 12, 14, "delete", "LogAppendTime", 256),
    "image.sightings.v1": ("sighting_id", 1, 180, "compact,delete", "LogAppendTime", 256),
    "refund.evidence.v1": ("buyer_id", 12, 30, "delete", "CreateTime", 1_024),
    "refund.decisions.v1": ("buyer_id", 12, 30, "delete", "CreateTime", 256),
    "refund.outcomes.v1": ("buyer_id", 12, 30, "delete", "LogAppendTime", 256),
    "case.evidence.v1": ("buyer_id", 12, 14, "delete", "LogAppendTime", 256),
    "review.events.v1": ("request_id", 12, 30, "delete", "CreateTime", 256),
    "credit.signals.v1": ("issuer:signal_id", 12, None, "compact", "CreateTime", 256),
    "dead.letters.v1": ("as the original", 12, 30, "delete", "CreateTime", 1_536),
}


def _as_contracted(topic: Topic) -> tuple[str, int, int | None, str, str, int]:
    kept_days = None if topic.kept_ms is None else topic.kept_ms // DAY
    kib = topic.max_message_bytes // 1_024
    return topic.key, topic.partitions, kept_days, topic.cleanup, topic.timestamp, kib


def test_every_topic_is_as_the_contract_has_it() -> None:
    assert {topic.name: _as_contracted(topic) for topic in TOPICS} == CONTRACT


def test_a_requests_configuration_is_in_kafkas_names() -> None:
    assert BY_NAME["refund.requests.v1"].config() == {
        "cleanup.policy": "delete",
        "max.message.bytes": "278528",
        "message.timestamp.type": "LogAppendTime",
        "retention.ms": "1209600000",
    }


def test_sightings_are_compacted_later_than_any_replay_and_keep_their_tombstones() -> None:
    assert BY_NAME["image.sightings.v1"].config() == {
        "cleanup.policy": "compact,delete",
        "max.message.bytes": "278528",
        "message.timestamp.type": "LogAppendTime",
        "retention.ms": str(180 * DAY),
        "min.compaction.lag.ms": str(30 * DAY),
        "max.compaction.lag.ms": str(37 * DAY),
        "delete.retention.ms": str(30 * DAY),
    }


def test_credit_signals_are_kept_for_ever() -> None:
    assert BY_NAME["credit.signals.v1"].config()["retention.ms"] == "-1"


def test_no_request_outlives_the_compaction_lag_of_its_sightings() -> None:
    assert BY_NAME["refund.requests.v1"].kept_ms < BY_NAME["image.sightings.v1"].compaction_lag_ms  # type: ignore[operator]  # its retention is set


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_the_brokers_limit_leaves_room_for_key_and_framing(topic: Topic) -> None:
    assert int(topic.config()["max.message.bytes"]) == topic.max_message_bytes + BATCH_OVERHEAD_BYTES


def test_a_dead_letter_holds_the_largest_original_in_base64() -> None:
    largest = max(int(topic.config()["max.message.bytes"]) for topic in TOPICS if topic.name != "dead.letters.v1")
    said_of_it = 32 * 1_024
    assert BY_NAME["dead.letters.v1"].max_message_bytes >= largest * 4 // 3 + said_of_it
