import dataclasses

import pytest

from schemas.topics import DECISIONS, SIGHTINGS
from streams.adapters.kafka.topic_states import Found, TopicState, config_of, require, state_of
from streams.errors import TopicMismatch


def found(replication: int = 3, partitions: int = 12, **changes: str) -> Found:
    config = config_of(DECISIONS, replication) | {name.replace("_", "."): value for name, value in changes.items()}
    return Found(partitions=partitions, replication=replication, config=config, own={})


@pytest.mark.parametrize(("replication", "in_sync"), [(1, "1"), (2, "1"), (3, "2")])
def test_a_write_waits_for_all_replicas_but_one(replication: int, in_sync: str) -> None:
    assert config_of(DECISIONS, replication) == DECISIONS.config() | {"min.insync.replicas": in_sync}


def test_a_topic_as_the_contract_has_it_simply_exists() -> None:
    expected = TopicState(topic=DECISIONS.name, state="exists", partitions=12, replication=3)
    assert state_of(DECISIONS, found(), most_replicas=3) == expected


def test_fewer_replicas_than_the_cluster_can_hold_are_told() -> None:
    state = state_of(DECISIONS, found(replication=1), most_replicas=3)
    assert (state.state, state.differences) == ("differs", ("replication is 1, the cluster can hold 3",))


def test_a_weaker_promise_of_writes_is_told() -> None:
    state = state_of(DECISIONS, found(min_insync_replicas="1"), most_replicas=3)
    assert state.differences == ("min.insync.replicas is 1, the contract says 2",)


def test_all_problems_are_told_at_once() -> None:
    other = dataclasses.replace(DECISIONS, name="other.v1")
    states = [state_of(DECISIONS, None, 3), state_of(other, found(partitions=3), 3), state_of(DECISIONS, found(), 3)]
    with pytest.raises(TopicMismatch) as raised:
        require(states)
    assert str(raised.value) == (
        "topic refund.decisions.v1 is missing: run `refund-sentinel topics create`; "
        "topic other.v1 has 3 partitions, the contract says 12: "
        "add the others with `kafka-topics.sh --alter --topic other.v1 --partitions 12`"
    )


def test_partitions_that_were_added_are_told_and_stop_nobody() -> None:
    grown, log = state_of(DECISIONS, found(partitions=14), 3), state_of(SIGHTINGS, found(partitions=2), 3)
    require([grown, log])
    assert grown.differences == ("has 14 partitions, the contract says 12: all are read",)
    assert "has 2 partitions, the contract says 1: the others stay empty" in log.differences


@pytest.mark.parametrize("cleanup", ["compact", "delete,compact"])
def test_a_topic_whose_messages_would_be_compacted_away_stops_the_worker(cleanup: str) -> None:
    state = state_of(DECISIONS, found(cleanup_policy=cleanup), most_replicas=3)
    with pytest.raises(TopicMismatch, match="is compacted, so Kafka deletes messages that nobody has read"):
        require([state])
    log = Found(partitions=1, replication=3, config=config_of(SIGHTINGS, 3), own={})
    require([state_of(SIGHTINGS, log, most_replicas=3)])
