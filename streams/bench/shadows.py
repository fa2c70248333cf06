"""What five shadow policies cost decide: batches that are decided with and without them, turn by turn."""

import asyncio
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from threading import Thread

from sqlalchemy import Engine

from streams.adapters.sql.decision_store import SqlDecisionStore
from streams.adapters.sql.kept import SqlKeptEvidence
from streams.adapters.sql.labels import SqlLabels
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.trials import SqlTrials
from streams.bench.evidence import evidence
from streams.bench.figures import Figure
from streams.clock import now_ms
from streams.judgement.shadowing import Shadowing
from streams.judgement.trying import SETTLED_MS, Trying
from streams.judgement.versions import read
from streams.metrics import Metrics
from streams.policy.engine import judge
from streams.policy.question import StoredPolicy

SHADOWS = 5
BATCH = 128
TURNS = 3
SECONDS = 6.0
"""How long is decided in each half of a turn: several steps of the shadows and the rests between them."""
REQUESTS = 100_000
"""Requests of each half at most."""


def cost(engine: Engine, policy: StoredPolicy, key: bytes, turns: int = TURNS, seconds: float = SECONDS) -> Figure:
    """Return the share of decide's requests a second that shadows take: the median of the turns.

    ``engine`` has kept evidence of other requests, which the shadows judge meanwhile.
    """
    store, load = SqlDecisionStore(engine, key), os.getloadavg()[0]
    shadows = _five(engine, policy, key)
    shares, used = list[float](), list[tuple[float, float]]()
    for turn in range(turns):
        alone = _decided(store, f"shadows-alone-{turn}", seconds)
        with _running(shadows):
            beside = _decided(store, f"shadows-beside-{turn}", seconds)
        shares.append(1 - beside.per_s / alone.per_s)
        used.append((alone.cpu_ms, beside.cpu_ms))
    alone_ms, beside_ms = (statistics.median(each) for each in zip(*used, strict=True))
    return Figure(
        measure=f"{SHADOWS} shadow policies",
        value=round(max(0.0, statistics.median(shares)), 3),
        unit="of decide's requests a second",
        load=load,
        at_most=0.15,
        beside="all shadows of a worker together take a twentieth of its time, however many there are",
        parts={"alone_cpu_ms": round(alone_ms, 3), "beside_cpu_ms": round(beside_ms, 3)},
    )


def _five(engine: Engine, policy: StoredPolicy, key: bytes) -> Shadowing:
    versions, trials = PolicyStore(engine), SqlTrials(engine)
    trying = Trying(SqlKeptEvidence(engine), trials, SqlLabels(engine), versions, key)
    for number in range(SHADOWS):
        trying.begin("shadow", read(f"{policy.text}# shadow {number}\n"), 1, now_ms(), "bench")
    return Shadowing(trying, trials, versions, Metrics("decide"), lambda: now_ms() + 2 * SETTLED_MS)


@contextmanager
def _running(shadows: Shadowing) -> Iterator[None]:
    """Take the shadows on in a thread of their own, as a worker's event loop does, from the end of a step on."""
    loop = asyncio.new_event_loop()
    task = loop.create_task(shadows.run())

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    thread = Thread(target=run, name="shadows")
    shadows.once()  # what is made ready once is no part of what they cost
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()


@dataclass(frozen=True, slots=True)
class _Rate:
    """Requests decided a second, and the process's processor time for each, in milliseconds."""

    per_s: float
    cpu_ms: float


def _decided(store: SqlDecisionStore, run: str, seconds: float) -> _Rate:
    """Return how fast a store decides, making up the requests between the batches left out."""
    made, taken, used, count = evidence(REQUESTS, run, now_ms()), 0.0, 0.0, 0
    while taken < seconds and (batch := list(islice(made, BATCH))):
        began, before = time.monotonic(), time.process_time()
        store.decide(batch, judge, now_ms())
        taken += time.monotonic() - began
        used += time.process_time() - before
        count += len(batch)
    return _Rate(count / taken, used * 1_000 / count)
