"""The topics of a worker as it last saw them: which exist, which of that name they are, and how many partitions."""

import asyncio
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from time import monotonic

import structlog
from aiokafka.client import AIOKafkaClient
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment, ConsumerProtocolMemberMetadata

from streams.adapters.kafka.topic_identity import TopicIdentity, identities

ANSWER_S = 5.0
"""How long a broker has to answer."""

log = structlog.get_logger(__name__)

Seen = Mapping[str, TopicIdentity]


class TopicsSeen:
    """What a member of a group knows of ``topics`` when it asks to join."""

    def __init__(self, topics: Sequence[str]) -> None:
        """Nothing is seen before :meth:`look`. ``made_anew`` are the topics that became others since the first look."""
        self._topics = sorted(topics)
        self._answered_at = monotonic()
        self.now: Seen = {}
        self.made_anew: set[str] = set()
        self._ids: dict[str, str | None] = {}
        self._missed: frozenset[str] = frozenset()
        self._dealt = b""
        self._asked_again: tuple[bytes, bytes] | None = None

    async def look(self, client: AIOKafkaClient) -> Seen:
        """Return the topics as a broker shows them; :attr:`now` stays as it is. Raises where none answers in time."""
        async with asyncio.timeout(ANSWER_S):
            seen = await identities(client, self._topics)
        self._answered_at = monotonic()
        return seen

    def take(self, seen: Seen, read: Iterable[str]) -> bool:
        """Make :attr:`now` what was seen, and return whether any of the topics that are ``read`` changed.

        A topic is gone once it was missed twice: a broker that has just come back may know none yet.
        """
        before = self.print_of(read)
        gone = frozenset(self.now.keys() - seen.keys())
        seen = {**{topic: self.now[topic] for topic in gone - self._missed}, **seen}
        self._missed = gone
        anew = {topic for topic, one in seen.items() if self._ids.get(topic) not in {None, one.topic_id}}
        _tell(self.now, seen, anew)
        self.made_anew |= anew
        self._ids |= {topic: one.topic_id for topic, one in seen.items()}
        self.now = seen
        return self.print_of(read) != before

    def print_of(self, topics: Iterable[str]) -> bytes:
        """Return a fingerprint of these topics as they were last seen, the same for all members that saw the same."""
        seen = [(topic, self.now.get(topic)) for topic in sorted(topics)]
        said = [[topic, one and one.topic_id, one and one.partitions] for topic, one in seen]
        return hashlib.sha256(json.dumps(said).encode()).digest()

    def joining(self, topics: Iterable[str]) -> bytes:
        """Return what to say of these topics when joining: what was seen, and what was dealt out by if that differs."""
        seen = self.print_of(topics)
        return seen if self._dealt in {b"", seen} else seen + self._dealt

    def dealt(self, by: bytes) -> None:
        """Take the fingerprint that the leader dealt partitions out by; empty where it says none."""
        self._dealt = by

    def asks_again(self, topics: Iterable[str]) -> bool:
        """Return whether what was dealt out by differs from what is seen now; True once only for each such pair."""
        seen = self.print_of(topics)
        if self._dealt in {b"", seen} or self._asked_again == (self._dealt, seen):
            return False
        self._asked_again = self._dealt, seen
        return True

    def partitions_for_topic(self, topic: str) -> set[int] | None:
        """Return the partitions that were seen, as aiokafka asks its own view of a cluster; None without the topic."""
        one = self.now.get(topic)
        return None if one is None else set(range(one.partitions))

    def missing(self) -> list[str]:
        """Return the topics that do not exist."""
        return [topic for topic in self._topics if topic not in self.now]

    def silent_s(self) -> float:
        """Return for how long no broker has answered."""
        return monotonic() - self._answered_at


class Assignor(RoundRobinPartitionAssignor):  # type: ignore[misc]  # aiokafka has no types
    """Deals partitions out in turn; what a member saw of the topics is part of how it asks to join.

    A broker has the group assign anew where a member asks in another way than before, and only there. A static member
    that comes back is not even compared: it is given what its earlier life had. So the leader writes beside what it
    deals out what it saw, and who sees otherwise asks again, in another way.
    """

    def __init__(self, seen: TopicsSeen) -> None:
        self._seen = seen

    def metadata(self, topics: Iterable[str]) -> ConsumerProtocolMemberMetadata:
        """Return what a member asks to join with."""
        return ConsumerProtocolMemberMetadata(self.version, list(topics), self._seen.joining(topics))

    def assign(
        self, cluster: object, members: Mapping[str, ConsumerProtocolMemberMetadata]
    ) -> dict[str, ConsumerProtocolMemberAssignment]:
        """Return each member's partitions, of the topics as they were last seen, not as ``cluster`` has them."""
        del cluster  # aiokafka's own view may be another than the one that is written beside
        topics = {topic for member in members.values() for topic in member.subscription}
        by = self._seen.print_of(topics)
        dealt = super().assign(self._seen, members)
        return {
            member: ConsumerProtocolMemberAssignment(one.version, one.assignment, by) for member, one in dealt.items()
        }

    def on_assignment(self, assignment: ConsumerProtocolMemberAssignment) -> None:
        """Take what the leader had seen when it dealt out."""
        self._seen.dealt(assignment.user_data)


def _tell(before: Seen, now: Seen, anew: Collection[str]) -> None:
    for topic in sorted(before.keys() | now.keys()):
        was, became = before.get(topic), now.get(topic)
        if became is None:
            log.error("topic is gone", topic=topic, then="run `refund-sentinel topics create`")
        elif topic in anew:
            log.warning("topic was made anew", topic=topic, partitions=became.partitions)
        elif was is not None and was.partitions != became.partitions:
            log.warning("topic has another number of partitions", topic=topic, partitions=became.partitions)
