"""``bench decide``: decide with full records and the whole policy, against the delivery mechanism alone."""

import os
import statistics
import sys
from dataclasses import dataclass, replace

from sqlalchemy import make_url

from schemas.codec import encode
from schemas.topics import DECISIONS, EVIDENCE, Topic
from schemas.units import DAY_MS
from streams.adapters.kafka import platform_client
from streams.adapters.kafka.topic_reader import from_now
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.policies import PolicyStore
from streams.bench import earlier_claims, proc
from streams.bench.evidence import evidence
from streams.bench.figures import Figure
from streams.bench.policy import RULES, forty_rules
from streams.bench.processes import Process, environment, running, worker
from streams.bench.progress import Tell
from streams.bench.testbed import MARK, Testbed, open_testbed
from streams.clock import now_ms
from streams.settings import Settings

EVENTS = 20_000
TURNS = 3
WARM_SHARE = 0.1
"""Of the decisions, the first that do not count: a worker that starts is not yet at work."""
GOAL = 0.5
GOALS_WITH_PAST = {"SQLite": 0.6, "PostgreSQL": 1.0}
NEWEST_DAYS, DAYS = 100, 200
"""How old the newest earlier claim is, and the time that they are spread over."""

_THEIRS = replace(DECISIONS, name=MARK)
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


async def measure(settings: Settings, tell: Tell, events: int = EVENTS, turns: int = TURNS, earlier: int = 0) -> Figure:
    """Return the rate of ``worker decide`` as a share of the yardstick's: the median of all turns.

    With ``earlier`` each person has so many claims already, older than any rule looks, and forty rules judge.
    In each turn both decide the same ``events``, one after the other. Raises :class:`streams.errors.OperatorError`
    with the last line of the process that does not finish.
    """
    database = _NAMES[make_url(settings.database_url).get_backend_name()]
    load = os.getloadavg()[0]
    ours: list[Pace] = []
    theirs: list[Pace] = []
    for turn in range(turns):
        tell(f"decide on {database}: turn {turn + 1} of {turns}, {events:,} events each")
        async with open_testbed(settings) as testbed:
            await _fill(testbed, events, earlier)
            contest = [(ours, worker(testbed, "decide"), DECISIONS), (theirs, _yardstick(testbed), _THEIRS)]
            for paces, process, topic in contest if turn % 2 else reversed(contest):
                paces.append(await _pace(testbed, process, topic, events))
    their_rate = statistics.median(pace.per_s for pace in theirs)
    return Figure(
        measure=f"decide on {database}" + (f", {RULES} rules, {earlier} earlier claims a person" if earlier else ""),
        value=round(statistics.median(our.per_s / their.per_s for our, their in zip(ours, theirs, strict=True)), 2),
        unit="of the mechanism alone",
        load=load,
        at_least=GOALS_WITH_PAST[database] if earlier else GOAL,
        beside=f"{their_rate:,.0f} a second: the same delivery, one row a request",
        parts={
            "decide_per_s": round(statistics.median(pace.per_s for pace in ours)),
            "mechanism_per_s": round(their_rate),
            "decide_cpu_ms": round(statistics.median(pace.cpu_ms for pace in ours), 3),
            "mechanism_cpu_ms": round(statistics.median(pace.cpu_ms for pace in theirs), 3),
            "events": events,
            "turns": turns,
        },
    )


async def _fill(testbed: Testbed, events: int, earlier: int) -> None:
    at_ms = now_ms()
    made = list(evidence(events, testbed.run, at_ms))
    if earlier:
        engine = open_engine(testbed.settings.database_url)
        try:
            PolicyStore(engine).activate(forty_rules(), at_ms, "bench")
            persons = sorted({one.request.person for one in made})
            earlier_claims.insert(engine, persons, earlier, at_ms - NEWEST_DAYS * DAY_MS, DAYS)
        finally:
            engine.dispose()
    await platform_client.send(
        testbed.settings, EVIDENCE, ((one.request.buyer_id.encode(), encode(one)) for one in made)
    )


@dataclass(frozen=True, slots=True)
class Pace:
    """Outputs a second, and the process's own processor time for each, in milliseconds."""

    per_s: float
    cpu_ms: float


async def _pace(testbed: Testbed, process: Process, topic: Topic, events: int) -> Pace:
    """Return how fast a process works off what waits in the evidence topic."""
    times: list[int] = []
    first, before_s = int(events * WARM_SHARE), 0.0
    async with from_now(testbed.settings, topic) as outputs, running(process):
        while len(times) < events:
            times.append((await anext(outputs)).timestamp)
            if len(times) == first:
                before_s = proc.cpu_s(process.pid)
        used_s = proc.cpu_s(process.pid) - before_s
    times.sort()
    counted = events - first
    return Pace(counted * 1_000 / max(1, times[-1] - times[first]), used_s * 1_000 / counted)


def _yardstick(testbed: Testbed) -> Process:
    command = (sys.executable, "-m", "streams.bench.yardstick")
    return Process("yardstick", command, environment(testbed, "yardstick", "bench"), testbed.data_dir("yardstick"))
