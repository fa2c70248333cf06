"""A day of review, simulated on the ordering rule alone: who waits how long while a cluster floods the queue. Pure."""

import heapq
import random
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from schemas.units import HOUR_MS
from streams.bench.figures import percentile
from streams.cases.case import Case
from streams.cases.reviewing.assignment import DEFAULT_TERMS
from streams.cases.reviewing.ordering import (
    SHARE_OVER_MS,
    Lane,
    Place,
    Turns,
    has_to_stay_free,
    kept_busy,
    lane_of,
    lanes_for,
)
from streams.cases.states import CaseState

SHIFT_MS = 8 * HOUR_MS
"""How long people sit at their desks."""
RISKY_SCORES = (65, 75, 85, 90, 95, 97)
SMALL_SCORES = (20, 30, 40, 45, 50, 60)
LEASE_MS = 1_000 * DEFAULT_TERMS.lease_s


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """What comes, and who is there: ``flood`` of the arrivals are one cluster that comes within its first hour.

    ``small`` of the others are small claims that little speaks against. ``handling_s`` is a mean, of an exponential
    distribution. ``kept_free`` is as in :class:`streams.cases.reviewing.assignment.Terms`.
    """

    arrivals: int = 10_000
    reviewers: int = 40
    handling_s: float = 100
    flood: int = 2_500
    small: int = 1_900
    reserved_share: float = DEFAULT_TERMS.reserved_share
    kept_free: int = DEFAULT_TERMS.kept_free
    seed: int = 1


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """How long cases waited until they were handed out, in seconds; ``left`` were not by the day's end.

    ``idle_h`` are the hours for which reviewers were free while cases waited, together.
    """

    everybody: Sequence[float]
    small: Sequence[float]
    flood: Sequence[float]
    others: Sequence[float]
    left: int
    idle_h: float = 0
    meanwhile: "Waits | None" = None
    """Of those that came while the cluster waited."""

    @property
    def ratio(self) -> float:
        """The 95th percentile of small claims as a multiple of the median of all."""
        return percentile(self.small, 0.95) / max(percentile(self.everybody, 0.5), 1e-9)


class _Arrival(NamedTuple):
    at_ms: int
    case: Case


class _Queue:
    """What waits, by rank; a case that went out by one lane is passed over in the other."""

    def __init__(self) -> None:
        self._all: list[tuple[int, str]] = []
        self._reserved: list[tuple[int, str]] = []
        self._places: dict[str, Place] = {}
        self._starts: dict[str, int] = {}
        self._of: Counter[str] = Counter()
        self._given: deque[int] = deque()
        self._small: deque[tuple[int, int]] = deque()

    def enter(self, arrival: _Arrival) -> None:
        case = arrival.case
        names = (f"c:{case.cluster_id}", f"p:{case.person}")
        cluster, person = (self._starts.get(name) if self._of[name] else None for name in names)
        known = Turns(
            {} if cluster is None else {case.cluster_id: cluster}, {} if person is None else {case.person: person}
        )
        place = known.place(case, arrival.at_ms)
        self._places[case.case_id] = place
        for name in names:
            self._starts[name] = place.start_at_ms
            self._of[name] += 1
        heapq.heappush(self._all, (place.rank_at_ms, case.case_id))
        if place.lane is Lane.RESERVED:
            heapq.heappush(self._reserved, (place.rank_at_ms, case.case_id))

    def next(self, now_ms: int, day: Day, others_free: int) -> Place | None:
        """Return what goes out to one reviewer who is free, beside so many others."""
        while self._given and self._given[0] <= now_ms - SHARE_OVER_MS:
            self._given.popleft()
        while self._small and self._small[0][0] <= now_ms - SHARE_OVER_MS:
            self._small.popleft()
        busy = kept_busy(sum(min(ends_ms - at_ms, now_ms - at_ms, LEASE_MS) for at_ms, ends_ms in self._small))
        free = has_to_stay_free(day.reviewers, others_free, day.kept_free, busy)
        for lane in lanes_for(len(self._small), len(self._given), day.reserved_share, stays_free=free):
            heap = self._all if lane is None else self._reserved
            while heap:
                place = self._places.pop(heapq.heappop(heap)[1], None)
                if place is not None:
                    return place
        return None

    def goes(self, place: Place, now_ms: int, ends_ms: int) -> None:
        """Note that a case went out, and when it will be done."""
        self._given.append(now_ms)
        if place.lane is Lane.RESERVED:
            self._small.append((now_ms, ends_ms))

    def done(self, place: Place) -> None:
        self._of[f"c:{place.cluster_id}"] -= 1
        self._of[f"p:{place.person}"] -= 1

    @property
    def size(self) -> int:
        return len(self._places)


