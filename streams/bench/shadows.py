"""What five shadow policies cost decide: batches that are decided with and without them, turn by turn."""

import asyncio
import os
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread

from sqlalchemy import Engine

from schemas.records import EvidenceGathered
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
TURNS = 5
REQUESTS = 3_072
"""Requests of each half of a turn."""


def cost(engine: Engine, policy: StoredPolicy, key: bytes, turns: int = TURNS, requests: int = REQUESTS) -> Figure:
    """Return the share of decide's requests a second that shadows take: the median of the turns.

    ``engine`` has kept evidence of other requests, which the shadows judge meanwhile.
    """
    store, load = SqlDecisionStore(engine, key), os.getloadavg()[0]
    shadows = _five(engine, policy, key)
    shares = list[float]()
    for turn in range(turns):
        made = list(evidence(2 * requests, f"shadows-{turn}", now_ms()))
        alone_s = _decided_s(store, made[:requests])
        with _running(shadows):
            beside_s = _decided_s(store, made[requests:])
        shares.append(1 - alone_s / beside_s)
    return Figure(
        measure=f"{SHADOWS} shadow policies",
        value=round(max(0.0, statistics.median(shares)), 3),
        unit="of decide's requests a second",
        load=load,
        at_most=0.15,
        beside="all shadows of a worker together take a twentieth of its time, however many there are",
    )


def _five(engine: Engine, policy: StoredPolicy, key: bytes) -> Shadowing:
    versions, trials = PolicyStore(engine), SqlTrials(engine)
    trying = Trying(SqlKeptEvidence(engine), trials, SqlLabels(engine), versions, key)
    for number in range(SHADOWS):
        trying.begin("shadow", read(f"{policy.text}# shadow {number}\n"), 1, now_ms(), "bench")
    return Shadowing(trying, trials, versions, Metrics("decide"), lambda: now_ms() + 2 * SETTLED_MS)


@contextmanager
def _running(shadows: Shadowing) -> Iterator[None]:
    """Take the shadows on in a thread of their own, as a worker's event loop does."""
    loop = asyncio.new_event_loop()
    task = loop.create_task(shadows.run())

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    begun = Event()
    loop.call_soon(begun.set)  # behind the first step of the task: whoever waits finds the shadows at work
    thread = Thread(target=run, name="shadows")
    thread.start()
    begun.wait()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()


def _decided_s(store: SqlDecisionStore, made: Sequence[EvidenceGathered]) -> float:
    began = time.monotonic()
    for start in range(0, len(made), BATCH):
        store.decide(made[start : start + BATCH], judge, now_ms())
    return time.monotonic() - began
