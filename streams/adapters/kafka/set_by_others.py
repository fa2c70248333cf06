"""Offsets of a group that another program set: what stands before them and was not read is left out. That is said."""

from collections.abc import Mapping

import structlog
from aiokafka import TopicPartition
from aiokafka.structs import OffsetAndMetadata

from streams.adapters.kafka.group_offsets import Mark

SET_BY_OTHERS = "offsets were set by another program: what stands before them and was not read is left out"
AT_MOST = "so many messages stand before offsets that another program set: at most these were left out"

log = structlog.get_logger(__name__)


class SetByOthers:
    """Tells of each such offset once, and how much it may leave out; whoever set it alone knows what was read before.

    ``at_most`` are the messages of each topic that still stand before such offsets.
    """

    def __init__(self) -> None:
        self._told: set[tuple[str, int, int]] = set()
        self._unmeasured: dict[TopicPartition, int] = {}
        self.at_most: dict[str, int] = {}

    def tell(self, committed: Mapping[TopicPartition, OffsetAndMetadata], topic_ids: Mapping[str, str | None]) -> None:
        """Log which offsets have no worker's note beside them, where brokers give topics the identity that it holds."""
        foreign = {at: one.offset for at, one in committed.items() if not Mark.read(one.metadata).topic_id}
        places = {(at.topic, at.partition, offset) for at, offset in foreign.items() if topic_ids.get(at.topic)}
        if new := sorted(places - self._told):
            self._told.update(new)
            self._unmeasured |= {TopicPartition(topic, number): offset for topic, number, offset in new}
            log.warning(SET_BY_OTHERS, offsets=["/".join(map(str, place)) for place in new])

    def measure(self, begins: Mapping[TopicPartition, int]) -> None:
        """Count and log once what stands before the offsets that were told of; ``begins``: where partitions begin."""
        known = self._unmeasured.keys() & begins.keys()
        for at in known:
            before = max(0, self._unmeasured.pop(at) - begins[at])
            self.at_most[at.topic] = self.at_most.get(at.topic, 0) + before
        if known:
            log.warning(AT_MOST, messages=dict(self.at_most))
