"""What the coordinator of a group answers beside what aiokafka knows of: what passes by itself is asked again.

aiokafka stops for good at an answer that it does not know, until somebody polls it, which Faust does not do. Kafka 4.3
gives one now and then where topics are deleted and made anew while a group assigns partitions. And where a coordinator
cannot tell offsets at all, aiokafka takes them for never committed: all would be read once more.
"""

from collections.abc import Mapping
from typing import Any

import structlog
from aiokafka.errors import (
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    KafkaError,
    KafkaStorageError,
    NotCoordinatorForGroupError,
    NotEnoughReplicasError,
    RebalanceInProgressError,
    RequestTimedOutError,
    UnknownError,
    UnknownMemberIdError,
    for_code,
)
from aiokafka.protocol.commit import OffsetFetchRequest
from aiokafka.protocol.group import HeartbeatRequest, JoinGroupRequest, SyncGroupRequest

from streams.adapters.kafka.aiokafka_inside import send_through
from streams.adapters.kafka.static_members import FENCED_INSTANCE_ID

AGAIN: Mapping[type, int] = {
    JoinGroupRequest: GroupLoadInProgressError.errno,
    SyncGroupRequest: RebalanceInProgressError.errno,
    HeartbeatRequest: RebalanceInProgressError.errno,
}
"""What aiokafka joins once more for, by what was asked."""
PASSES = {UnknownError.errno, RequestTimedOutError.errno, NotEnoughReplicasError.errno, KafkaStorageError.errno}
MOVED = {GroupCoordinatorNotAvailableError.errno, NotCoordinatorForGroupError.errno}

log = structlog.get_logger(__name__)


class GroupAnswers:
    """Stands between a group's coordinator and its member in aiokafka, and puts answers into words that it knows."""

    def __init__(self, coordinator: Any) -> None:
        """``coordinator`` is aiokafka's side of it."""
        self._coordinator = coordinator
        self._send = send_through(coordinator, self._send_and_read)

    async def _send_and_read(self, request: Any) -> Any:
        answer = await self._send(request)
        code = getattr(answer, "error_code", 0)
        if isinstance(request, OffsetFetchRequest) and code:
            raise self._no_offsets(code)
        again = AGAIN.get(type(request))
        if again is not None and (code in PASSES or for_code(code) is UnknownError):
            log.warning("the group's coordinator failed: it is asked again", asked=type(request).__name__, code=code)
            answer.error_code = UnknownMemberIdError.errno if code == FENCED_INSTANCE_ID else again
        return answer

    def _no_offsets(self, code: int) -> KafkaError:
        """Return what aiokafka asks again for, where that may help."""
        if code in MOVED:
            self._coordinator.coordinator_dead()
        error: KafkaError = GroupLoadInProgressError() if code in PASSES else for_code(code)()
        return error
