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
- Going to a partition's beginning waits until a broker says where that is, a topic that is gone meanwhile for minutes,
  and holds up whoever else wants something of the consumer. Here nobody waits: reading begins once it is known.

This leans on names that aiokafka keeps to itself (aiokafka_inside.py); test_topics_anew.py, test_one_instance.py,
test_lag.py and test_gone_unread.py hold what is relied on.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.consumer.fetcher import OffsetResetStrategy
from aiokafka.errors import IllegalStateError, UnknownTopicOrPartitionError
from aiokafka.structs import OffsetAndMetadata

from streams.adapters.kafka import aiokafka_inside
from streams.adapters.kafka.brief_fetches import fetch_briefly
from streams.adapters.kafka.client_ended import why_ended
from streams.adapters.kafka.clients import joining
from streams.adapters.kafka.commits import Commits, Said
from streams.adapters.kafka.gone_unread import GoneUnread
from streams.adapters.kafka.group_answers import GroupAnswers
from streams.adapters.kafka.group_offsets import Mark, PartitionOffsets, offsets_of
from streams.adapters.kafka.set_by_others import SetByOthers
from streams.adapters.kafka.static_members import StaticMember
from streams.adapters.kafka.topics_seen import ANSWER_S, Assignor, TopicsSeen
from streams.settings import Settings

LOOK_S = 2.0
COMMITTED_S = 60.0
"""How long it may take to learn what was committed: then the worker ends, as Faust itself would wait for ever."""

log = structlog.get_logger(__name__)


def group_consumer(settings: Settings, group: str, topics: Sequence[str]) -> "GroupConsumer":
    """Return a member of ``group`` that is not started; ``topics`` are all that the worker reads and writes."""
    return GroupConsumer(topics, settings.instance, joining(settings, group))


