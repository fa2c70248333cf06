"""Health: whether a worker lives and is ready, and how far it lags, from what its consumer knows."""

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from aiokafka import TopicPartition
from faust.types import TP

from streams.adapters.kafka.commits import Said
from streams.adapters.kafka.group_offsets import PartitionOffsets
from streams.agents.runtime import Runtime
from streams.agents.transport import group_offsets, say_that_nothing_is_left
from streams.delivery.heartbeat import TICK_S

STALLED_S = 300.0
SLOW_S = 1_800.0
"""What is being worked on may take this long: a photo, a store and a database have limits of their own, far shorter."""
SHOWN_S = 60.0
LOOK_S = 2.0
_NUMBERS = re.compile(r"\d+")


@dataclass
class Health:
    """What ``/live`` and ``/ready`` answer."""

    runtime: Runtime
    started: bool = False
    _parts: dict[str, Callable[[], str | None]] = field(default_factory=dict)
    looked_at: float = field(default_factory=time.monotonic)
    _could_look_at: float = field(default_factory=time.monotonic)
    _told: set[TP] = field(default_factory=set)
    _seen: dict[TP, tuple[int, int]] = field(default_factory=dict)
    _moved_at: dict[TP, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Export the age of the last look at lag, and whether the worker is ready, asked anew at each scrape."""
        self.runtime.metrics.lag_age.set_function(lambda: time.monotonic() - self.looked_at)
        self.runtime.metrics.ready.set_function(lambda: float(not self.unready()))

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
        return [
            f"{tp.topic}/{tp.partition} has not moved for {unmoved_s:.0f} s although it lags"
            for tp, unmoved_s in self._unmoved()
            if unmoved_s > STALLED_S
        ]

    def stuck(self, after_s: float = STALLED_S) -> list[str]:
        """Return what keeps the worker from reading for ``after_s`` seconds now, and a fresh start may mend.

        That is none of what keeps all workers from it (Kafka, or a part that is away, for however long), nor what is
        slow: work in hand may take :data:`SLOW_S`. Whoever asks it changes nothing; see :meth:`keep_time`.
        """
        now = time.monotonic()
        if self._excused():
            return []
        if (held_s := now - self._could_look_at) > after_s:
            what = "partitions are being assigned anew" if self.runtime.app.rebalancing else "lag is not known"
            return [f"{what}, for {held_s:.0f} s now"]
        return [
            f"{tp.topic}/{tp.partition} is not read on, for {unmoved_s:.0f} s now"
            for tp, unmoved_s in self._unmoved()
            if unmoved_s > (SLOW_S if self.runtime.acknowledgements[tp.topic].open else after_s)
        ]

    def keep_time(self) -> None:
        """Let no time count in which all workers wait; to be called at least each second."""
        if self._excused():
            self._could_look_at = time.monotonic()
            self._moved_at = dict.fromkeys(self._moved_at, self._could_look_at)

    def _excused(self) -> bool:
        return not self.started or self.runtime.silent or bool(self._away())

    def unready(self) -> list[str]:
        """Return why the worker is not ready; empty when it is."""
        app = self.runtime.app
        reasons = self._away()
        if troubles := self.runtime.troubles():
            reasons += troubles
        elif not self.started:
            reasons.append("the worker starts")
        elif app.rebalancing:
            reasons.append("the consumer group is rebalancing")
        elif not self._assigned():
            reasons.append("no partition is assigned")
        reasons += self.stuck(SHOWN_S)
        reasons += [f"{topic} is paused" for topic, window in self.runtime.limits.items() if window.paused]
        return reasons

    def _unmoved(self) -> list[tuple[TP, float]]:
        """Return for how many seconds each partition with anything left to do has not moved; paused topics left out."""
        now, paused = time.monotonic(), {topic for topic, window in self.runtime.limits.items() if window.paused}
        return [(tp, now - moved) for tp, moved in self._moved_at.items() if tp.topic not in paused]

    def _away(self) -> list[str]:
        return [f"{part}: {why}" for part, away in self._parts.items() if (why := away()) is not None]

    async def look(self) -> None:
        """Read committed and end offsets of all partitions once, for the lag metric and for progress.

        Each worker reports all partitions, its own and others': nobody else would report one whose owner is away.
        """
        if self.runtime.app.rebalancing or not self.started:
            return
        found = await group_offsets(self.runtime.app)
        assigned = self._assigned()
        for tp, offsets in found.items():
            lag = await self._own_lag(tp, offsets) if tp in assigned else offsets.lag
            labels = (tp.topic, str(tp.partition))
            self.runtime.metrics.lag.labels(*labels).set(lag)
            self.runtime.metrics.assigned.labels(*labels).set(tp in assigned)
        left_out, gone = self.runtime.before_set_offsets(), self.runtime.gone_unread()
        for topic in {tp.topic for tp in found}:
            self.runtime.metrics.before_set_offsets.labels(topic).set(left_out.get(topic, 0))
            self.runtime.metrics.gone_unread.labels(topic).set(gone.get(topic, 0))
        for tp in self._told - found.keys():
            for metric in (self.runtime.metrics.lag, self.runtime.metrics.assigned):
                metric.remove(tp.topic, str(tp.partition))
        for tp in self._seen.keys() - assigned:
            self._seen.pop(tp)
            self._moved_at.pop(tp, None)
        self._told = set(found)
        self.looked_at = self._could_look_at = time.monotonic()

    async def _own_lag(self, tp: TP, offsets: PartitionOffsets) -> int:
        """Return the lag of a partition of ours, and note whether it moves."""
        consumer: Any = self.runtime.app.consumer
        generation = self.runtime.app.consumer_generation_id
        position = self.runtime.position(tp) or 0
        committed = consumer._committed_offset[tp] or 0  # noqa: SLF001 - Faust keeps it nowhere else
        busy = position < offsets.end or self.runtime.acknowledgements[tp.topic].open_in(tp.partition)
        if not busy or self._seen.get(tp) != (committed, position):
            self._moved_at[tp] = time.monotonic()
        self._seen[tp] = (committed, position)
        if busy or self.runtime.limits[tp.topic].paused:
            return max(0, offsets.end - max(committed, offsets.committed))
        # Behind a transaction's marker, and where all messages expired, nothing is left to commit: that is no lag.
        at = TopicPartition(tp.topic, tp.partition)
        said = Said(at, offsets.committed, max(committed, offsets.committed), nothing_below=position)
        await say_that_nothing_is_left(self.runtime.app, said, generation)
        return 0

    def _assigned(self) -> set[TP]:
        try:
            assigned: set[TP] = self.runtime.app.consumer.assignment()
        except Exception:  # noqa: BLE001 - Faust raises while the consumer is not started
            return set()
        return {tp for tp in assigned if tp.topic in self.runtime.limits}


def without_numbers(reasons: Iterable[str]) -> list[str]:
    """Return reasons with their numbers left out: what changes in one from look to look is no news."""
    return [_NUMBERS.sub("…", reason) for reason in reasons]
