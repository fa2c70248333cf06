"""Shadow policies: tried on every request some time after it was decided, beside the work and never in its way.

A shadow reads what the judge saw, so it cannot fail a decision. All shadows of a worker take a twentieth of its time;
while there is more to judge than that, they fall behind, and catch up later.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from functools import partial

import structlog

from streams.clock import now_ms
from streams.errors import OperatorError, TransientError
from streams.judgement.ports import PolicyVersions, Trial, Trials
from streams.judgement.trying import SETTLED_MS, Stretch, Trying
from streams.metrics import Metrics

AT_ONCE = 50
"""Records of one step."""
REST = 19.0
"""How many times the processor time of a step nothing is done after it."""
GIVE_WAY_S = 0.0001
"""How long a shadow sleeps after each record.

Python takes a thread that goes on by itself off after 5 ms only: who decides would wait as long after each statement.
"""
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
            try:
                moved, used_s = await asyncio.to_thread(self._timed)
            except (TransientError, OperatorError) as exc:
                log.info("shadows wait", why=str(exc))
                moved, used_s = 0, 0.0
            await asyncio.sleep(used_s * REST if moved else PAUSE_S)

    def _timed(self) -> tuple[int, float]:
        """Return what :meth:`once` does, and the seconds of processor time that it took."""
        began = time.thread_time()
        return self.once(), time.thread_time() - began

    def once(self) -> int:
        """Return how many shadows were taken on by some records each; the call blocks.

        Shadows that are at one place, as nearly all are, read its records once between them.
        """
        before_ms = self._clock() - SETTLED_MS
        running = self._trials.running("shadow")
        self._metrics.shadows.set(len(running))
        stretches: dict[int, Stretch | None] = {}
        moved: list[tuple[Trial, int]] = []
        for trial in running:
            if trial.place not in stretches:
                stretches[trial.place] = self._trying.stretch(trial.place, before_ms, AT_ONCE)
            if (stretch := stretches[trial.place]) is not None:
                moved += [(further, trial.place) for further in self._taken_on(trial, stretch)]
        return sum(self._trials.save(moved))

    def _taken_on(self, trial: Trial, stretch: Stretch) -> Iterator[Trial]:
        """Yield the shadow at the end of a stretch; one that fails for any other reason stays where it is.

        A worker of another version may have written what this one cannot read: that must not end one that decides.
        """
        try:
            [proposal] = self._versions.found(trial.policy_sha256)
            further = self._trying.judged(trial, proposal.policy, stretch, give_way=partial(time.sleep, GIVE_WAY_S))
        except (TransientError, OperatorError):
            raise
        except Exception:
            if trial.trial_id not in self._failing:
                log.exception("a shadow failed by itself: it stays where it is", policy=trial.policy_sha256)
            self._failing.add(trial.trial_id)
            self._metrics.shadow_failures.inc()
            return
        self._failing.discard(trial.trial_id)
        yield further
