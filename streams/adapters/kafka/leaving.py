"""Taking a static member out of its consumer groups for good: nobody waits for it to come back.

A worker with a name does not tell the group when it ends, so that a restart moves no partition: its partitions wait for
it as long as its session lasts. Whoever removes a worker tells the group in its place.
"""

from collections.abc import Sequence
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Int16, Int32, Schema, String

from streams.adapters.kafka import aiokafka_inside
from streams.adapters.kafka.asking import LIMIT_S, answered, raise_what_passes
from streams.adapters.kafka.clients import admin
from streams.errors import BrokerRefused
from streams.metrics import KINDS
from streams.settings import Settings

UNKNOWN_MEMBER_ID = 25
GROUP_ID_NOT_FOUND = 69
NOT_THERE = {UNKNOWN_MEMBER_ID, GROUP_ID_NOT_FOUND}


def groups() -> list[str]:
    """Return the consumer groups of workers."""
    return [f"refund-sentinel-{kind}" for kind in KINDS]


async def leave(settings: Settings, instance: str) -> list[str]:
    """Return the groups that ``instance`` was taken out of: none where nobody goes by that name.

    :class:`streams.errors.BrokerUnavailable` where Kafka does not answer, :class:`BrokerRefused` where it refuses.
    """
    async with admin(settings) as client:
        return [group for group in groups() if await _left(client, group, instance)]


async def _left(client: AIOKafkaAdminClient, group: str, instance: str) -> bool:
    codes = await remove(client, group, [("", f"{group}-{instance}")])
    if codes <= NOT_THERE:
        return not codes
    msg = f"Kafka does not let {instance} be taken out of {group}: {for_code(min(codes - NOT_THERE)).__name__}"
    raise BrokerRefused(msg)


async def remove(
    client: AIOKafkaAdminClient, group: str, members: Sequence[tuple[str, str | None]], limit_s: float = LIMIT_S
) -> set[int]:
    """Return the codes of Kafka's errors in taking members out of a group; empty where all are out.

    Each of ``members`` is a member's id ("" where it is not known) and its name (None where it has none). Errors, of
    what does not pass within ``limit_s``, as :func:`streams.adapters.kafka.asking.answered`.
    """

    async def ask() -> set[int]:
        coordinator = await client.find_coordinator(group)
        answer: Any = await aiokafka_inside.ask(client, _LeaveGroup(group, members), coordinator)
        codes = {answer.error_code, *(member[-1] for member in answer.members)} - {0}
        for code in codes:
            raise_what_passes(code)
        return codes

    return await answered(f"take members out of {group}", ask, limit_s)


class _LeaveResponse(Response):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 13
    API_VERSION = 3
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("error_code", Int16),
        ("members", Array(("member_id", String("utf-8")), ("instance", String("utf-8")), ("error_code", Int16))),
    )


class _LeaveRequest(RequestStruct):  # type: ignore[misc]
    API_KEY = 13
    API_VERSION = 3
    RESPONSE_TYPE = _LeaveResponse
    SCHEMA = Schema(
        ("group", String("utf-8")),
        ("members", Array(("member_id", String("utf-8")), ("instance", String("utf-8")))),
    )


class _LeaveGroup(Request[_LeaveRequest]):  # type: ignore[misc]
    """LeaveGroup, version 3: the first that takes a member by its name."""

    API_KEY = 13

    def __init__(self, group: str, members: Sequence[tuple[str, str | None]]) -> None:
        self._group = group
        self._members = list(members)

    def build(self, request_struct_class: type[_LeaveRequest]) -> _LeaveRequest:
        return request_struct_class(self._group, self._members)
