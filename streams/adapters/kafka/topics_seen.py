"""A worker's topics as it last saw them: which exist, and the identity and the number of partitions of each."""

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
    """The topics as one member of a group last saw them, which it tells the group when it joins."""

    def __init__(self, topics: Sequence[str]) -> None:
        """Nothing is seen before :meth:`look`. ``made_anew`` are the topics that became others since the first look."""
        self._topics = sorted(topics)
        self._answered_at = monotonic()
        self.now: Seen = {}
        self.made_anew: set[str] = set()
        self._ids: dict[str, str | None] = {}
        self._replaced: set[str | None] = set()
        self._missed: frozenset[str] = frozenset()
        self._dealt = b""
        self._asked_again: tuple[bytes, bytes] | None = None

    async def look(self, client: AIOKafkaClient) -> Seen:
        """Return the topics as a broker has them, without noting them: :meth:`take` does.

        Raises TimeoutError, or what aiokafka raises, where no broker answers in time.
        """
        async with asyncio.timeout(ANSWER_S):
            seen = await identities(client, self._topics)
        self._answered_at = monotonic()
        return self.not_behind(seen)

    def not_behind(self, seen: Seen) -> Seen:
        """Return what a broker says without what is past: an identity that another one took the place of.

        That never comes back, so whoever still names it has not heard of the topic that was made anew.
        """
        known = {name: self.now.get(name) if one.topic_id in self._replaced else one for name, one in seen.items()}
        return {name: one for name, one in known.items() if one is not None}

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
        self._replaced |= {self._ids[topic] for topic in anew}
        self._ids |= {topic: one.topic_id for topic, one in seen.items()}
        self.now = seen
        return self.print_of(read) != before

    def print_of(self, topics: Iterable[str]) -> bytes:
        """Return a digest of these topics as they were last seen: members that saw the same have the same."""
        seen = [(topic, self.now.get(topic)) for topic in sorted(topics)]
        said = [[topic, one and one.topic_id, one and one.partitions] for topic, one in seen]
        return hashlib.sha256(json.dumps(said).encode()).digest()

    def joining(self, topics: Iterable[str]) -> bytes:
        """Return the digests to join with: of what was seen, and of what the leader assigned by where that differs."""
        seen = self.print_of(topics)
        return seen if self._dealt in {b"", seen} else seen + self._dealt

    def dealt(self, by: bytes | None) -> None:
        """Note the digest of the topics by which the leader assigned partitions; None or empty where it sent none.

        Another program may lead a group that it joined under our group's name.
        """
        self._dealt = by or b""

    def asks_again(self, topics: Iterable[str]) -> bool:
        """Return whether the leader assigned by other topics than are seen now; True only once for each such pair."""
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
    """Assigns partitions in turn (round robin); members tell each other which topics they saw, as a digest.

    A group assigns anew only where a member joins with other data than before: so each joins with the digest of the
    topics that it sees. A static member that comes back is given its old assignment and not compared at all. So the
    leader sends its own digest with each assignment, and a member whose digest differs joins again, with both.
    """

    def __init__(self, seen: TopicsSeen) -> None:
        self._seen = seen

    def metadata(self, topics: Iterable[str]) -> ConsumerProtocolMemberMetadata:
        """Return the data that this member joins with: its topics, and their digests."""
        return ConsumerProtocolMemberMetadata(self.version, list(topics), self._seen.joining(topics))

    def assign(
        self, cluster: object, members: Mapping[str, ConsumerProtocolMemberMetadata]
    ) -> dict[str, ConsumerProtocolMemberAssignment]:
        """Return each member's partitions, of the topics as this leader saw them: ``cluster`` is not used."""
        del cluster  # aiokafka's own view may be another than the one that is written beside
        topics = {topic for member in members.values() for topic in member.subscription}
        by = self._seen.print_of(topics)
        dealt = super().assign(self._seen, members)
        return {
            member: ConsumerProtocolMemberAssignment(one.version, one.assignment, by) for member, one in dealt.items()
        }

    def on_assignment(self, assignment: ConsumerProtocolMemberAssignment) -> None:
        """Note the digest that the leader sent with the assignment."""
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
