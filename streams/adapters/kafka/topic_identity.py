"""The identity of a topic: one that was deleted and made anew has the same name, another identity, and other offsets.

aiokafka asks for metadata in a version of the protocol that has no identities; this asks in one that has them.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import aiokafka.client
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import NodeNotReadyError, NoError
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.metadata import MetadataRequest, MetadataRequest_v5
from aiokafka.protocol.types import (
    AbstractType,
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

NO_TOPIC = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class TopicIdentity:
    """One topic as a broker knows it now; ``topic_id`` is None where the broker has no identities."""

    topic_id: str | None
    partitions: int


async def identities(client: AIOKafkaClient, topics: Iterable[str]) -> Mapping[str, TopicIdentity]:
    """Return identity and partitions of those of ``topics`` that exist, by name; errors as aiokafka raises them."""
    node_id = client.get_random_node()
    if node_id is None:
        msg = "no broker is known"
        raise NodeNotReadyError(msg)
    answer = await client.send(node_id, _TopicsRequest(topics))
    return dict(map(_identity, (topic for topic in answer.topics if topic[0] == NoError.errno)))


def ask_without_making() -> None:
    """Keep every client of this process from creating a topic by asking about it, which brokers allow by default.

    A topic that an operator has just deleted would be back at once, with partitions and settings that nobody chose.
    """
    aiokafka.client.MetadataRequest = partial(MetadataRequest, allow_auto_topic_creation=False)


class _Uuid(AbstractType[uuid.UUID]):  # type: ignore[misc]  # aiokafka has no types
    @classmethod
    def encode(cls, value: uuid.UUID) -> bytes:
        return value.bytes

    @classmethod
    def decode(cls, data: object) -> uuid.UUID:
        return uuid.UUID(bytes=data.read(16))  # type: ignore[attr-defined]


class _Response(Response):  # type: ignore[misc]
    API_KEY = 3
    API_VERSION = 10
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            CompactArray(
                ("node_id", Int32),
                ("host", CompactString("utf-8")),
                ("port", Int32),
                ("rack", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("cluster_id", CompactString("utf-8")),
        ("controller_id", Int32),
        (
            "topics",
            CompactArray(
                ("error_code", Int16),
                ("topic", CompactString("utf-8")),
                ("topic_id", _Uuid),
                ("is_internal", Boolean),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", CompactArray(Int32)),
                        ("isr", CompactArray(Int32)),
                        ("offline_replicas", CompactArray(Int32)),
                        ("tags", TaggedFields),
                    ),
                ),
                ("authorized_operations", Int32),
                ("tags", TaggedFields),
            ),
        ),
        ("cluster_authorized_operations", Int32),
        ("tags", TaggedFields),
    )


class _Request(RequestStruct):  # type: ignore[misc]
    API_KEY = 3
    API_VERSION = 10
    RESPONSE_TYPE = _Response
    FLEXIBLE_VERSION = True
    SCHEMA = Schema(
        ("topics", CompactArray(("topic_id", _Uuid), ("topic", CompactString("utf-8")), ("tags", TaggedFields))),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_authorized_operations", Boolean),
        ("include_topic_authorized_operations", Boolean),
        ("tags", TaggedFields),
    )


class _TopicsRequest(Request[MetadataRequest_v5 | _Request]):  # type: ignore[misc]
    API_KEY = 3

    def __init__(self, topics: Iterable[str]) -> None:
        self._topics = list(topics)

    def build(self, request_struct_class: type[MetadataRequest_v5 | _Request]) -> MetadataRequest_v5 | _Request:
        if request_struct_class is MetadataRequest_v5:
            return MetadataRequest_v5(self._topics, False)  # noqa: FBT003 - as the protocol has it: make none
        asked: list[tuple[uuid.UUID, str, dict[int, bytes]]] = [(NO_TOPIC, topic, {}) for topic in self._topics]
        return _Request(asked, False, False, False, {})  # noqa: FBT003


def _identity(topic: tuple[object, ...]) -> tuple[str, TopicIdentity]:
    """Return one topic's name and identity, of either version's answer."""
    match topic:
        case (_, str(name), uuid.UUID() as topic_id, _, list(partitions), *_):
            return name, TopicIdentity(None if topic_id == NO_TOPIC else str(topic_id), len(partitions))
        case (_, str(name), _, list(partitions)):
            return name, TopicIdentity(None, len(partitions))
    raise TypeError(topic)
