"""The topics of the contract on a broker: made once by a command, and checked before a worker starts.

Nothing here changes a topic that exists, unless ``alter_configs`` asks for it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, Literal, NoReturn

import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import IncompatibleBrokerVersion, NoError, NotControllerError, TopicAlreadyExistsError, for_code

from schemas.topics import TOPICS, Topic
from streams.adapters.kafka import aiokafka_inside
from streams.adapters.kafka.asking import answered, raise_what_passes
from streams.adapters.kafka.clients import admin
from streams.adapters.kafka.topic_states import Found, TopicState, config_of, require, state_of
from streams.errors import BrokerUnavailable, OperatorError, TopicMismatch
from streams.settings import Settings

MOST_REPLICAS = 3
SHOWN_LIMIT_S = 30
log = structlog.get_logger(__name__)

THERE = {NoError.errno, TopicAlreadyExistsError.errno}
"""The topic is there: made by us, or by another's `topics create` that was quicker."""
SET_ON_THE_TOPIC = 1  # Kafka's DYNAMIC_TOPIC_CONFIG, among a configuration's sources


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


async def ready(settings: Settings) -> list[TopicState]:
    """Return how each topic stands, where a worker may start; what a person should look at is logged, topic by topic.

    Raises :class:`BrokerUnavailable`, and :class:`streams.errors.TopicMismatch` as :func:`require`.
    """
    states = await check(settings)
    try:
        require(states)
    except TopicMismatch as exc:
        if settings.broker_user is None or all(state.state != "missing" for state in states):
            raise
        msg = f"{exc} (or, if they are there, grant {settings.broker_user} to read them: Kafka hides what it may not)"
        raise TopicMismatch(msg) from exc
    for state in states:
        if state.differences:
            log.warning("topic is not as the contract has it", topic=state.topic, differences=state.differences)
    return states


async def _states(client: AIOKafkaAdminClient, topics: Sequence[Topic]) -> list[TopicState]:
    found = await _look(client, topics)
    most_replicas = await _most_replicas(client)
    return [state_of(topic, found.get(topic.name), most_replicas) for topic in topics]


async def _most_replicas(client: AIOKafkaAdminClient) -> int:
    cluster = await answered("name its brokers", client.describe_cluster)
    return min(MOST_REPLICAS, len(cluster["brokers"]))


async def _partitions(client: AIOKafkaAdminClient, topics: Sequence[Topic]) -> dict[str, list[Any]]:
    """Return the partitions of those topics that exist.

    All topics are asked for: a broker that makes topics by itself would make the one that is asked for by name.
    """
    names = {topic.name for topic in topics}

    async def ask() -> dict[str, list[Any]]:
        found = [one for one in await client.describe_topics() if one["topic"] in names]
        for one in found:
            raise_what_passes(one["error_code"], f"the topic {one['topic']}")
        return {one["topic"]: one["partitions"] for one in found}

    return await answered("show its topics", ask)


async def _look(client: AIOKafkaAdminClient, topics: Sequence[Topic]) -> dict[str, Found]:
    return await answered("show the configuration of its topics", lambda: _look_once(client, topics))


async def _look_once(client: AIOKafkaAdminClient, topics: Sequence[Topic]) -> dict[str, Found]:
    there = await _partitions(client, topics)
    # the configuration is asked for whole: Tansu hangs up when it is asked for by name
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in there]
    answers = await client.describe_configs(resources) if resources else []
    found = {}
    for code, said, _, name, entries in (resource for answer in answers for resource in answer.resources):
        if code:
            _refused(f"to show the configuration of the topic {name}", code, said)
        found[name] = Found(
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
    left = {
        topic.name: NewTopic(topic.name, topic.partitions, replication, topic_configs=config_of(topic, replication))
        for topic in topics
    }
    created: list[str] = []
    await answered("make the topics", lambda: _ask_for(client, left, created))

    async def shown() -> bool:
        return len(await _partitions(client, topics)) == len(topics)

    await _until(shown, "shows the new topics")
    return created


async def _ask_for(client: AIOKafkaAdminClient, left: dict[str, NewTopic], created: list[str]) -> None:
    """Ask for the topics that are ``left``, take out those that are there now, and note which of them we made."""
    answers = (await client.create_topics(list(left.values()))).topic_errors
    created.extend(name for name, code, _ in answers if code == NoError.errno)
    refused = [(name, code, said) for name, code, said in answers if code not in THERE]
    for name in left.keys() - {name for name, _, _ in refused}:
        del left[name]
    if any(code == NotControllerError.errno for _, code, _ in refused):
        aiokafka_inside.look_for_the_controller_again(client)
    for name, code, said in refused:
        _refused(f"to make the topic {name}", code, said)


async def _alter(client: AIOKafkaAdminClient, topics: Sequence[Topic]) -> list[str]:
    """Return the names of the topics whose configuration was set to the contract's, once the broker shows it."""
    found = await _look(client, topics)
    wanted = {topic.name: config_of(topic, found[topic.name].replication) for topic in topics if topic.name in found}
    differing = {name: config for name, config in wanted.items() if not config.items() <= found[name].config.items()}
    if not differing:
        return []
    # the request resets what it leaves out: what others have set on the topic goes along
    resources = [
        ConfigResource(ConfigResourceType.TOPIC, name, {**found[name].own, **config})
        for name, config in differing.items()
    ]

    async def ask() -> None:
        for code, said, _, name in (await client.alter_configs(resources))[0].resources:
            if code:
                _refused(f"to alter the topic {name}", code, said)

    try:
        await answered("alter the topics", ask)
    except IncompatibleBrokerVersion as exc:
        msg = "this broker cannot alter a topic's configuration: delete the topic, and run `topics create` again"
        raise OperatorError(msg) from exc

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
    raise_what_passes(code, said)
    msg = f"Kafka refused {what}: {said or for_code(code).__name__}"
    raise OperatorError(msg)
