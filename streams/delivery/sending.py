"""Sending: a message is sent when the broker has confirmed it, not when it is buffered."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any

from prometheus_client import Histogram

from streams.delivery.first_step import Begun
from streams.delivery.heartbeat import Heartbeat
from streams.delivery.messages import Outgoing
from streams.errors import BrokerUnavailable, InputError

Buffer = Callable[[Outgoing], Coroutine[Any, Any, Awaitable[int]]]
"""Buffers one message; what it returns resolves to the offset once the broker has it."""


class MessageTooLarge(InputError):
    """A message exceeds what its topic takes: sending it would jam the producer for good."""


class Sender:
    """Buffers and confirms messages, within a time limit."""

    def __init__(
        self, buffer: Buffer, pulse: Heartbeat, limit_s: float, limits_bytes: Mapping[str, int], seconds: Histogram
    ) -> None:
        """``limits_bytes`` holds the longest value of each topic; ``seconds`` measures confirmations."""
        self._buffer = buffer
        self._heartbeat = pulse
        self._limit_s = limit_s
        self._limits_bytes = limits_bytes
        self._seconds = seconds

    async def buffer(self, outgoing: Outgoing) -> Awaitable[int]:
        """Buffer one message and return what resolves to its offset once it is confirmed.

        Raises :class:`MessageTooLarge` before anything is buffered, :class:`streams.delivery.heartbeat.Overslept` when
        the worker must not send any more, and :class:`BrokerUnavailable` when there is no place for too long.
        """
        size, limit = len(outgoing.value or b""), self._limits_bytes[outgoing.topic]
        if size > limit:
            msg = f"a message of {size} bytes is more than the {limit} that {outgoing.topic} takes"
            raise MessageTooLarge(msg)
        self._heartbeat.check()
        begun = Begun(self._buffer(outgoing))
        if begun.through:  # as nearly always: there was room
            return begun.result
        try:
            async with asyncio.timeout(self._limit_s):
                return await begun
        except TimeoutError as exc:
            raise self._late() from exc

    async def confirmed(self, sent: Sequence[Awaitable[int]]) -> list[int]:
        """Return the offsets of buffered messages, once the broker has them all.

        They are awaited one after the other: the broker confirms many at once, and most are there when asked for.
        """
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._limit_s):
                offsets = [await one for one in sent]
        except TimeoutError as exc:
            raise self._late() from exc
        self._seconds.observe(time.monotonic() - started)
        return offsets

    async def send(self, outgoing: Outgoing) -> int:
        """Return the offset of one message, once the broker has it."""
        (offset,) = await self.confirmed([await self.buffer(outgoing)])
        return offset

    def _late(self) -> BrokerUnavailable:
        return BrokerUnavailable(f"the broker did not confirm a message within {self._limit_s:g} s")
