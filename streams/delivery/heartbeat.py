"""The heartbeat of the event loop: a worker that slept past its session lost its partitions and may not send."""

import asyncio
import time
from collections.abc import Callable

from streams.errors import TransientError

TICK_S = 0.25


class Overslept(TransientError):
    """The process was stopped for longer than its session lasts."""


class Heartbeat:
    """When the event loop last turned, by a clock that also runs while the process is stopped."""

    def __init__(self, limit_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """``limit_s`` is the session time-out: after that the broker has given our partitions away."""
        self._limit_s = limit_s
        self._clock = clock
        self._last = clock()
        self._joins = False

    def check(self) -> None:
        """Raise :class:`Overslept` if the loop stood still for longer than its session: then it must not send."""
        slept_s = self.age_s()
        if self._joins and slept_s > self._limit_s:
            msg = f"the worker stood still for {slept_s:.0f} s, longer than its session: its partitions were given away"
            raise Overslept(msg)

    def age_s(self) -> float:
        """Return the seconds since the last tick."""
        return self._clock() - self._last

    def join(self) -> None:
        """Check from now on: the worker joins its group. Before, it had no session that a slow start could miss."""
        self._joins = True
        self._last = self._clock()

    def tick(self) -> None:
        """Note that the loop turns, after checking that it never stood still too long."""
        self.check()
        self._last = self._clock()

    async def run(self) -> None:
        """Tick for as long as the worker lives."""
        while True:
            self.tick()
            await asyncio.sleep(TICK_S)