def simulate(day: Day) -> Waits:
    """Return how long the cases of a day waited. It repeats with the same ``seed``."""
    chance = random.Random(day.seed)  # noqa: S311 - a simulation
    coming = sorted(_arrivals(day, chance), key=lambda each: each.at_ms)
    queue, free, idle_ms, before = _Queue(), day.reviewers, 0, 0
    waits: dict[str, float] = {}
    busy: list[tuple[int, int, Place | None]] = [(each.at_ms, number, None) for number, each in enumerate(coming)]
    heapq.heapify(busy)
    while busy and busy[0][0] <= SHIFT_MS:
        now, number, finished = heapq.heappop(busy)
        idle_ms += (now - before) * free if queue.size else 0
        before = now
        if finished is None:
            queue.enter(coming[number])
        else:
            free += 1
            queue.done(finished)
        while free:
            place = queue.next(now, day, free - 1)
            if place is None:
                break
            free -= 1
            waits[place.case_id] = (now - place.ready_at_ms) / 1_000
            ends = now + int(chance.expovariate(1 / day.handling_s) * 1_000)
            queue.goes(place, now, ends)
            heapq.heappush(busy, (ends, -len(waits), place))
    return msgspec.structs.replace(_summed(coming, waits, queue.size), idle_h=idle_ms / HOUR_MS)


def _arrivals(day: Day, chance: random.Random) -> Iterator[_Arrival]:
    for number in range(day.arrivals):
        flood = number < day.flood
        small = not flood and number < day.flood + day.small
        at_ms = int(chance.random() * (SHIFT_MS / 8 if flood else SHIFT_MS))
        yield _Arrival(at_ms, _case(f"c-{number}", flood=flood, small=small, chance=chance))


def _case(name: str, *, flood: bool, small: bool, chance: random.Random) -> Case:
    return Case(
        case_id=name,
        cluster_id="flood" if flood else name,
        request_id=name,
        request_digest="",
        order_id=name,
        person=f"b-{name}",
        buyer_id=f"b-{name}",
        merchant_id="m-1",
        category="ceramics",
        state=CaseState.READY,
        version=1,
        score=chance.choice(SMALL_SCORES if small else RISKY_SCORES),
        reason_codes=(),
        amount_minor=chance.randint(500, 5_000) if small else chance.randint(5_001, 90_000),
        currency="CNY",
        opened_at_ms=0,
        due_at_ms=None,
    )


def _summed(coming: Sequence[_Arrival], waits: dict[str, float], left: int) -> Waits:
    of = {each.case.case_id: each for each in coming}
    ends = {name: of[name].at_ms + 1_000 * wait for name, wait in waits.items()}
    flood = [name for name in waits if of[name].case.cluster_id == "flood"]
    over_ms = max((ends[name] for name in flood), default=0)
    meanwhile = {name: wait for name, wait in waits.items() if of[name].at_ms < over_ms}
    return msgspec.structs.replace(_parts(of, waits, left), meanwhile=_parts(of, meanwhile, 0))


def _parts(of: Mapping[str, _Arrival], waits: Mapping[str, float], left: int) -> Waits:
    small = {name: wait for name, wait in waits.items() if lane_of(of[name].case) is Lane.RESERVED}
    flood = {name: wait for name, wait in waits.items() if of[name].case.cluster_id == "flood"}
    others = waits.keys() - small.keys() - flood.keys()
    return Waits(
        everybody=list(waits.values()),
        small=list(small.values()),
        flood=list(flood.values()),
        others=[waits[name] for name in sorted(others)],
        left=left,
    )
