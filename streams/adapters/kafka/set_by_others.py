"""Offsets of a group that another program set: what stands before them and was not read is left out. That is said."""

from collections.abc import Mapping

import structlog
from aiokafka import TopicPartition
from aiokafka.structs import OffsetAndMetadata

from streams.adapters.kafka.group_offsets import Mark

SET_BY_OTHERS = "offsets were set by another program: what stands before them and was not read is left out"

log = structlog.get_logger(__name__)


class SetByOthers:
    """Tells of each such offset once; whoever set it alone knows how far the group had read."""

    def __init__(self) -> None:
        self._told: set[tuple[str, int, int]] = set()

    def tell(self, committed: Mapping[TopicPartition, OffsetAndMetadata], topic_ids: Mapping[str, str | None]) -> None:
        """Log which offsets have no worker's note beside them, where brokers give topics the identity that it holds."""
        foreign = {at: one.offset for at, one in committed.items() if not Mark.read(one.metadata).topic_id}
        places = {(at.topic, at.partition, offset) for at, offset in foreign.items() if topic_ids.get(at.topic)}
        if new := sorted(places - self._told):
            self._told.update(new)
            log.warning(SET_BY_OTHERS, offsets=["/".join(map(str, place)) for place in new])
