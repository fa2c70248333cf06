"""Every topic: its name, key, partitions, how long it keeps, who writes and who reads it."""

from dataclasses import dataclass
from typing import Literal

from schemas import records
from schemas.records.base import Record
from schemas.units import DAY_MS

TOMBSTONES_KEPT_MS = 30 * DAY_MS

BATCH_OVERHEAD_BYTES = 16 * 1024
"""Room beside the value: Kafka's limit counts the whole record batch, with key, headers and framing."""

LONGEST_UNCOMPACTED_MS = 7 * DAY_MS
"""How long past its lag a compacted topic may put compaction off: what was erased is gone from the disk by then."""


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One topic of the contract.

    ``kept_ms`` None keeps for ever. ``timestamp`` is ``LogAppendTime`` where the broker's time is evidence: nobody
    outside can set it.
    """

    name: str
    record: type[Record]
    key: str
    written_by: tuple[str, ...]
    read_by: tuple[str, ...]
    kept_ms: int | None
    partitions: int = 12
    cleanup: Literal["delete", "compact", "compact,delete"] = "delete"
    timestamp: Literal["LogAppendTime", "CreateTime"] = "CreateTime"
    compaction_lag_ms: int = 0

    @property
    def max_message_bytes(self) -> int:
        """The longest value, before compression."""
        return self.record.max_bytes

    def config(self) -> dict[str, str]:
        """Return the topic's configuration in Kafka's own names and units, replication left to the cluster."""
        config = {
            "cleanup.policy": self.cleanup,
            "max.message.bytes": str(self.max_message_bytes + BATCH_OVERHEAD_BYTES),
            "message.timestamp.type": self.timestamp,
            "retention.ms": "-1" if self.kept_ms is None else str(self.kept_ms),
        }
        if "compact" in self.cleanup:
            config |= {
                "min.compaction.lag.ms": str(self.compaction_lag_ms),
                "max.compaction.lag.ms": str(self.compaction_lag_ms + LONGEST_UNCOMPACTED_MS),
                # a replica that was away this long still meets the tombstone of what was erased meanwhile
                "delete.retention.ms": str(TOMBSTONES_KEPT_MS),
            }
        return config


REQUESTS = Topic(
    name="refund.requests.v1",
    record=records.RefundRequested,
    key="buyer_id",
    kept_ms=14 * DAY_MS,
    timestamp="LogAppendTime",
    written_by=("platform",),
    read_by=("enrich",),
)
CATALOGUE = Topic(
    name="catalogue.photos.v1",
    record=records.CataloguePhotoRegistered,
    key="merchant_id",
    kept_ms=14 * DAY_MS,
    timestamp="LogAppendTime",
    written_by=("platform",),
    read_by=("enrich",),
)
SIGHTINGS = Topic(
    name="image.sightings.v1",
    record=records.PhotoSighted,
    key="sighting_id",
    kept_ms=180 * DAY_MS,
    partitions=1,
    cleanup="compact,delete",
    compaction_lag_ms=30 * DAY_MS,  # longer than any replay: requests are kept for 14 days
    timestamp="LogAppendTime",
    written_by=("enrich", "erase"),  # erase: tombstones
    read_by=("enrich", "erase"),
)
SIGHTINGS_PARTITION = 0
"""The partition that is the log of sightings, whoever gave its topic more of them."""
EVIDENCE = Topic(
    name="refund.evidence.v1",
    record=records.EvidenceGathered,
    key="buyer_id",
    kept_ms=30 * DAY_MS,
    written_by=("enrich",),
    read_by=("decide", "analysts"),
)
DECISIONS = Topic(
    name="refund.decisions.v1",
    record=records.RefundDecided,
    key="buyer_id",
    kept_ms=30 * DAY_MS,
    written_by=("decide",),
    read_by=("platform",),
)
OUTCOMES = Topic(
    name="refund.outcomes.v1",
    record=records.RefundOutcome,
    key="buyer_id",
    kept_ms=30 * DAY_MS,
    timestamp="LogAppendTime",
    written_by=("platform",),
    read_by=("decide",),
)
REVIEW_EVENTS = Topic(
    name="review.events.v1",
    record=records.ReviewEvent,
    key="request_id",
    kept_ms=30 * DAY_MS,
    written_by=("relay",),
    read_by=("platform",),
)
CASE_EVIDENCE = Topic(
    name="case.evidence.v1",
    record=records.CaseEvidenceSent,
    key="buyer_id",
    kept_ms=14 * DAY_MS,
    timestamp="LogAppendTime",
    written_by=("relay",),
    read_by=("enrich",),
)
CREDIT_SIGNALS = Topic(
    name="credit.signals.v1",
    record=records.CreditSignal,
    key="issuer:signal_id",
    kept_ms=None,
    cleanup="compact",
    written_by=("relay", "partners"),
    read_by=("decide",),
)
DEAD_LETTERS = Topic(
    name="dead.letters.v1",
    record=records.DeadLetter,
    key="as the original",
    kept_ms=30 * DAY_MS,
    written_by=("enrich", "decide", "dlq"),  # dlq: what it sent again
    read_by=("dlq",),
)

TOPICS = (
    REQUESTS,
    CATALOGUE,
    SIGHTINGS,
    EVIDENCE,
    DECISIONS,
    OUTCOMES,
    REVIEW_EVENTS,
    CASE_EVIDENCE,
    CREDIT_SIGNALS,
    DEAD_LETTERS,
)
BY_NAME = {topic.name: topic for topic in TOPICS}


def topics_of(*parts: str) -> tuple[str, ...]:
    """Return the names of all topics that any of these parts of the system reads or writes."""
    return tuple(topic.name for topic in TOPICS if {*topic.written_by, *topic.read_by} & set(parts))
