"""aiokafka's own fetcher asks briefly while partitions are left out, as nothing of theirs comes before the answer."""

from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer.fetcher import Fetcher
from aiokafka.consumer.subscription_state import SubscriptionState

from streams.adapters.kafka.brief_fetches import BRIEF_WAIT_MS, WAIT_MS, fetch_briefly

BUSY, IDLE = TopicPartition("evidence", 0), TopicPartition("outcomes", 0)
TAKEN_LATER = SimpleNamespace(calculate_backoff=lambda: 0)
"""Messages that were fetched a while ago, and wait to be taken."""


@pytest.fixture
async def fetcher() -> Any:
    cluster = SimpleNamespace(leader_for_partition=lambda _: 1, broker_metadata=lambda _: None)
    subscription = SubscriptionState()
    made: Any = Fetcher(SimpleNamespace(cluster=cluster, _metadata_max_age_ms=1_000, _loop=None), subscription)
    subscription.assign_from_user([BUSY, IDLE])
    for at in (BUSY, IDLE):
        subscription.seek(at, 0)
    made._fetch_task.cancel()
    fetch_briefly(made)
    return made


def asked(fetcher: Any) -> tuple[set[str], int]:
    """Return the topics that are asked for next, and how long the broker may keep the request."""
    [(_, request)], *_ = fetcher._get_actions_per_node(fetcher._subscriptions.subscription.assignment)
    struct = request.build(lambda *_: 4) if not hasattr(request, "topics") else request
    topics = {topic for topic, _ in struct.topics}
    return topics, fetcher._fetch_max_wait_ms


async def test_where_all_partitions_are_asked_for_the_first_message_of_any_is_waited_for(fetcher: Any) -> None:
    assert asked(fetcher) == ({"evidence", "outcomes"}, WAIT_MS)


async def test_where_one_is_left_out_the_others_are_waited_for_briefly_until_it_is_taken(fetcher: Any) -> None:
    fetcher._records[BUSY] = TAKEN_LATER
    assert asked(fetcher) == ({"outcomes"}, BRIEF_WAIT_MS)
    del fetcher._records[BUSY]
    assert asked(fetcher) == ({"evidence", "outcomes"}, WAIT_MS)
