"""The topics of the contract on a broker: made once by a command, and checked before a worker starts.

Nothing here changes a topic that exists, unless ``alter_configs`` asks for it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NoReturn

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import IncompatibleBrokerVersion, KafkaError, TopicAlreadyExistsError, for_code

from schemas.topics import SIGHTINGS, TOPICS, Topic
from streams.adapters.kafka.clients import admin
from streams.errors import BrokerUnavailable, OperatorError, TopicMismatch
from streams.settings import Settings

MOST_REPLICAS = 3
SHOWN_LIMIT_S = 30
SET_ON_THE_TOPIC = 1  # Kafka's DYNAMIC_TOPIC_CONFIG, among a configuration's sources


@dataclass(frozen=True, kw_only=True)
class TopicState:
    """One topic as the broker has it, beside what the contract says.

    ``problem`` stops a worker; ``differences`` are settings that a person should look at. Both are sentences.
    """

    topic: str
    state: Literal["created", "exists", "altered", "differs", "missing"]
    partitions: int = 0
    replication: int = 0
    differences: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(frozen=True)
class _Found:
    """A topic on the broker; ``own`` is what was set on the topic itself, ``config`` what holds for it."""

    partitions: int
    replication: int
    config: Mapping[str, str]
    own: Mapping[str, str]


async def create(
    settings: Settings,
    *,
    topics: Sequence[Topic] = TOPICS,
    replication: int | None = None,
    alter_configs: bool = False,
) -> list[TopicState]:
    """Return how each topic stands after making those that were missing; safe to repeat.

    ``replication`` None takes what the cluster can hold, at most three. With ``alter_configs`` the configuration of
    a topic that differs is set to the contract's; its partitions never change.
    Raises :class:`BrokerUnavailable`, and :class:`OperatorError` with the broker's words for what it refuses.
    """
    async with admin(settings) as client:
        there = await _partitions(client, topics)
        missing = [topic for topic in topics if topic.name not in there]
        done: dict[str, Literal["created", "altered"]] = {}
        for name in await _create(client, missing, replication or await _most_replicas(client)):
            done[name] = "created"
        if alter_configs:
            for name in await _alter(client, topics):
                done[name] = "altered"
        states = await _states(client, topics)
        return [replace(state, state=done.get(state.topic, state.state)) for state in states]


async def check(settings: Settings, *, topics: Sequence[Topic] = TOPICS) -> list[TopicState]:
    """Return how each topic stands, changing nothing; raises :class:`BrokerUnavailable`."""
    async with admin(settings) as client:
        return await _states(client, topics)


def require(states: Sequence[TopicState]) -> None:
    """Raise :class:`TopicMismatch`, which says what to do, unless every topic can be worked with."""
    missing = [state.topic for state in states if state.state == "missing"]
    problems = [state.problem for state in states if state.problem and state.topic not in missing]
    if missing:
        named = f"topic {missing[0]} is" if len(missing) == 1 else f"topics {', '.join(missing)} are"
        problems.insert(0, f"{named} missing: run `refund-sentinel topics create`")
    if problems:
        raise TopicMismatch("; ".join(problems))


async def _states(client: AIOKafkaAdminClient, topics: Sequence[Topic]) -> list[TopicState]:
    found = await _look(client, topics)
    most_replicas = await _most_replicas(client)
    return [_state(topic, found.get(topic.name), most_replicas) for topic in topics]


def _state(topic: Topic, found: _Found | None, most_replicas: int) -> TopicState:
    """Return what a person should know of the topic."""
    if found is None:
        problem = f"topic {topic.name} is missing: run `refund-sentinel topics create`"
        return TopicState(topic=topic.name, state="missing", problem=problem)
    differences = [
        f"{name} is {found.config.get(name, 'not set')}, the contract says {wanted}"
        for name, wanted in _config(topic, found.replication).items()
        if found.config.get(name) != wanted
    ]
    if found.replication < most_replicas:
        differences.append(f"replication is {found.replication}, the cluster can hold {most_replicas}")
    counted = f"has {found.partitions} partitions, the contract says {topic.partitions}"
    if found.partitions > topic.partitions:
        differences.append(f"{counted}: {'the others stay empty' if topic is SIGHTINGS else 'all are read'}")
    too_few = None
    if found.partitions < topic.partitions:
        too_few = (
            f"topic {topic.name} {counted}: add the others with "
            f"`kafka-topics.sh --alter --topic {topic.name} --partitions {topic.partitions}`"
        )
    return TopicState(
        topic=topic.name,
        state="differs" if differences or too_few else "exists",
        partitions=found.partitions,
        replication=found.replication,
        differences=tuple(differences),
        problem=too_few,
    )


def _config(topic: Topic, replication: int) -> dict[str, str]:
    return topic.config() | {"min.insync.replicas": str(max(1, replication - 1))}


async def _most_replicas(client: AIOKafkaAdminClient) -> int:
    return min(MOST_REPLICAS, len((await client.describe_cluster())["brokers"]))


async def _partitions(client: AIOKafkaAdminClient, topics: Sequence[Topic]) -> dict[str, list[Any]]:
    """Return the partitions of those topics that exist.

    All topics are asked for: a broker that makes topics by itself would make the one that is asked for by name.
    """
    names = {topic.name for topic in topics}
    return {found["topic"]: found["partitions"] for found in await client.describe_topics() if found["topic"] in names}


async def _look(client: AIOKafkaAdminClient, topics: Sequence[Topic]) -> dict[str, _Found]:
    there = await _partitions(client, topics)
    # the configuration is asked for whole: Tansu hangs up when it is asked for by name
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in there]
    answers = await client.describe_configs(resources) if resources else []
    found = {}
    for code, said, _, name, entries in (resource for answer in answers for resource in answer.resources):
        if code:
            _refused(f"to show the configuration of the topic {name}", code, said)
        found[name] = _Found(
            partitions=len(there[name]),
            replication=len(there[name][0]["replicas"]) if there[name] else 0,
            config={entry[0]: entry[1] for entry in entries},
            own={entry[0]: entry[1] for entry in entries if entry[3] == SET_ON_THE_TOPIC},
        )
    return found


async def _create(client: AIOKafkaAdminClient, topics: Sequence[Topic], replication: int) -> list[str]:
    """Return the names of the topics that we made, once the broker shows them all."""
    if not topics:
        return []
    asked = [
        NewTopic(topic.name, topic.partitions, replication, topic_configs=_config(topic, replication))
        for topic in topics
    ]
    created = []
    for name, code, said in (await client.create_topics(asked)).topic_errors:
        if code == 0:
            created.append(name)
        elif code != TopicAlreadyExistsError.errno:  # someone else's `topics create` was quicker
            _refused(f"to make the topic {name}", code, said)

    async def shown() -> bool:
        return len(await _partitions(client, topics)) == len(topics)

    await _until(shown, "shows the new topics")
    return created


async def _alter(client: AIOKafkaAdminClient, topics: Sequence[Topic]) -> list[str]:
    """Return the names of the topics whose configuration was set to the contract's, once the broker shows it."""
    found = await _look(client, topics)
    wanted = {topic.name: _config(topic, found[topic.name].replication) for topic in topics if topic.name in found}
    differing = {name: config for name, config in wanted.items() if not config.items() <= found[name].config.items()}
    if not differing:
        return []
    # the request resets what it leaves out: what others have set on the topic goes along
    resources = [
        ConfigResource(ConfigResourceType.TOPIC, name, {**found[name].own, **config})
        for name, config in differing.items()
    ]
    try:
        answers = await client.alter_configs(resources)
    except IncompatibleBrokerVersion as exc:
        msg = "this broker cannot alter a topic's configuration: delete the topic, and run `topics create` again"
        raise OperatorError(msg) from exc
    for code, said, _, name in answers[0].resources:
        if code:
            _refused(f"to alter the topic {name}", code, said)

    async def shown() -> bool:
        now = await _look(client, topics)
        return all(config.items() <= now[name].config.items() for name, config in differing.items())

    await _until(shown, "shows the new configuration")
    return list(differing)


async def _until(shown: Callable[[], Awaitable[bool]], what: str) -> None:
    """Return once the broker that answers us has heard of it from its controller."""
    try:
        async with asyncio.timeout(SHOWN_LIMIT_S):
            while not await shown():  # noqa: ASYNC110 - the broker tells only who asks
                await asyncio.sleep(0.02)
    except TimeoutError as exc:
        msg = f"Kafka took the change, but not every broker {what} after {SHOWN_LIMIT_S} s: run the command again"
        raise BrokerUnavailable(msg) from exc


def _refused(what: str, code: int, said: str | None) -> NoReturn:
    """Raise what the broker's answer means: try again, or have a person look."""
    error: type[KafkaError] = for_code(code)
    if error.retriable:
        raise error(said)
    msg = f"Kafka refused {what}: {said or error.__name__}"
    raise OperatorError(msg)
