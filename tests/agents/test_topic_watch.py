"""Settings of topics that are changed under a running worker are told once, and measured for as long as they last."""

import asyncio
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from schemas.topics import DECISIONS, EVIDENCE, SIGHTINGS, Topic
from streams.adapters.kafka.topic_states import Found, TopicState, config_of, state_of
from streams.agents import topic_watch
from streams.agents.topic_watch import TopicWatch
from streams.errors import BrokerUnavailable
from streams.metrics import Metrics

TOPICS = (EVIDENCE, DECISIONS, SIGHTINGS)


def standing(topic: Topic, **changes: str) -> TopicState:
    config = config_of(topic, 3) | {name.replace("_", "."): value for name, value in changes.items()}
    return state_of(topic, Found(partitions=topic.partitions, replication=3, config=config, own={}), 3)


class Cluster:
    """What a broker says of its topics."""

    def __init__(self) -> None:
        self.metrics = Metrics("decide")
        self.states = {topic.name: standing(topic) for topic in TOPICS}
        self.away = 0
        self.answers = 0
        self.asked_again = asyncio.Event()
        self.watch = TopicWatch([*self.states.values()], self.check, self.metrics)

    async def check(self) -> Sequence[TopicState]:
        if self.away:
            self.away -= 1
            msg = "Kafka does not answer"
            raise BrokerUnavailable(msg)
        self.answers += 1
        if self.answers > 1:
            self.asked_again.set()
        return [*self.states.values()]

    async def told(self) -> list[tuple[str, str]]:
        """Return level and topic of what the next look logs."""
        with capture_logs() as logs:
            await self.watch.look()
        return [(line["log_level"], line["topic"]) for line in logs]

    def unfit(self, topic: Topic) -> float | None:
        return self.metrics.registry.get_sample_value("sentinel_topic_unfit", {"topic": topic.name})


async def test_compaction_is_told_once_and_measured_until_it_is_off() -> None:
    cluster = Cluster()
    assert await cluster.told() == []

    cluster.states[EVIDENCE.name] = standing(EVIDENCE, cleanup_policy="compact")
    assert await cluster.told() == [("error", EVIDENCE.name)]
    assert await cluster.told() == []
    assert [cluster.unfit(topic) for topic in TOPICS] == [1, 0, 0]

    cluster.states[EVIDENCE.name] = standing(EVIDENCE)
    assert await cluster.told() == [("info", EVIDENCE.name)]
    assert cluster.unfit(EVIDENCE) == 0


async def test_a_setting_that_loses_nothing_is_told_and_is_no_alarm() -> None:
    cluster = Cluster()
    cluster.states[DECISIONS.name] = standing(DECISIONS, retention_ms="1000")

    assert await cluster.told() == [("warning", DECISIONS.name)]
    assert cluster.unfit(DECISIONS) == 0


async def test_a_topic_that_is_missing_is_left_to_whoever_reads_it() -> None:
    cluster = Cluster()
    cluster.states[EVIDENCE.name] = state_of(EVIDENCE, None, 3)

    assert await cluster.told() == []
    assert cluster.unfit(EVIDENCE) is None


async def test_a_look_that_fails_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic_watch, "LOOK_EVERY_S", 0)
    cluster = Cluster()
    cluster.states[EVIDENCE.name] = standing(EVIDENCE, cleanup_policy="compact,delete")
    cluster.away = 2
    with capture_logs() as logs:
        running = asyncio.create_task(cluster.watch.run())
        await asyncio.wait_for(cluster.asked_again.wait(), 60)
        running.cancel()

    assert [line["log_level"] for line in logs] == ["warning", "warning", "error"]
    assert cluster.unfit(EVIDENCE) == 1
