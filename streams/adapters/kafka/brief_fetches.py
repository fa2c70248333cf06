"""How long a broker may keep a request for messages of partitions that have none.

A consumer asks a broker again only once that has answered, and leaves out what lies here to be taken. Left out for a
second and a half, while partitions without messages are waited for, a partition that was read to the end of what lay
here had nothing to read: a worker with work for hours stood still.
"""

from typing import Any

from streams.adapters.kafka import aiokafka_inside

WAIT_MS = 1_500
"""Where nothing was left out, the first message of any partition is the answer."""
BRIEF_WAIT_MS = 200


def fetch_briefly(fetcher: Any) -> None:
    """Let the fetcher of a started consumer ask briefly where partitions were left out."""
    aiokafka_inside.before_fetches(fetcher, lambda left_out: BRIEF_WAIT_MS if left_out else WAIT_MS)
