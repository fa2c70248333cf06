"""A static member's name in a consumer group: two workers with one name would take it from each other for ever.

A broker gives the name to whoever joins last, as it must: a worker that was killed comes back under its name. The
worker that had it is told only that its member id is unknown. aiokafka then joins again, which takes the name back.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import CommitFailedError, KafkaConnectionError, KafkaError, UnknownMemberIdError, for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.commit import OffsetCommitRequest
from aiokafka.protocol.types import Array, Boolean, Bytes, Int16, Int32, Schema, String

from streams.adapters.kafka.aiokafka_inside import send_through, until_closing
from streams.adapters.kafka.asking import answered
from streams.errors import BrokerUnavailable

FENCED_INSTANCE_ID = 82
"""The name goes by another id now, which may be this member's own; aiokafka has no name for this error of Kafka's."""
HOLDER_S = 5.0
"""How long a coordinator is asked who has a name while it loads its groups: then the member joins again."""
NOT_OURS = {UnknownMemberIdError.errno, FENCED_INSTANCE_ID}


class Holder(NamedTuple):
    """A member of a group, by the id that the coordinator gave it, and the host that it reaches the broker from."""

    member_id: str
    host: str


class StaticMember:
    """Watches the requests of a group's coordinator, and sends none once another worker has the name."""

    def __init__(self, coordinator: Any, client: AIOKafkaClient, instance: str, on_lost: Callable[[], None]) -> None:
        """``on_lost`` is called once, when the name was lost."""
        self._coordinator = coordinator
        self._client = client
        self._instance = instance
        self._on_lost = on_lost
        self._send = send_through(coordinator, self._send_unless_lost)
        self.lost_to: str | None = None

    async def _send_unless_lost(self, request: Any) -> Any:
        if self.lost_to is None:
            sent_as = self._coordinator.member_id
            answer = await self._send(request)
            if not NOT_OURS & _codes(answer) or not await self._is_lost(sent_as):
                return answer
        if isinstance(request, OffsetCommitRequest):
            msg = f"another worker goes by the name {self._instance}: the group has already rebalanced"
            raise CommitFailedError(msg)
        await until_closing(self._coordinator)
        msg = "the consumer stops"
        raise KafkaConnectionError(msg)

    async def _is_lost(self, sent_as: str) -> bool:
        """Return whether another one goes by our name: a member that simply ran out of time joins again.

        While it joins it is given another id, under which it holds the name before it knows of it.
        """
        if not sent_as or sent_as != self._coordinator.member_id:
            return False
        holder = None
        with suppress(KafkaError, NotImplementedError, BrokerUnavailable):
            holder = await answered(f"name who goes by {self._instance}", self._holder, HOLDER_S)
        if holder is None or holder.member_id == self._coordinator.member_id:
            return False
        if self.lost_to is None:
            self.lost_to = holder.host
            self._on_lost()
        return True

    async def _holder(self) -> Holder | None:
        group = self._coordinator.group_id
        return await holder_of(self._client, self._coordinator.coordinator_id, group, self._instance)


def _codes(answer: Any) -> set[int]:
    """Return the error codes of an answer about a group, those of partitions too."""
    codes = {getattr(answer, "error_code", 0)}
    for _, partitions in getattr(answer, "topics", ()):
        codes.update(one[-1] for one in partitions)
    return codes


async def holder_of(client: AIOKafkaClient, coordinator_id: int, group: str, instance: str) -> Holder | None:
    """Return the member that goes by ``instance`` now; None where nobody does.

    Raises aiokafka's error where the broker cannot say, or not yet: no answer is not "nobody".
    """
    answer = await client.send(coordinator_id, _DescribeGroup(group))
    for code, _, _, _, _, members, _ in answer.groups:
        if code:
            raise for_code(code)(group)
        for member_id, its_instance, _, host, _, _ in members:
            if its_instance == instance:
                return Holder(member_id, host.removeprefix("/"))
    return None


class _Response(Response):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 15
    API_VERSION = 4
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "groups",
            Array(
                ("error_code", Int16),
                ("group", String("utf-8")),
                ("state", String("utf-8")),
                ("protocol_type", String("utf-8")),
                ("protocol", String("utf-8")),
                (
                    "members",
                    Array(
                        ("member_id", String("utf-8")),
                        ("instance", String("utf-8")),
                        ("client_id", String("utf-8")),
                        ("client_host", String("utf-8")),
                        ("member_metadata", Bytes),
                        ("member_assignment", Bytes),
                    ),
                ),
                ("authorized_operations", Int32),
            ),
        ),
    )


class _Request(RequestStruct):  # type: ignore[misc]
    API_KEY = 15
    API_VERSION = 4
    RESPONSE_TYPE = _Response
    SCHEMA = Schema(("groups", Array(String("utf-8"))), ("include_authorized_operations", Boolean))


class _DescribeGroup(Request[_Request]):  # type: ignore[misc]
    API_KEY = 15

    def __init__(self, group: str) -> None:
        self._group = group

    def build(self, request_struct_class: type[_Request]) -> _Request:
        return request_struct_class([self._group], False)  # noqa: FBT003 - as the protocol has it
