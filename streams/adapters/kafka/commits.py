"""What one member of a group commits: one commit after the other, and never back behind what was committed before."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from aiokafka import TopicPartition
from aiokafka.structs import OffsetAndMetadata

from streams.adapters.kafka.group_offsets import Mark

Offsets = Mapping[TopicPartition, int]
Commit = Callable[[dict[TopicPartition, OffsetAndMetadata]], Awaitable[None]]


class Said(NamedTuple):
    """What a worker says of a partition: how far the group ``kept`` it, what was ``committed``, what is not left."""

    at: TopicPartition
    kept: int
    committed: int
    nothing_below: int


class Commits:
    """The commits of one member, for as long as its partitions stay assigned.

    A commit that waits for a broker is not yet known to have been made. What is said meanwhile of the offset before it
    would come behind it, and the group would be left with less than was done.
    """

    def __init__(self, commit: Commit) -> None:
        """``commit`` is what asks the broker."""
        self._commit = commit
        self._one_by_one = asyncio.Lock()
        self._furthest: dict[TopicPartition, int] = {}
        self._nothing_below: dict[TopicPartition, int] = {}

    def begin(self, *, assigned_anew: bool) -> None:
        """Note that reading begins where the group committed; ``assigned_anew``: what was before counts no more."""
        self._nothing_below.clear()
        if assigned_anew:
            self._furthest.clear()

    async def make(self, offsets: Offsets, topics: Mapping[str, str | None]) -> None:
        """Commit offsets, each with the identity of its topic; errors as of ``commit``."""
        self._furthest |= {at: max(offset, self._furthest.get(at, 0)) for at, offset in offsets.items()}
        async with self._one_by_one:
            await self._ask(offsets, topics)

    async def repeat(self, said: Said, topics: Mapping[str, str | None], still: Callable[[], bool]) -> None:
        """Commit an offset again where the group kept less, or has yet to know that nothing is left behind it.

        Nothing is done where more was committed meanwhile, or is about to be, or where it is not ``still`` so.
        """
        async with self._one_by_one:
            news = said.nothing_below > said.committed and self._nothing_below.get(said.at) != said.nothing_below
            if still() and self._furthest.get(said.at, 0) <= said.committed and (news or said.kept < said.committed):
                if news:
                    self._nothing_below[said.at] = said.nothing_below
                await self._ask({said.at: said.committed}, topics)

    async def _ask(self, offsets: Offsets, topics: Mapping[str, str | None]) -> None:
        marks = {at: Mark(topics.get(at.topic) or "", self._nothing_below.get(at, 0)) for at in offsets}
        await self._commit({at: OffsetAndMetadata(offset, str(marks[at])) for at, offset in offsets.items()})
