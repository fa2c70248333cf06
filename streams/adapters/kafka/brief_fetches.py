"""How long a broker may keep a request for messages of partitions that have none.

A consumer asks a broker again only once that has answered, and leaves out what lies here to be taken. Left out for a
second and a half, while partitions without messages are waited for, a partition that was read to the end of what lay
here had nothing to read: a worker with work for hours stood still.
"""

from typing import Any

WAIT_MS = 1_500
"""Where nothing was left out, the first message of any partition is the answer."""
BRIEF_WAIT_MS = 200


class BriefFetches:
    """Asks briefly where partitions were left out. Leans on names of aiokafka's own, which is pinned exactly."""

    def __init__(self, fetcher: Any) -> None:
        """``fetcher`` is that of a consumer that was started."""
        self._fetcher = fetcher
        self._actions = fetcher._get_actions_per_node  # noqa: SLF001
        fetcher._get_actions_per_node = self._next  # noqa: SLF001

    def _next(self, assignment: Any) -> Any:
        self._fetcher._fetch_max_wait_ms = BRIEF_WAIT_MS if self._fetcher._records else WAIT_MS  # noqa: SLF001
        return self._actions(assignment)
