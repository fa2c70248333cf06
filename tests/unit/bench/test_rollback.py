"""A rollback has arrived once every partition is judged by the policy before."""

import json

from schemas.topics import EVIDENCE
from streams.bench.rollback import Watch


def decided(partition: int, policy: str, turn: int = 0) -> bytes:
    number = partition + turn * EVIDENCE.partitions
    return json.dumps({"request_id": f"bench-x-{number:07d}", "policy": {"sha256": policy}}).encode()


def test_the_last_partition_counts_from_its_first_decision_by_the_policy_before() -> None:
    watch = Watch()
    for partition in range(EVIDENCE.partitions):
        assert watch.since("old") is None
        watch.note(decided(partition, "old"), 1.0 + partition)
    assert watch.since("old") == EVIDENCE.partitions

    watch.note(decided(3, "new", 1), 20.0)
    assert (watch.since("old"), watch.since("new")) == (None, None)
    watch.note(decided(3, "old", 2), 25.0)
    watch.note(decided(3, "old", 3), 30.0)
    assert watch.since("old") == 25.0
