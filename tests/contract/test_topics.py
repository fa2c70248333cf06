"""The topics command over both brokers; what only one of them does is at the end."""

import asyncio
import dataclasses
import errno
import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from schemas.topics import DECISIONS, REQUESTS, TOPICS, Topic
from streams.adapters.kafka import topics
from streams.adapters.kafka.answering import answering
from streams.adapters.kafka.embedded_broker import EmbeddedBroker
from streams.adapters.kafka.topic_states import TopicState, require
from streams.errors import BrokerUnavailable, OperatorError, StoreUnavailable, TopicMismatch
from streams.settings import Settings
from tests.real.kafka import Kafka
from tests.real.topics import delete_all


@pytest.fixture(params=[pytest.param("kafka", marks=pytest.mark.kafka), pytest.param("tansu", marks=pytest.mark.tansu)])
async def settings(request: pytest.FixtureRequest) -> Settings:
    """Settings for a broker without topics."""
    broker: Kafka | EmbeddedBroker = request.getfixturevalue(request.param)
    if isinstance(broker, Kafka):
        await delete_all(broker.address)
    return settings_for(broker.address)


@pytest.fixture
async def kafka_settings(kafka: Kafka) -> Settings:
    await delete_all(kafka.address)
    return settings_for(kafka.address)


def settings_for(address: str) -> Settings:
    return Settings.model_validate({"broker": address})


def by_name(states: list[TopicState]) -> dict[str, str]:
    return {state.topic: state.state for state in states}


def with_other(topic: Topic, **changes: Any) -> list[Topic]:
    """Return the contract with ``topic`` changed."""
    return [dataclasses.replace(known, **changes) if known is topic else known for known in TOPICS]


async def test_every_topic_of_the_contract_is_made_with_its_partitions_and_configuration(settings: Settings) -> None:
    created = await topics.create(settings)
    assert by_name(created) == {topic.name: "created" for topic in TOPICS}
    assert await topics.check(settings) == [
        TopicState(topic=topic.name, state="exists", partitions=topic.partitions, replication=1) for topic in TOPICS
    ]


async def test_making_them_again_changes_nothing_and_says_so(settings: Settings) -> None:
    await topics.create(settings)
    assert by_name(await topics.create(settings)) == {topic.name: "exists" for topic in TOPICS}


async def test_only_what_is_missing_is_made(settings: Settings) -> None:
    await topics.create(settings, topics=[REQUESTS])
    states = by_name(await topics.create(settings))
    assert states == {topic.name: "exists" if topic is REQUESTS else "created" for topic in TOPICS}


async def test_two_who_make_them_at_once_both_end_well(settings: Settings) -> None:
    both = await asyncio.gather(topics.create(settings), topics.create(settings))
    for states in both:
        require(states)
    assert by_name(await topics.check(settings)) == {topic.name: "exists" for topic in TOPICS}


async def test_checking_names_each_missing_topic_and_makes_none(settings: Settings) -> None:
    first, second = await topics.check(settings), await topics.check(settings)
    assert by_name(first) == by_name(second) == {topic.name: "missing" for topic in TOPICS}
    with pytest.raises(
        TopicMismatch,
        match=r"^topics refund\.requests\.v1, .*dead\.letters\.v1 are missing: run `refund-sentinel topics create`$",
    ):
        require(first)


async def test_another_partition_count_stops_a_worker_and_is_left_as_it_is(settings: Settings) -> None:
    await topics.create(settings, topics=with_other(REQUESTS, partitions=4))
    await topics.create(settings, alter_configs=False)
    states = await topics.check(settings)
    assert by_name(states) == {topic.name: "differs" if topic is REQUESTS else "exists" for topic in TOPICS}
    with pytest.raises(
        TopicMismatch, match=r"refund\.requests\.v1 has 4 partitions, the contract says 12: .*--partitions 12"
    ):
        require(states)


async def test_another_configuration_is_told_and_left_as_it_is(settings: Settings) -> None:
    await topics.create(settings, topics=with_other(DECISIONS, kept_ms=1_000))
    (state,) = [state for state in await topics.create(settings) if state.topic == DECISIONS.name]
    assert (state.state, state.differences) == (
        "differs",
        (f"retention.ms is 1000, the contract says {30 * 86_400_000}",),
    )
    require([state])  # a person should look, but a worker can work


async def test_no_broker_is_one_line_with_its_address() -> None:
    with pytest.raises(BrokerUnavailable, match=r"^Kafka at kafka://127\.0\.0\.1:1 does not answer .*$"):
        await topics.check(settings_for("kafka://127.0.0.1:1"))


async def test_a_file_of_ours_that_cannot_be_used_is_not_blamed_on_the_broker(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_bytes(b"")
    for failure in (partial((taken / "below").write_bytes, b""), partial(fail, errno.ENOSPC)):
        with pytest.raises(
            StoreUnavailable, match=r"cannot be used \((Not a directory|No space left on device)\): look"
        ):
            async with answering(settings_for("kafka://127.0.0.1:1")):
                failure()


def fail(number: int) -> None:
    raise OSError(number, os.strerror(number))


@pytest.mark.kafka
async def test_kafka_alters_a_configuration_when_asked_and_keeps_what_others_set(kafka_settings: Settings) -> None:
    class Tuned(Topic):
        def config(self) -> dict[str, str]:
            return super().config() | {"retention.ms": "1000", "segment.bytes": "10485760"}

    tuned = Tuned(**{field.name: getattr(DECISIONS, field.name) for field in dataclasses.fields(DECISIONS)})
    await topics.create(kafka_settings, topics=[tuned])
    (state,) = await topics.create(kafka_settings, topics=[DECISIONS], alter_configs=True)
    assert (state.state, state.differences) == ("altered", ())
    (state,) = await topics.check(kafka_settings, topics=[tuned])
    assert state.differences == (f"retention.ms is {30 * 86_400_000}, the contract says 1000",)


@pytest.mark.kafka
async def test_kafka_refuses_more_replicas_than_it_has_brokers_in_its_own_words(kafka_settings: Settings) -> None:
    with pytest.raises(
        OperatorError, match=r"Kafka refused to make the topic .*replication factor of 2 cannot be reached"
    ):
        await topics.create(kafka_settings, replication=2)


@pytest.mark.tansu
async def test_tansu_cannot_alter_a_configuration_and_says_what_helps(tansu: EmbeddedBroker) -> None:
    settings = settings_for(tansu.address)
    await topics.create(settings, topics=with_other(DECISIONS, kept_ms=1_000))
    with pytest.raises(OperatorError, match="delete the topic"):
        await topics.create(settings, alter_configs=True)