class GroupConsumer(AIOKafkaConsumer):  # type: ignore[misc]  # aiokafka has no types
    """Reads topics as a member of a group. What keeps it from reading, :meth:`troubles`, may be asked by any thread."""

    def __init__(self, topics: Sequence[str], instance: str | None, given: Mapping[str, Any]) -> None:
        """``topics`` are all that the worker reads and writes; ``given`` are aiokafka's arguments."""
        self._instance = instance
        self._seen = TopicsSeen(topics)
        self._taken: dict[str, str | None] = {}
        self._taken_in: object = None
        self._going = asyncio.Lock()
        self._commits = Commits(super().commit)
        self.set_by_others, self.gone_unread = SetByOthers(), GoneUnread()
        self._member: StaticMember | None = None
        self._watching: asyncio.Task[None] | None = None
        super().__init__(partition_assignment_strategy=[Assignor(self._seen)], **given)

    async def start(self) -> None:
        """Connect, and look at the topics; the group is joined once topics are subscribed to."""
        await super().start()
        self._seen.take(await self._seen.look(self._client), ())
        GroupAnswers(self._coordinator)
        fetch_briefly(self._fetcher)
        self._commit_once = aiokafka_inside.commit_through(self._coordinator, self._commit_what_exists)
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
        """Commit offsets, each with the identity of its topic; errors as of aiokafka's own method.

        Where it is not known which topic was read, nothing is committed: that is read again.
        """
        known = {at: one.offset for at, one in offsets.items() if at.topic in self._taken}
        if known:
            await self._commits.make(known, self._taken)

    async def nothing_left(self, said: Said, generation: int) -> None:
        """Commit an offset again where the group kept less, or is to know that nothing is left to read behind it.

        Behind the last message may stand markers of transactions, or expired messages: lag is measured by this note.
        All of it was so in ``generation``; since another one it may be of another topic.
        """

        def still() -> bool:
            return generation == self._coordinator.generation and said.at in self.assignment()

        if said.at.topic in self._taken:
            await self._commits.repeat(said, self._taken, still)

    async def seek_to_committed(self, *partitions: TopicPartition) -> dict[TopicPartition, int | None]:
        """Return each partition's committed offset, after going there; None where reading starts at its beginning.

        Partitions that do not exist are left out. Raises TimeoutError after :data:`COMMITTED_S`, and IllegalStateError
        where partitions were assigned anew meanwhile.
        """
        async with asyncio.timeout(COMMITTED_S), self._going:
            return await self._go(partitions or tuple(self.assignment()))

    async def _go(self, wanted: Sequence[TopicPartition]) -> dict[TopicPartition, int | None]:
        assigned, seen = self._subscription.subscription.assignment, self._seen.now
        with suppress(Exception):  # no broker answers: what was seen last is likely so, and is looked at again
            seen = await self._seen.look(self._client)
        asked = [at for at in wanted if at.topic in seen and at.partition < seen[at.topic].partitions]
        committed = await self._coordinator.fetch_committed_offsets(asked)
        if self._subscription.subscription.assignment is not assigned:
            msg = "partitions were assigned anew meanwhile"
            raise IllegalStateError(msg)
        self._take(assigned, {at.topic: seen[at.topic].topic_id for at in asked})
        self.set_by_others.tell(committed, self._taken)
        found = {at: self._where(at, committed.get(at)) for at in asked}
        for at, offset in found.items():
            self.gone_unread.watch(at, assigned.state_value(at))
            if offset is not None:
                self.seek(at, offset)
        if anew := [at for at, offset in found.items() if offset is None]:
            self._fetcher.request_offset_reset(anew, OffsetResetStrategy.EARLIEST)
        return found

    def _take(self, assigned: object, topics: Mapping[str, str | None]) -> None:
        """Note of which topics partitions are read, for as long as they are assigned.

        What was read before one is made anew must not be committed as read of the new one: that would be left out.
        """
        self._commits.begin(assigned_anew=self._taken_in is not assigned)
        if self._taken_in is not assigned:
            self._taken_in, self._taken = assigned, {}
        self._taken = {**topics, **self._taken}

    async def group_offsets(self) -> dict[TopicPartition, PartitionOffsets]:
        """Return how far the group has read each partition of its topics, whoever owns it."""
        topics = {topic: self._seen.now[topic] for topic in self.subscription() if topic in self._seen.now}
        every = [TopicPartition(topic, number) for topic, one in topics.items() for number in range(one.partitions)]
        async with asyncio.timeout(2 * ANSWER_S):
            begins, ends = await self.beginning_offsets(every), await self.end_offsets(every)
            committed = await self._coordinator.fetch_committed_offsets(every)
        self.set_by_others.measure(begins)
        return {at: offsets_of(at, committed.get(at), topics[at.topic].topic_id, begins, ends) for at in every}

    def position_now(self, at: TopicPartition) -> int | None:
        """Return the offset that is read next, for any thread; None where that is not known yet, or not ours."""
        return aiokafka_inside.position(self._subscription, at)

    def troubles(self) -> list[str]:
        """Return why nothing, or not everything, is read; empty where all is well."""
        if why := self.left_out():
            return [why]
        if self._member is not None and self._member.lost_to is not None:
            other = f"another worker, at {self._member.lost_to}, was started as SENTINEL_INSTANCE={self._instance}"
            return [f"{other}: give each worker a name of its own"]
        if self.silent:
            return [f"Kafka does not answer, for {self._seen.silent_s():.0f} s now"]
        return [f"topic {topic} is missing: run `refund-sentinel topics create`" for topic in self._seen.missing()]

    def left_out(self) -> str | None:
        """Return why this member reads no more, and will not by itself; None while it may."""
        return why_ended(self)

    @property
    def silent(self) -> bool:
        """Whether no broker answers."""
        return self._seen.silent_s() > ANSWER_S

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
                with suppress(TimeoutError):
                    async with asyncio.timeout(ANSWER_S):
                        await self._client.force_metadata_update()
                self._coordinator.request_rejoin()

    async def _commit_what_exists(self, assignment: Any, offsets: Mapping[TopicPartition, OffsetAndMetadata]) -> None:
        """Commit, and give up what a topic that is gone would hold up: the others' offsets are taken all the same."""
        try:
            await self._commit_once(assignment, offsets)
        except UnknownTopicOrPartitionError:
            log.warning("offsets of a topic that is gone were left out", topics=sorted({at.topic for at in offsets}))

    def _stop_reading(self) -> None:
        self.pause(*self.assignment())

    def _where(self, at: TopicPartition, committed: OffsetAndMetadata | None) -> int | None:
        """Return where to read on; None where nothing was committed of the topic that goes by this name now."""
        if committed is None:
            return None
        if not Mark.read(committed.metadata).is_of(self._taken.get(at.topic)):
            log.warning("topic was made anew: it is read from its beginning", topic=at.topic, partition=at.partition)
            return None
        return int(committed.offset)
