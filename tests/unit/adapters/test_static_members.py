"""Whose a static member's name is: another worker's, or one's own under an id that was given a moment ago."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import GroupLoadInProgressError, IllegalGenerationError, UnknownMemberIdError

from streams.adapters.kafka.static_members import FENCED_INSTANCE_ID, StaticMember

NAME = "refund-sentinel-enrich-one"


class Group:
    """A group's coordinator, at the broker and in the client: who holds the name, and who this member thinks it is."""

    def __init__(self, held_by: str) -> None:
        self.held_by = held_by
        self.member_id = "mine"
        self.group_id, self.coordinator_id = "readers", 1
        self.code = 0
        self.joins_anew = False
        self.loading = 0
        self.lost: list[str] = []
        self._closing: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def _send_req(self, _: object) -> Any:
        if self.joins_anew:
            self.member_id = ""
        return SimpleNamespace(error_code=self.code)

    async def send(self, *_: object) -> Any:
        if self.loading:
            self.loading -= 1
            code = GroupLoadInProgressError.errno
            return SimpleNamespace(groups=[(code, "readers", "", "", "", [], 0)])
        holder = (self.held_by, NAME, "client", "/10.0.0.7", b"", b"")
        return SimpleNamespace(groups=[(0, "readers", "Stable", "consumer", "roundrobin", [holder], 0)])

    async def heartbeat(self, code: int) -> Any:
        client: Any = self
        StaticMember(self, client, NAME, lambda: self.lost.append("lost"))
        self.code = code
        self._closing.set_result(None)
        return await self._send_req(object())


@pytest.mark.parametrize("code", [UnknownMemberIdError.errno, FENCED_INSTANCE_ID])
async def test_the_name_is_lost_once_another_holds_it(code: int) -> None:
    group = Group("another")
    with pytest.raises(Exception, match="the consumer stops"):
        await group.heartbeat(code)
    assert group.lost == ["lost"]


async def test_a_coordinator_that_loads_its_groups_is_asked_again_whose_the_name_is() -> None:
    group = Group("another")
    group.loading = 3
    with pytest.raises(Exception, match="the consumer stops"):
        await group.heartbeat(UnknownMemberIdError.errno)
    assert group.lost == ["lost"]


@pytest.mark.parametrize(
    ("held_by", "joins_anew", "code"),
    [
        ("mine", False, UnknownMemberIdError.errno),
        ("mine, as the broker says already", True, UnknownMemberIdError.errno),
        ("mine, as the broker says already", True, FENCED_INSTANCE_ID),
        ("another", False, IllegalGenerationError.errno),
    ],
)
async def test_a_member_that_ran_out_of_time_and_joins_anew_has_its_name(
    held_by: str, *, joins_anew: bool, code: int
) -> None:
    group = Group(held_by)
    group.joins_anew = joins_anew
    assert (await group.heartbeat(code)).error_code == code
    assert group.lost == []


async def test_what_is_sent_before_an_id_is_given_says_nothing_of_the_name() -> None:
    group = Group("mine, as the broker says already")
    group.member_id = ""
    await group.heartbeat(UnknownMemberIdError.errno)
    assert group.lost == []
