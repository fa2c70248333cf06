"""A coordinator that fails for a moment is asked again, and its silence about offsets is not taken for an answer."""

from typing import Any

import pytest
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    GroupLoadInProgressError,
    IllegalGenerationError,
    NotCoordinatorForGroupError,
    RebalanceInProgressError,
    UnknownError,
    UnknownMemberIdError,
)
from aiokafka.protocol.commit import OffsetFetchRequest, OffsetFetchResponse_v3
from aiokafka.protocol.group import (
    HeartbeatRequest,
    HeartbeatResponse_v1,
    JoinGroupRequest,
    JoinGroupResponse_v2,
    SyncGroupRequest,
    SyncGroupResponse_v1,
)

from streams.adapters.kafka.group_answers import PASSES, GroupAnswers

JOIN = JoinGroupRequest("readers", 1, 1, "me", None, "consumer", [])
SYNC = SyncGroupRequest("readers", 1, "me", None, [])
BEAT = HeartbeatRequest("readers", 1, "me")
OFFSETS = OffsetFetchRequest("readers", [("requests", [0])])


class Coordinator:
    """aiokafka's side of a group's coordinator, which answers what it is given."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.dead = False
        GroupAnswers(self)

    async def _send_req(self, _: object) -> Any:
        return self.answer

    def coordinator_dead(self) -> None:
        self.dead = True


def answers(code: int) -> list[tuple[object, object, int]]:
    return [
        (JOIN, JoinGroupResponse_v2(0, code, 1, "", "", "", []), GroupLoadInProgressError.errno),
        (SYNC, SyncGroupResponse_v1(0, code, b""), RebalanceInProgressError.errno),
        (BEAT, HeartbeatResponse_v1(0, code), RebalanceInProgressError.errno),
    ]


@pytest.mark.parametrize("code", [*sorted(PASSES), 97, 119, 32_000])
@pytest.mark.parametrize("which", range(3), ids=["join", "sync", "heartbeat"])
async def test_a_failure_that_passes_is_one_that_the_member_joins_again_for(code: int, which: int) -> None:
    request, answer, known = answers(code)[which]
    assert (await Coordinator(answer)._send_req(request)).error_code == known


@pytest.mark.parametrize("which", range(3), ids=["join", "sync", "heartbeat"])
async def test_a_member_whose_name_goes_by_another_id_joins_by_its_name(which: int) -> None:
    request, answer, _ = answers(82)[which]
    assert (await Coordinator(answer)._send_req(request)).error_code == UnknownMemberIdError.errno


@pytest.mark.parametrize("code", [0, IllegalGenerationError.errno, GroupAuthorizationFailedError.errno])
@pytest.mark.parametrize("which", range(3), ids=["join", "sync", "heartbeat"])
async def test_what_is_known_stays_as_it_is(code: int, which: int) -> None:
    request, answer, _ = answers(code)[which]
    assert (await Coordinator(answer)._send_req(request)).error_code == code


@pytest.mark.parametrize(
    ("code", "raised", "moved"),
    [
        (GroupLoadInProgressError.errno, GroupLoadInProgressError, False),
        (UnknownError.errno, GroupLoadInProgressError, False),
        (NotCoordinatorForGroupError.errno, NotCoordinatorForGroupError, True),
        (GroupAuthorizationFailedError.errno, GroupAuthorizationFailedError, False),
    ],
)
async def test_offsets_that_cannot_be_told_are_not_offsets_that_were_never_committed(
    code: int, raised: type[Exception], *, moved: bool
) -> None:
    coordinator = Coordinator(OffsetFetchResponse_v3(0, [], code))
    with pytest.raises(raised):
        await coordinator._send_req(OFFSETS)
    assert coordinator.dead == moved


async def test_offsets_that_are_told_are_told_on() -> None:
    told = OffsetFetchResponse_v3(0, [("requests", [(0, 5, "", 0)])], 0)
    assert await Coordinator(told)._send_req(OFFSETS) is told
