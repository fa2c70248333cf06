"""Deadlines that pass. They are found by query, so any number of workers may look, and an outage forgets none."""

import asyncio
from collections.abc import Callable

from streams.cases.procedure import DEFAULT, Procedure
from streams.cases.states import HEARINGS
from streams.cases.transitions import Transition
from streams.casework.ports import CaseDatabase
from streams.casework.quality.golden_work import passed
from streams.casework.reviewing.leases import expire_leases
from streams.clock import now_ms
from streams.metrics import Metrics
from streams.ports import DatabaseCalls

AT_ONCE = 500
"""Cases that one transaction moves on at most."""
LOOK_EVERY_S = 1.0


class Timers:
    """Moves cases on once their deadline passed: a hearing to review, a verdict that nobody appealed to its end.

    A case whose reviewer's lease ran out goes to the next one.
    """

    def __init__(
        self,
        database: CaseDatabase,
        calls: DatabaseCalls,
        metrics: Metrics,
        clock: Callable[[], int] = now_ms,
        procedure: Procedure = DEFAULT,
    ) -> None:
        """``calls`` is the database thread; ``clock`` gives Unix milliseconds."""
        self._database = database
        self._calls = calls
        self._metrics = metrics
        self._clock = clock
        self._procedure = procedure

    async def run(self) -> None:
        """Move cases on for as long as the worker lives; pause when nothing is due."""
        while True:
            if not await self.once():
                await asyncio.sleep(LOOK_EVERY_S)

    async def once(self) -> int:
        """Return how many deadlines and leases were handled, at most :data:`AT_ONCE` of each."""
        moved = await self._calls.call("timers", lambda: self.move_due(self._clock()))
        self._metrics.deadlines.inc(moved)
        expired = await self._calls.call("leases", lambda: self.expire_leases(self._clock()))
        self._metrics.leases_expired.inc(expired)
        return moved + expired

    def move_due(self, at_ms: int) -> int:
        """Return how many cases moved on because their deadline had passed at ``at_ms``. The call blocks."""
        with self._database.changing_cases() as work:
            due = work.cases.due(at_ms, AT_ONCE)
            moved = [done for case in due if (done := passed(work, case, at_ms, self._procedure)) is not None]
            work.cases.apply(moved)
        for done in moved:
            self._note_delay(done, at_ms)
        return len(moved)

    def _note_delay(self, done: Transition, at_ms: int) -> None:
        if done.before is not None and done.before.due_at_ms is not None:
            wait = "hearing" if done.before.state in HEARINGS else "appeal"
            self._metrics.deadline_delay.labels(wait).observe((at_ms - done.before.due_at_ms) / 1_000)

    def expire_leases(self, at_ms: int) -> int:
        """Return how many cases went back to the queue: their lease had run out at ``at_ms``. The call blocks."""
        with self._database.changing_cases() as work:
            return expire_leases(work, at_ms, AT_ONCE)
