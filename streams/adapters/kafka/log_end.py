"""Where a log ends now: asked of the broker over a connection of its own."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from aiokafka import TopicPartition

from streams.adapters.kafka.answering import answering
from streams.adapters.kafka.clients import new_consumer
from streams.errors import BrokerRefused, BrokerUnavailable
from streams.settings import Settings

SEEN_EVERY_S = 5.0


class LogEnd:
    """The end of one partition: the offset that its next message will get."""

    def __init__(self, settings: Settings, partition: TopicPartition, on_end: Callable[[int], None]) -> None:
        """``on_end`` is told every end that was read. Nothing connects before :meth:`start`."""
        self._settings, self._partition, self._on_end = settings, partition, on_end
        # A broker answers one connection in order, so a question about the end would wait behind an idle fetch.
        self._asking = new_consumer(settings)
        self._next: asyncio.Task[int] | None = None
        self._reading = asyncio.Lock()

    async def start(self) -> None:
        """Connect."""
        await self._asking.start()

    async def stop(self) -> None:
        """Leave the broker."""
        await self._asking.stop()

    async def now(self) -> int:
        """Return the end, read after this call began; calls that wait meanwhile share the next reading.

        Raises :class:`streams.errors.BrokerUnavailable`.
        """
        if self._next is None:
            self._next = asyncio.create_task(self._read_next())
        return await asyncio.shield(self._next)

    async def watch(self) -> None:
        """Read the end every few seconds for as long as the worker lives: others write while we ask for nothing."""
        while True:
            with suppress(BrokerUnavailable, BrokerRefused):  # whoever needs an answer hears of it
                await self.now()
            await asyncio.sleep(SEEN_EVERY_S)

    async def _read_next(self) -> int:
        async with self._reading:
            self._next = None  # whoever asks from now on must not get an answer that is older than the question
            async with answering(self._settings):
                ends = await self._asking.end_offsets([self._partition])
            end = int(ends[self._partition])
            self._on_end(end)
            return end
