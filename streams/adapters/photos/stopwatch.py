"""Where the time of a look goes, stage by stage."""

from collections.abc import Callable

Clock = Callable[[], float]
"""Seconds, from any beginning."""


class Stopwatch:
    """Seconds by stage, summed over a stage's parts."""

    def __init__(self, clock: Clock) -> None:
        """The first stage begins now."""
        self.seconds: dict[str, float] = {}
        self._clock = clock
        self._last = clock()

    def lap(self, stage: str) -> None:
        """Count the time since the last lap to a stage."""
        now = self._clock()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._last
        self._last = now
