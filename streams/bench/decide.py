"""``bench decide``: decide with full records and the whole policy, against the delivery mechanism alone."""

import os
import statistics
import sys
from dataclasses import replace

from sqlalchemy import make_url

from schemas.codec import encode
from schemas.topics import DECISIONS, EVIDENCE, Topic
from streams.adapters import platform_client
from streams.adapters.topic_reader import from_now
from streams.bench import ground as grounds
from streams.bench.evidence import evidence
from streams.bench.figures import Figure
from streams.bench.ground import Ground
from streams.bench.processes import Process, environment, running, worker
from streams.bench.progress import Tell
from streams.clock import now_ms
from streams.settings import Settings

EVENTS = 6_000
TURNS = 3
WARM_SHARE = 0.1
"""Of the decisions, the first that do not count: a worker that starts is not yet at work."""
GOAL = 0.5

_THEIRS = replace(DECISIONS, name=grounds.MARK)
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


async def measure(settings: Settings, tell: Tell, events: int = EVENTS, turns: int = TURNS) -> Figure:
    """Return our rate as a share of the yardstick's: the median of the turns.

    In each turn the two decide the same ``events``, one after the other. Raises :class:`streams.errors.OperatorError`
    when a contestant does not finish, with the last that it said.
    """
    database = _NAMES[make_url(settings.database_url).get_backend_name()]
    load = os.getloadavg()[0]
    ours: list[float] = []
    theirs: list[float] = []
    for turn in range(turns):
        tell(f"decide on {database}: turn {turn + 1} of {turns}, {events:,} events each")
        async with grounds.ground(settings) as ground:
            await _fill(ground, events)
            contest = [(ours, worker(ground, "decide"), DECISIONS), (theirs, _yardstick(ground), _THEIRS)]
            for rates, process, topic in contest if turn % 2 else reversed(contest):
                rates.append(await _rate(ground, process, topic, events))
    return Figure(
        measure=f"decide on {database}",
        value=round(statistics.median(our / their for our, their in zip(ours, theirs, strict=True)), 2),
        unit="of the mechanism alone",
        load=load,
        at_least=GOAL,
        beside=f"{statistics.median(theirs):,.0f} a second: the same delivery, one row a request",
        parts={
            "decide_per_s": round(statistics.median(ours)),
            "mechanism_per_s": round(statistics.median(theirs)),
            "events": events,
            "turns": turns,
        },
    )


async def _fill(ground: Ground, events: int) -> None:
    made = evidence(events, ground.run, now_ms())
    await platform_client.send(
        ground.settings, EVIDENCE, ((one.request.buyer_id.encode(), encode(one)) for one in made)
    )


async def _rate(ground: Ground, process: Process, topic: Topic, events: int) -> float:
    """Return the outputs a second of a process that works off what waits in the evidence topic."""
    times: list[int] = []
    async with from_now(ground.settings, topic) as outputs, running(process):
        while len(times) < events:
            times.append((await anext(outputs)).timestamp)
    times.sort()
    first = int(events * WARM_SHARE)
    return (events - first) * 1_000 / max(1, times[-1] - times[first])


def _yardstick(ground: Ground) -> Process:
    command = (sys.executable, "-m", "streams.bench.yardstick")
    return Process("yardstick", command, environment(ground, "yardstick", "bench"), ground.data_dir("yardstick"))
