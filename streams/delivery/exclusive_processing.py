"""Exclusive processing: a message is worked on alone in its process, so that a crash is its own and no other's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class ExclusiveProcessing:
    """Counts the messages in work over all stages of a process, and keeps others out while one is alone.

    Whoever enters waits in the order of asking, so stages take turns while one works through suspected messages.
    """

    def __init__(self) -> None:
        self._door = asyncio.Lock()
        self._inside = 0
        self._empty = asyncio.Event()
        self._empty.set()

    async def enter(self) -> None:
        """Count one message in, once nobody is alone."""
        async with self._door:
            self._count_in()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Count one message in, once all others are through, and keep others out until it is through itself."""
        async with self._door:
            await self._empty.wait()
            self._count_in()
            yield
            await self._empty.wait()

    def leave(self) -> None:
        """Count one message out again, and let the next one in."""
        self._inside -= 1
        if self._inside == 0:
            self._empty.set()

    def _count_in(self) -> None:
        self._inside += 1
        self._empty.clear()
