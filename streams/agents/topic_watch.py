"""Settings of topics that somebody changes while a worker runs: told, since a start alone would notice them late."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from streams.adapters.kafka.topic_states import TopicState
from streams.errors import SentinelError
from streams.metrics import Metrics

LOOK_EVERY_S = 30.0

log = structlog.get_logger(__name__)


class TopicWatch:
    """Looks at the topics' settings now and then.

    The worker reads on where a topic no longer fits, compacted for one: each message that it reads is decided, and each
    that it leaves may be deleted. It would not start again before that is mended.
    """

    def __init__(
        self, known: Sequence[TopicState], check: Callable[[], Awaitable[Sequence[TopicState]]], metrics: Metrics
    ) -> None:
        """``known`` is how the topics stood at the start, which was told; ``check`` returns how they stand now."""
        self._told = {state.topic: state for state in known}
        self._check = check
        self._unfit = metrics.topic_unfit

    async def run(self) -> None:
        """Look for as long as the worker lives; a look that fails costs no more than that look."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.look()
            except SentinelError as exc:
                log.warning("the topics' settings are not known", error=str(exc))

    async def look(self) -> None:
        """Tell each topic that stands otherwise than was told last; errors as of ``check``.

        A topic that is missing is told by whoever reads it, within seconds.
        """
        for state in await self._check():
            if state.state != "missing":
                self._unfit.labels(state.topic).set(state.problem is not None)
                if state != self._told.get(state.topic):
                    self._told[state.topic] = state
                    _tell(state)


def _tell(state: TopicState) -> None:
    if state.problem is not None:
        log.error("topic no longer fits: it is read on, and no worker starts", topic=state.topic, why=state.problem)
    elif state.differences:
        log.warning("topic is not as the contract has it", topic=state.topic, differences=state.differences)
    else:
        log.info("topic is as the contract has it again", topic=state.topic)
