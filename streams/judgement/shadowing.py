"""Shadow policies: tried on every request some time after it was decided, beside the work and never in its way.

A shadow reads what the judge saw, so it cannot fail a decision. All shadows of a worker take a twentieth of its time;
while there is more to judge than that, they fall behind, and catch up later.
"""

import asyncio
import time
from collections.abc import Callable

import structlog

from streams.clock import now_ms
from streams.errors import OperatorError, TransientError
from streams.judgement.ports import PolicyVersions, Trial, Trials
from streams.judgement.trying import SETTLED_MS, Trying
from streams.metrics import Metrics

AT_ONCE = 50
"""Records of one step."""
REST = 19.0
"""How many times as long as a step takes nothing is done after it."""
PAUSE_S = 2.0

log = structlog.get_logger(__name__)


class Shadowing:
    """Takes the running shadows on, for as long as the worker lives."""

    def __init__(
        self,
        trying: Trying,
        trials: Trials,
        versions: PolicyVersions,
        metrics: Metrics,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        """``clock`` gives Unix milliseconds."""
        self._trying = trying
        self._trials = trials
        self._versions = versions
        self._metrics = metrics
        self._clock = clock
        self._failing: set[int] = set()

    async def run(self) -> None:
        """Take shadows on for as long as the worker lives; whatever goes wrong costs a step and nothing else."""
        while True:
            began = time.monotonic()
            try:
                moved = await asyncio.to_thread(self.once)
            except (TransientError, OperatorError) as exc:
                log.info("shadows wait", why=str(exc))
                moved = 0
            took = time.monotonic() - began
            await asyncio.sleep(took * REST if moved else PAUSE_S)

    def once(self) -> int:
        """Return how many shadows were taken on by some records each; the call blocks."""
        before_ms = self._clock() - SETTLED_MS
        running = self._trials.running("shadow")
        self._metrics.shadows.set(len(running))
        return sum(self._takes_on(trial, before_ms) for trial in running)

    def _takes_on(self, trial: Trial, before_ms: int) -> bool:
        """Return whether a shadow judged some more records; one that fails for any other reason stays where it is.

        A worker of another version may have written what this one cannot read: that must not end one that decides.
        """
        try:
            [proposal] = self._versions.found(trial.policy_sha256)
            further = self._trying.step(trial, proposal.policy, before_ms, at_once=AT_ONCE)
        except (TransientError, OperatorError):
            raise
        except Exception:
            if trial.trial_id not in self._failing:
                log.exception("a shadow failed by itself: it stays where it is", policy=trial.policy_sha256)
            self._failing.add(trial.trial_id)
            self._metrics.shadow_failures.inc()
            return False
        self._failing.discard(trial.trial_id)
        return further is not None
