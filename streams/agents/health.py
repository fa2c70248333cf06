"""Health: whether a worker lives and is ready, and how far it lags, from what its consumer knows."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from faust.types import TP

from streams.agents.runtime import Runtime
from streams.delivery.heartbeat import TICK_S

STALLED_S = 300.0
LOOK_S = 2.0


@dataclass
class Health:
    """What ``/live`` and ``/ready`` answer."""

    runtime: Runtime
    started: bool = False
    _parts: dict[str, Callable[[], str | None]] = field(default_factory=dict)
    _seen: dict[TP, tuple[int, int]] = field(default_factory=dict)
    _moved_at: dict[TP, float] = field(default_factory=dict)

    def watch(self, part: str, away: Callable[[], str | None]) -> None:
        """Let ``part`` keep the worker from being ready for as long as ``away`` says why."""
        self._parts[part] = away

    def stalled(self) -> list[str]:
        """Return why the worker should be started again; empty while it lives.

        The loop must turn, and a partition with anything left to do must have moved within :data:`STALLED_S`, unless
        its topic is paused: a long catch-up moves, so it is no reason.
        """
        if self.runtime.heartbeat.age_s() > 20 * TICK_S:
            return ["the event loop does not turn"]
        now = time.monotonic()
        return [
            f"{tp.topic}/{tp.partition} has not moved for {now - moved:.0f} s although it lags"
            for tp, moved in self._moved_at.items()
            if now - moved > STALLED_S and not self.runtime.limits[tp.topic].paused
        ]

    def unready(self) -> list[str]:
        """Return why the worker is not ready; empty when it is."""
        app = self.runtime.app
        reasons = [f"{part}: {why}" for part, away in self._parts.items() if (why := away()) is not None]
        if troubles := self.runtime.troubles():
            reasons += troubles
        elif not self.started:
            reasons.append("the worker starts")
        elif app.rebalancing:
            reasons.append("the consumer group is rebalancing")
        elif not self._assigned():
            reasons.append("no partition is assigned")
        reasons += [f"{topic} is paused" for topic, window in self.runtime.limits.items() if window.paused]
        self.runtime.metrics.ready.set(not reasons)
        return reasons

    async def look(self) -> None:
        """Read committed and end offsets once, for the lag metric and for progress."""
        if self.runtime.app.rebalancing:
            return
        partitions = self._assigned()
        if not partitions:
            return
        ends = await self.runtime.app.consumer.highwaters(*partitions)
        for tp in partitions:
            self._note(tp, ends.get(tp) or 0, await self.runtime.app.consumer.position(tp) or 0)
        for tp in set(self._seen) - partitions:
            self._seen.pop(tp)
            self._moved_at.pop(tp, None)
            self.runtime.metrics.lag.remove(tp.topic, str(tp.partition))

    def _note(self, tp: TP, end: int, position: int) -> None:
        committed = self.runtime.app.consumer._committed_offset[tp] or 0  # type: ignore[attr-defined]  # noqa: SLF001 - Faust keeps it nowhere else
        busy = position < end or self.runtime.acknowledgements[tp.topic].open_in(tp.partition)
        # Behind a transaction's marker, and where all messages expired, nothing is left to commit: that is no lag.
        left = busy or self.runtime.limits[tp.topic].paused
        self.runtime.metrics.lag.labels(tp.topic, str(tp.partition)).set(max(0, end - committed) if left else 0)
        if not busy or self._seen.get(tp) != (committed, position):
            self._moved_at[tp] = time.monotonic()
        self._seen[tp] = (committed, position)

    def _assigned(self) -> set[TP]:
        try:
            assigned: set[TP] = self.runtime.app.consumer.assignment()
        except Exception:  # noqa: BLE001 - Faust raises while the consumer is not started
            return set()
        return {tp for tp in assigned if tp.topic in self.runtime.limits}
