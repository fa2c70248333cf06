import dataclasses

import pytest

from schemas.topics import DECISIONS, SIGHTINGS
from streams.adapters.kafka.topics import TopicState, _config, _Found, _state, require
from streams.errors import TopicMismatch


def found(replication: int = 3, partitions: int = 12, **changes: str) -> _Found:
    config = _config(DECISIONS, replication) | {name.replace("_", "."): value for name, value in changes.items()}
    return _Found(partitions=partitions, replication=replication, config=config, own={})


@pytest.mark.parametrize(("replication", "in_sync"), [(1, "1"), (2, "1"), (3, "2")])
def test_a_write_waits_for_all_replicas_but_one(replication: int, in_sync: str) -> None:
    assert _config(DECISIONS, replication) == DECISIONS.config() | {"min.insync.replicas": in_sync}


def test_a_topic_as_the_contract_has_it_simply_exists() -> None:
    expected = TopicState(topic=DECISIONS.name, state="exists", partitions=12, replication=3)
    assert _state(DECISIONS, found(), most_replicas=3) == expected


def test_fewer_replicas_than_the_cluster_can_hold_are_told() -> None:
    state = _state(DECISIONS, found(replication=1), most_replicas=3)
    assert (state.state, state.differences) == ("differs", ("replication is 1, the cluster can hold 3",))


def test_a_weaker_promise_of_writes_is_told() -> None:
    state = _state(DECISIONS, found(min_insync_replicas="1"), most_replicas=3)
    assert state.differences == ("min.insync.replicas is 1, the contract says 2",)


def test_all_problems_are_told_at_once() -> None:
    other = dataclasses.replace(DECISIONS, name="other.v1")
    states = [_state(DECISIONS, None, 3), _state(other, found(partitions=3), 3), _state(DECISIONS, found(), 3)]
    with pytest.raises(TopicMismatch) as raised:
        require(states)
    assert str(raised.value) == (
        "topic refund.decisions.v1 is missing: run `refund-sentinel topics create`; "
        "topic other.v1 has 3 partitions, the contract says 12: "
        "add the others with `kafka-topics.sh --alter --topic other.v1 --partitions 12`"
    )


def test_partitions_that_were_added_are_told_and_stop_nobody() -> None:
    grown, log = _state(DECISIONS, found(partitions=14), 3), _state(SIGHTINGS, found(partitions=2), 3)
    require([grown, log])
    assert grown.differences == ("has 14 partitions, the contract says 12: all are read",)
    assert "has 2 partitions, the contract says 1: the others stay empty" in log.differences
