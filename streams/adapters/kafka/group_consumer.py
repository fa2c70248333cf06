"""A member of a consumer group that knows which topics its offsets belong to.

What aiokafka leaves out, and what came of it on Apache Kafka 4.3:

- An offset is committed under a topic's name alone. A topic that was deleted and made anew is another one: what the
  old one's offset points at is not where reading goes on. Each commit carries the topic's identity here, and an offset
  of another identity counts for nothing.
- Only the group's leader notices that topics came, went or grew, and looks every five minutes; a static member that
  comes back within its session is given its old partitions, whatever became of the topics, those that are no more
  among them. Here every member looks every :data:`LOOK_S` seconds, and says what it saw when it joins; the leader says
  what it dealt out by. Where either differs, the group assigns anew.
- A commit for a topic that is gone is tried again for ever, and holds up all others.
- A static member whose name another worker took joins again and takes it back, and so on. Here it stops reading, and
  says who has its name.

This leans on names that aiokafka keeps to itself: it is pinned exactly, and tests/integration/test_topics_anew.py,
test_one_instance.py and test_lag.py hold what is relied on.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import InconsistentGroupProtocolError, UnknownTopicOrPartitionError
from aiokafka.structs import OffsetAndMetadata

from schemas.topics import DEAD_LETTERS
from streams.adapters.kafka.clients import reading
from streams.adapters.kafka.group_offsets import Mark, PartitionOffsets, offsets_of
from streams.adapters.kafka.static_members import StaticMember
from streams.adapters.kafka.topics_seen import ANSWER_S, Assignor, TopicsSeen
from streams.settings import Settings

LOOK_S = 2.0
HEARTBEAT_S = 1.0
"""A member learns that its group assigns anew by its next heartbeat, and all wait for the last to learn it."""
REBALANCE_S = 120.0
REQUEST_S = REBALANCE_S + 10
"""A member may take this long to let go of its partitions; a request that waits for it must be given longer."""
NO_POLL_S = 1_000.0
FETCH_WAIT_MS = 1_500

log = structlog.get_logger(__name__)


def group_consumer(settings: Settings, group: str, topics: Sequence[str]) -> "GroupConsumer":
    """Return a member of ``group`` that is not started; ``topics`` are all that the worker reads and writes."""
    given = reading(
        settings,
        client_id="refund-sentinel",
        group_id=group,
        group_instance_id=settings.instance and f"{group}-{settings.instance}",
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=2 * DEAD_LETTERS.max_message_bytes,
        fetch_max_wait_ms=FETCH_WAIT_MS,
        request_timeout_ms=int(REQUEST_S * 1000),
        session_timeout_ms=int(settings.session_timeout_s * 1000),
        rebalance_timeout_ms=int(REBALANCE_S * 1000),
        max_poll_interval_ms=int(NO_POLL_S * 1000),
        heartbeat_interval_ms=int(min(HEARTBEAT_S, settings.session_timeout_s / 3) * 1000),
    )
    return GroupConsumer(topics, settings.instance, given)


class GroupConsumer(AIOKafkaConsumer):  # type: ignore[misc]  # aiokafka has no types
    """Reads topics as a member of a group. What keeps it from reading, :meth:`troubles`, may be asked by any thread."""

    def __init__(self, topics: Sequence[str], instance: str | None, given: Mapping[str, Any]) -> None:
        """``topics`` are all that the worker reads and writes; ``given`` are aiokafka's arguments."""
        self._instance = instance
        self._seen = TopicsSeen(topics)
        self._taken: dict[str, str | None] = {}
        self._nothing_below: dict[TopicPartition, int] = {}
        self._member: StaticMember | None = None
        self._watching: asyncio.Task[None] | None = None
        super().__init__(partition_assignment_strategy=[Assignor(self._seen)], **given)

    async def start(self) -> None:
        """Connect, and look at the topics; the group is joined once topics are subscribed to."""
        await super().start()
        self._seen.take(await self._seen.look(self._client), ())
        self._commit_once: Any = self._coordinator._do_commit_offsets  # noqa: SLF001
        self._coordinator._do_commit_offsets = self._commit_what_exists  # noqa: SLF001
        if self._instance is not None:
            self._member = StaticMember(self._coordinator, self._client, self._group_instance_id, self._stop_reading)
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Disconnect, and leave the group; a member with a name of its own stays in it until its session ends."""
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
        await super().stop()

    async def commit(self, offsets: Mapping[TopicPartition, OffsetAndMetadata]) -> None:
        """Commit offsets, each with the identity of its topic; errors as of aiokafka's own method."""
        await super().commit({at: OffsetAndMetadata(one.offset, self._mark(at)) for at, one in offsets.items()})

    async def nothing_left(self, at: TopicPartition, committed: int, position: int) -> None:
        """Commit ``committed`` again with the note that nothing is left to read below ``position``.

        Behind the last message may stand markers of transactions, or expired messages: lag is measured by this note.
        """
        if position > committed and self._nothing_below.get(at) != position and at in self.assignment():
            self._nothing_below[at] = position
            await self.commit({at: OffsetAndMetadata(committed, "")})

    async def seek_to_committed(self, *partitions: TopicPartition) -> dict[TopicPartition, int | None]:
        """Return each partition's committed offset, after going there; None where reading starts at its beginning.

        Partitions that do not exist are left out: aiokafka would ask for their beginning for ever.
        """
        seen = self._seen.now
        with suppress(Exception):  # no broker answers: what was seen last is likely still so, and is looked at again
            seen = await self._seen.look(self._client)
        wanted = partitions or tuple(self.assignment())
        asked = [at for at in wanted if at.topic in seen and at.partition < seen[at.topic].partitions]
        committed = await self._coordinator.fetch_committed_offsets(asked)
        self._taken |= {at.topic: seen[at.topic].topic_id for at in asked}
        self._nothing_below.clear()
        found = {at: self._where(at, committed.get(at)) for at in asked}
        for at, offset in found.items():
            if offset is not None:
                self.seek(at, offset)
        if anew := [at for at, offset in found.items() if offset is None]:
            await self.seek_to_beginning(*anew)
        return found

    async def group_offsets(self) -> dict[TopicPartition, PartitionOffsets]:
        """Return how far the group has read each partition of its topics, whoever owns it."""
        topics = {topic: self._seen.now[topic] for topic in self.subscription() if topic in self._seen.now}
        every = [TopicPartition(topic, number) for topic, one in topics.items() for number in range(one.partitions)]
        async with asyncio.timeout(2 * ANSWER_S):
            begins, ends = await self.beginning_offsets(every), await self.end_offsets(every)
            committed = await self._coordinator.fetch_committed_offsets(every)
        return {at: offsets_of(at, committed.get(at), topics[at.topic].topic_id, begins, ends) for at in every}

    def troubles(self) -> list[str]:
        """Return why nothing, or not everything, is read; empty where all is well."""
        if (why := self.left_out()) is not None:
            return [why]
        if self._member is not None and self._member.lost_to is not None:
            other = f"another worker, at {self._member.lost_to}, was started as SENTINEL_INSTANCE={self._instance}"
            return [f"{other}: give each worker a name of its own"]
        if (silent_s := self._seen.silent_s()) > ANSWER_S:
            return [f"Kafka does not answer, for {silent_s:.0f} s now"]
        return [f"topic {topic} is missing: run `refund-sentinel topics create`" for topic in self._seen.missing()]

    def left_out(self) -> str | None:
        """Return why this member cannot be in its group; None while it can.

        aiokafka says so to whoever polls, which nobody does before there are partitions, and does not try again.
        """
        said = getattr(self._coordinator, "_pending_exception", None)
        if not isinstance(said, InconsistentGroupProtocolError):
            return None
        other = f"another program is a member of the consumer group {self._group_id}, and deals out its partitions"
        return f"{other} in another way: end it, or give it a group of its own"

    @property
    def made_anew(self) -> frozenset[str]:
        """The topics that were made anew since this member started, those that it only writes among them."""
        return frozenset(self._seen.made_anew)

    @property
    def lost_name(self) -> bool:
        """Whether another worker goes by this one's name."""
        return self._member is not None and self._member.lost_to is not None

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                seen = await self._seen.look(self._client)
            except Exception as exc:  # noqa: BLE001 - whatever it is, the next look may succeed
                log.debug("topics could not be looked at", error=f"{type(exc).__name__}: {exc}")
                continue
            changed = self._seen.take(seen, self.subscription())
            if changed or self._seen.asks_again(self.subscription()):
                await self._client.force_metadata_update()
                self._coordinator.request_rejoin()

    async def _commit_what_exists(self, assignment: Any, offsets: Mapping[TopicPartition, OffsetAndMetadata]) -> None:
        """Commit, and give up what a topic that is gone would hold up: the others' offsets are taken all the same."""
        try:
            await self._commit_once(assignment, offsets)
        except UnknownTopicOrPartitionError:
            topics = sorted({at.topic for at in offsets})
            log.warning("offsets of a topic that is gone were not committed", topics=topics)

    def _stop_reading(self) -> None:
        self.pause(*self.assignment())

    def _mark(self, at: TopicPartition) -> str:
        return str(Mark(self._taken.get(at.topic) or "", self._nothing_below.get(at, 0)))

    def _where(self, at: TopicPartition, committed: OffsetAndMetadata | None) -> int | None:
        """Return where to read on; None where nothing was committed of the topic that goes by this name now."""
        if committed is None:
            return None
        if not Mark.read(committed.metadata).is_of(self._taken.get(at.topic)):
            log.warning("topic was made anew: it is read from its beginning", topic=at.topic, partition=at.partition)
            return None
        return int(committed.offset)
