"""Where a member of a group reads on, and what it commits, while its topics are made anew under it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError
from aiokafka.structs import OffsetAndMetadata

from streams.adapters.kafka.commits import Said
from streams.adapters.kafka.group_consumer import GroupConsumer, group_consumer
from streams.adapters.kafka.group_offsets import Mark
from streams.adapters.kafka.topic_identity import TopicIdentity
from streams.settings import Settings
from tests.drawn import each

OLD, NEW = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
AT = TopicPartition("requests", 0)


class Group:
    """A member of a group, connected to nothing; ``topics`` are as a broker has them, ``kept`` what was committed."""

    def __init__(self, folder: Path) -> None:
        settings = Settings.model_validate({"broker": "kafka://127.0.0.1:1", "data_dir": folder})
        self.member: GroupConsumer = group_consumer(settings, "readers", ["requests"])
        self.topics: Mapping[str, TopicIdentity] = {AT.topic: TopicIdentity(OLD, 1)}
        self.kept: dict[TopicPartition, OffsetAndMetadata] = {}
        self.generation = 1
        self.at: int | None = None
        self.answers = asyncio.Event()
        self.answers.set()
        member: Any = self.member
        member._coordinator = member._fetcher = self
        member._seen.look = self._look
        member._subscription.subscribe(topics={AT.topic})
        self.assign()

    def assign(self) -> None:
        member: Any = self.member
        member._subscription.assign_from_subscribed({AT})

    async def _look(self, _: object) -> Mapping[str, TopicIdentity]:
        return self.topics

    async def fetch_committed_offsets(self, asked: list[TopicPartition]) -> dict[TopicPartition, OffsetAndMetadata]:
        await self.answers.wait()
        return {at: self.kept[at] for at in asked if at in self.kept}

    async def commit_offsets(self, _: object, offsets: dict[TopicPartition, OffsetAndMetadata]) -> None:
        await self.answers.wait()
        self.kept |= offsets

    def request_offset_reset(self, _: object, strategy: int) -> "asyncio.Future[None]":
        assert strategy == -2, "the beginning, as Kafka's protocol has it"
        self.at = 0
        return asyncio.get_running_loop().create_future()  # no broker says where that is

    def seek_to(self, _: object, offset: int) -> None:
        self.at = offset

    async def commit(self, offset: int) -> None:
        await self.member.commit({AT: OffsetAndMetadata(offset, "")})


@pytest.fixture
async def group(tmp_path: Path) -> AsyncIterator[Group]:
    group = Group(tmp_path)
    yield group
    group.member._closed = True  # it never connected


@each(5, offset=(1, 10_000))
async def test_a_member_reads_on_where_it_committed(group: Group, offset: int) -> None:
    await group.member.seek_to_committed()
    assert group.at == 0
    await group.commit(offset)
    group.assign()
    await group.member.seek_to_committed()
    assert group.at == offset


@each(5, offset=(1, 10_000))
async def test_what_was_read_before_a_topic_was_made_anew_is_not_committed_as_read_of_the_new_one(
    group: Group, offset: int
) -> None:
    await group.member.seek_to_committed()
    group.topics = {AT.topic: TopicIdentity(NEW, 1)}
    await group.member.seek_to_committed()  # as Faust does while the group begins to assign anew
    await group.commit(offset)
    assert Mark.read(group.kept[AT].metadata).topic_id == OLD

    group.assign()
    await group.member.seek_to_committed()
    assert group.at == 0, "the new topic is read from its first message on"
    await group.commit(1)
    assert Mark.read(group.kept[AT].metadata).topic_id == NEW


@each(5, offset=(1, 10_000))
async def test_of_a_topic_that_was_not_seen_nothing_is_committed(group: Group, offset: int) -> None:
    group.topics = {}
    assert await group.member.seek_to_committed() == {}
    await group.commit(offset)
    assert group.kept == {}


async def test_who_goes_to_what_is_committed_while_partitions_are_assigned_anew_is_told(group: Group) -> None:
    group.answers.clear()
    going = asyncio.create_task(group.member.seek_to_committed())
    await asyncio.sleep(0.01)
    group.assign()
    group.answers.set()
    with pytest.raises(IllegalStateError):
        await going
    assert group.at is None


@pytest.mark.parametrize(("generation", "noted"), [(1, True), (2, False)])
async def test_that_nothing_is_left_is_noted_in_the_generation_in_which_it_was_so(
    group: Group, generation: int, *, noted: bool
) -> None:
    await group.member.seek_to_committed()
    group.generation = generation
    await group.member.nothing_left(Said(AT, kept=7, committed=7, nothing_below=9), 1)
    assert (AT in group.kept) == noted


@each(5, offset=(2, 10_000))
async def test_what_is_said_of_an_offset_never_comes_behind_a_commit_that_waits_for_the_broker(
    group: Group, offset: int
) -> None:
    await group.member.seek_to_committed()
    await group.commit(offset - 1)
    group.answers.clear()
    committing = asyncio.create_task(group.commit(offset))
    await asyncio.sleep(0)
    saying = asyncio.create_task(group.member.nothing_left(Said(AT, offset - 1, offset - 1, offset), 1))
    await asyncio.sleep(0.01)
    group.answers.set()
    await asyncio.gather(committing, saying)
    assert group.kept[AT].offset == offset


@each(5, offset=(2, 10_000))
async def test_what_the_group_did_not_keep_is_committed_again_once_nothing_is_left(group: Group, offset: int) -> None:
    await group.member.seek_to_committed()
    await group.commit(offset)
    group.kept[AT] = OffsetAndMetadata(offset - 1, group.kept[AT].metadata)  # the broker lost the last commit
    await group.member.nothing_left(Said(AT, kept=offset - 1, committed=offset, nothing_below=offset), 1)
    assert group.kept[AT].offset == offset
    kept = dict(group.kept)
    await group.member.nothing_left(Said(AT, kept=offset, committed=offset, nothing_below=offset), 1)
    assert group.kept == kept


async def test_what_was_said_before_partitions_were_assigned_anew_is_not_committed(group: Group) -> None:
    await group.member.seek_to_committed()
    group.answers.clear()
    committing = asyncio.create_task(group.commit(7))
    await asyncio.sleep(0)
    saying = asyncio.create_task(group.member.nothing_left(Said(AT, kept=3, committed=7, nothing_below=9), 1))
    await asyncio.sleep(0.01)
    group.generation = 2
    group.answers.set()
    await asyncio.gather(committing, saying)
    assert Mark.read(group.kept[AT].metadata).nothing_below == 0


async def test_an_offset_that_is_not_known_yet_is_not_waited_for(group: Group) -> None:
    assert group.member.position_now(AT) is None
    assert group.member.position_now(TopicPartition("another", 3)) is None
