"""How a topic on a broker stands beside the contract: what stops a worker, and what a person should look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from schemas.topics import SIGHTINGS, Topic
from streams.errors import TopicMismatch


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
class Found:
    """A topic on the broker; ``own`` is what was set on the topic itself, ``config`` what holds for it."""

    partitions: int
    replication: int
    config: Mapping[str, str]
    own: Mapping[str, str]


def require(states: Sequence[TopicState]) -> None:
    """Raise :class:`TopicMismatch`, which says what to do, unless every topic can be worked with."""
    missing = [state.topic for state in states if state.state == "missing"]
    problems = [state.problem for state in states if state.problem and state.topic not in missing]
    if missing:
        named = f"topic {missing[0]} is" if len(missing) == 1 else f"topics {', '.join(missing)} are"
        problems.insert(0, f"{named} missing: run `refund-sentinel topics create`")
    if problems:
        raise TopicMismatch("; ".join(problems))


def state_of(topic: Topic, found: Found | None, most_replicas: int) -> TopicState:
    """Return what a person should know of the topic."""
    if found is None:
        missing = f"topic {topic.name} is missing: run `refund-sentinel topics create`"
        return TopicState(topic=topic.name, state="missing", problem=missing)
    problem = _problem(topic, found)
    differences = [
        f"{name} is {found.config.get(name, 'not set')}, the contract says {wanted}"
        for name, wanted in config_of(topic, found.replication).items()
        if found.config.get(name) != wanted
    ]
    if found.replication < most_replicas:
        differences.append(f"replication is {found.replication}, the cluster can hold {most_replicas}")
    if found.partitions > topic.partitions:
        differences.append(
            f"{_counted(topic, found)}: {'the others stay empty' if topic is SIGHTINGS else 'all are read'}"
        )
    return TopicState(
        topic=topic.name,
        state="differs" if differences or problem else "exists",
        partitions=found.partitions,
        replication=found.replication,
        differences=tuple(differences),
        problem=problem,
    )


def _problem(topic: Topic, found: Found) -> str | None:
    """Return why no worker can do with the topic, and what to do; None where one can."""
    if found.partitions < topic.partitions:
        return (
            f"topic {topic.name} {_counted(topic, found)}: add the others with "
            f"`kafka-topics.sh --alter --topic {topic.name} --partitions {topic.partitions}`"
        )
    if "compact" in found.config.get("cleanup.policy", "") and "compact" not in topic.cleanup:
        return (
            f"topic {topic.name} is compacted, so Kafka deletes messages that nobody has read: "
            "run `refund-sentinel topics create --alter-configs`"
        )
    return None


def _counted(topic: Topic, found: Found) -> str:
    return f"has {found.partitions} partitions, the contract says {topic.partitions}"


def config_of(topic: Topic, replication: int) -> dict[str, str]:
    """Return the configuration of a topic as the contract has it, with so many replicas."""
    return topic.config() | {"min.insync.replicas": str(max(1, replication - 1))}
