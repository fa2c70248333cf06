"""A broker's limit on what a client may read a second: the honest way to make a reader slow."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiokafka
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Float64, Int16, Int32, Schema, String

from streams.adapters.kafka.asking import answered

UNNAMED = f"aiokafka-{aiokafka.__version__}"
"""What clients are called that give themselves no name."""
_ENTITY = Array(("type", String("utf-8")), ("name", String("utf-8")))


@asynccontextmanager
async def reading_at_most(address: str, bytes_a_second: float) -> AsyncIterator[None]:
    """Hold clients without a name, as the readers of earlier photos are, to this rate, until the block ends."""
    await _alter(address, bytes_a_second, remove=False)
    try:
        yield
    finally:
        await _alter(address, 0, remove=True)


async def _alter(address: str, bytes_a_second: float, *, remove: bool) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=address.removeprefix("kafka://"))
    await admin.start()

    async def ask() -> None:
        answer: Any = await admin._send_request(_AlterQuotas(bytes_a_second, remove=remove))
        for code, said, _ in answer.entries:
            if code:
                raise for_code(code)(said)

    try:
        await answered("limit what clients read", ask)
    finally:
        await admin.close()


class _QuotasResponse(Response):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 49
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("entries", Array(("error_code", Int16), ("message", String("utf-8")), ("entity", _ENTITY))),
    )


class _QuotasRequest(RequestStruct):  # type: ignore[misc]
    API_KEY = 49
    API_VERSION = 0
    RESPONSE_TYPE = _QuotasResponse
    SCHEMA = Schema(
        (
            "entries",
            Array(
                ("entity", _ENTITY),
                ("ops", Array(("key", String("utf-8")), ("value", Float64), ("remove", Boolean))),
            ),
        ),
        ("validate_only", Boolean),
    )


class _AlterQuotas(Request[_QuotasRequest]):  # type: ignore[misc]
    API_KEY = 49

    def __init__(self, bytes_a_second: float, *, remove: bool) -> None:
        self._ops = [("consumer_byte_rate", bytes_a_second, remove)]

    def build(self, request_struct_class: type[_QuotasRequest]) -> _QuotasRequest:
        return request_struct_class([([("client-id", UNNAMED)], self._ops)], False)  # noqa: FBT003 - validate_only
