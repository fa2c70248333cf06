"""How far a group has read each partition, whoever owns it: also of one whose owner is away.

What a commit says beside its offset is the identity of its topic and, where the owner found nothing left to read, how
far that goes: behind the last message stand markers of transactions, and messages that have expired.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aiokafka import TopicPartition
from aiokafka.structs import OffsetAndMetadata

WRITTEN = re.compile(r"(?P<topic_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?(?:;(?P<below>[0-9]{1,19}))?")
Offsets = Mapping[TopicPartition, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """The note beside a committed offset: its topic's identity, and the offset below which nothing is left to read."""

    topic_id: str = ""
    nothing_below: int = 0

    def __str__(self) -> str:
        return f"{self.topic_id};{self.nothing_below}" if self.nothing_below else self.topic_id

    @classmethod
    def read(cls, said: str | None) -> "Mark":
        """Return the mark in a commit's metadata; an empty one where another program wrote that, or nothing."""
        found = WRITTEN.fullmatch(said or "")
        return cls(found["topic_id"] or "", int(found["below"] or 0)) if found else cls()

    def is_of(self, topic_id: str | None) -> bool:
        """Return whether the offset belongs to this topic; True as well where either identity is unknown."""
        return not self.topic_id or topic_id is None or self.topic_id == topic_id


@dataclass(frozen=True, slots=True)
class PartitionOffsets:
    """How far a group has read one partition, and where the partition ends."""

    committed: int
    end: int
    nothing_below: int = 0

    @property
    def lag(self) -> int:
        """How many messages are left, markers of transactions among them counted."""
        return 0 if self.end <= self.nothing_below else max(0, self.end - self.committed)


def offsets_of(
    at: TopicPartition, committed: OffsetAndMetadata | None, topic_id: str | None, begins: Offsets, ends: Offsets
) -> PartitionOffsets:
    """Return how far one partition was read; where nothing of this topic was committed, not at all."""
    if committed is not None and (mark := Mark.read(committed.metadata)).is_of(topic_id):
        return PartitionOffsets(max(committed.offset, begins[at]), ends[at], mark.nothing_below)
    return PartitionOffsets(begins[at], ends[at])
