"""Messages that a broker deleted before they were read: it keeps them for less time than nobody read. That is said.

aiokafka goes on where the partition begins now, and says nothing of what stood between.
"""

from typing import Any

import structlog
from aiokafka import TopicPartition

GONE_UNREAD = "messages were deleted before they were read: they get no decision unless they are sent again"

log = structlog.get_logger(__name__)


class GoneUnread:
    """Tells where reading goes on behind messages that are gone.

    ``at_most`` are the offsets of each topic that were passed over: markers of transactions are among them.
    """

    def __init__(self) -> None:
        self.at_most: dict[str, int] = {}
        self._left_at: dict[TopicPartition, int] = {}

    def watch(self, at: TopicPartition, state: Any) -> None:
        """Follow one partition's state in aiokafka, for as long as it is assigned; safe to repeat."""
        if "reset_to" in vars(state):
            return
        wait, go_on = state.await_reset, state.reset_to

        def await_reset(strategy: int) -> None:
            if state.has_valid_position:
                self._left_at[at] = state.position
            wait(strategy)

        def reset_to(position: int) -> None:
            go_on(position)
            self._tell(at, position)

        state.await_reset, state.reset_to = await_reset, reset_to

    def _tell(self, at: TopicPartition, position: int) -> None:
        left_at = self._left_at.pop(at, position)
        if position > left_at:
            self.at_most[at.topic] = self.at_most.get(at.topic, 0) + position - left_at
            place = {"topic": at.topic, "partition": at.partition}
            log.error(GONE_UNREAD, **place, first=left_at, last=position - 1)
