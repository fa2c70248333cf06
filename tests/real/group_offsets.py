"""What an operator does to a consumer group from outside, as `kafka-consumer-groups` does it."""

from collections.abc import Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Int16, Int32, Schema, String

from schemas.topics import BY_NAME
from streams.adapters.kafka.asking import answered


async def set_to(address: str, group: str, offsets: Mapping[TopicPartition, int]) -> None:
    """Commit offsets for a group, without a note beside them; Kafka refuses it while the group has members."""
    outside = AIOKafkaConsumer(bootstrap_servers=_servers(address), group_id=group, enable_auto_commit=False)
    await outside.start()
    try:
        outside.assign(list(offsets))
        await outside.commit(dict(offsets))
    finally:
        await outside.stop()


async def at_date(address: str, topic: str, time_ms: int) -> dict[TopicPartition, int]:
    """Return where partitions stand at a time, as ``--to-datetime`` has it: their end where nothing is later."""
    outside = AIOKafkaConsumer(bootstrap_servers=_servers(address), enable_auto_commit=False)
    await outside.start()
    try:
        partitions = [TopicPartition(topic, number) for number in range(BY_NAME[topic].partitions)]
        ends = await outside.end_offsets(partitions)
        found = await outside.offsets_for_times(dict.fromkeys(partitions, time_ms))
        return {at: ends[at] if one is None else one.offset for at, one in found.items()}
    finally:
        await outside.stop()


async def delete(address: str, group: str) -> None:
    """Delete a group without members."""
    admin = AIOKafkaAdminClient(bootstrap_servers=_servers(address))
    await admin.start()

    async def ask() -> None:
        answer: Any = await admin._send_request(_Delete(group), await admin.find_coordinator(group))
        for _, code in answer.results:
            if code:
                raise for_code(code)(group)

    try:
        await answered(f"delete {group}", ask)
    finally:
        await admin.close()


def _servers(address: str) -> str:
    return address.removeprefix("kafka://")


class _DeleteResponse(Response):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 42
    API_VERSION = 1
    SCHEMA = Schema(("throttle_time_ms", Int32), ("results", Array(("group", String("utf-8")), ("error_code", Int16))))


class _DeleteRequest(RequestStruct):  # type: ignore[misc]
    API_KEY = 42
    API_VERSION = 1
    RESPONSE_TYPE = _DeleteResponse
    SCHEMA = Schema(("groups", Array(String("utf-8"))))


class _Delete(Request[_DeleteRequest]):  # type: ignore[misc]
    API_KEY = 42

    def __init__(self, group: str) -> None:
        self._group = group

    def build(self, request_struct_class: type[_DeleteRequest]) -> _DeleteRequest:
        return request_struct_class([self._group])
