"""``bench casework``: a simulated day of review, and how fast cases are handed out, decided and moved on when due."""

import os
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Engine, func, select

from streams.adapters.sql.cases.work import SqlCaseDatabase
from streams.adapters.sql.engine import open_engine, reading
from streams.adapters.sql.schema import upgrade
from streams.adapters.sql.tables import cases
from streams.bench.case_rows import fill
from streams.bench.claims import PREFIX
from streams.bench.figures import Figure, percentile, spread_ms
from streams.bench.progress import Tell
from streams.bench.resting import slower_after
from streams.bench.review_day import Day, Waits, simulate
from streams.bench.testbed import only_ours
from streams.cases.acts import AuditAct
from streams.cases.looks import Given
from streams.cases.procedure import Procedure
from streams.cases.states import CaseState
from streams.casework.reviewing.assignments import Assignments
from streams.casework.reviewing.timers import Timers
from streams.casework.reviewing.verdicts import Verdicts
from streams.clock import now_ms
from streams.metrics import Metrics
from streams.settings import Settings

T = TypeVar("T")

REVIEWERS = 50
ASKS = 6
THINK_S = 10.0
"""How long a reviewer looks at a case, on average: ten times as busy as people are."""
ALONE = 200
"""How often one reviewer asks after the other, without rest."""
BACKLOG = 10_000
SEEDS = range(1, 11)
"""Of the simulated days: one day alone says little."""
RARE = 200
"""How many of a day's 10,000 cases are small claims where these are rare."""
DUE_PER_S = 300
DUE_S = 10


def measure(settings: Settings, tell: Tell, closed: int, think_s: float = THINK_S) -> Iterator[Figure]:
    """Give what was found, on the database of the settings, which is filled: ``closed`` cases, and a backlog.

    Raises :class:`streams.errors.OperatorError` where the database holds cases that no benchmark made.
    """
    yield from day_figures(tell)
    upgrade(settings.database_url)
    only_ours(settings)
    engine = open_engine(settings.database_url)
    try:
        yield from _on(engine, tell, closed, think_s)
    finally:
        engine.dispose()


def day_figures(tell: Tell) -> Iterator[Figure]:
    """Give how much longer small claims wait than half of all do, the worst of some simulated days."""
    for share, flood in (("a quarter", 2_500), ("half", 5_000)):
        tell(f"{len(SEEDS)} days of 8 hours, 10,000 cases, 40 reviewers, {share} of them one cluster")
        days = [simulate(Day(flood=flood, seed=seed)) for seed in SEEDS]
        meanwhile = [day.meanwhile for day in days if day.meanwhile is not None]
        yield _small_claims(f"small claims' wait (p95), a cluster is {share} of a day", days)
        yield _small_claims(f"the same, of those that came while the cluster of {share} waited", meanwhile)
        nobody = [simulate(Day(flood=flood, seed=seed, kept_free=0)) for seed in SEEDS]
        yield _small_claims(f"the same days, with nobody kept free for small claims, a cluster is {share}", nobody)
        rare = [simulate(Day(flood=flood, small=RARE, seed=seed)) for seed in SEEDS]
        yield _small_claims(f"the same days, with small claims rare ({RARE}), a cluster is {share}", rare)


def _small_claims(measure: str, days: Sequence[Waits]) -> Figure:
    worst = max(days, key=lambda day: day.ratio)
    return Figure(
        measure=measure,
        value=round(worst.ratio, 2),
        unit="times the median of all",
        load=os.getloadavg()[0],
        at_most=2,
        parts={f"day_{seed}": round(day.ratio, 2) for seed, day in zip(SEEDS, days, strict=True)}
        | {
            "small_p95_s": round(percentile(worst.small, 0.95), 1),
            "small_longest_s": round(max(worst.small), 1),
            "all_median_s": round(percentile(worst.everybody, 0.5), 1),
            "others_p95_s": round(percentile(worst.others, 0.95), 1),
            "others_longest_s": round(max(worst.others), 1),
            "cluster_longest_s": round(max(worst.flood)),
            "left": worst.left,
            "free_while_cases_waited_h": round(max(day.idle_h for day in days), 1),
        },
    )


def _on(engine: Engine, tell: Tell, closed: int, think_s: float) -> Iterator[Figure]:
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[engine.dialect.name]
    tell(f"filling {name} with {closed:,} closed cases and {BACKLOG:,} that wait for the merchant")
    run = secrets.token_hex(4)
    fill(engine, f"{run}-closed", closed, CaseState.CLOSED, now_ms())
    fill(engine, f"{run}-open", BACKLOG, CaseState.AWAITING_MERCHANT, now_ms())
    yield _backlog(engine, tell, name)
    yield _next(engine, tell, name, think_s)
    yield _verdicts(engine, tell, name, closed)
    yield _late(engine, tell, name)


def _backlog(engine: Engine, tell: Tell, name: str) -> Figure:
    tell(f"moving {BACKLOG:,} cases on that came due in an outage")
    timers, moved = _timers(engine), 0
    load, begun = os.getloadavg()[0], time.monotonic()
    while (some := timers.move_due(now_ms())) > 0:
        moved += some
    return Figure(
        measure=f"{moved:,} deadlines after an outage, on {name}",
        value=round(time.monotonic() - begun, 1),
        unit="s",
        load=load,
        at_most=30,
    )


def _next(engine: Engine, tell: Tell, name: str, think_s: float) -> Figure:
    tell(f"{REVIEWERS} reviewers ask {ASKS} times each, {think_s:g} s between, with {BACKLOG:,} cases waiting")
    load, desk = os.getloadavg()[0], _Desk(engine)

    def review(number: int) -> None:
        by, chance = f"{PREFIX}{secrets.token_hex(4)}-{number}", random.Random(number)  # noqa: S311 - a benchmark
        for _ in range(ASKS):
            time.sleep(chance.expovariate(1 / think_s) if think_s else 0)
            desk.review(by)

    with ThreadPoolExecutor(REVIEWERS) as pool:
        list(pool.map(review, range(REVIEWERS)))
    together = desk.taken.copy()
    desk.taken.clear()
    for number in range(ALONE):
        desk.review(f"{PREFIX}alone-{number % REVIEWERS}")
    return Figure(
        measure=f"next case for {REVIEWERS} reviewers at once (p95), on {name}",
        value=round(1_000 * percentile(together, 0.95), 1),
        unit="ms",
        load=load,
        at_most=20,
        parts=spread_ms(together)
        | {
            "one_after_another_p95": round(1_000 * percentile(desk.taken, 0.95), 1),
            "plain_loop_slower_after_rest": round(slower_after(think_s / REVIEWERS), 1),
            "asked": len(together),
            "handed_out_twice": len(desk.given) - len(set(desk.given)),
        },
    )


class _Desk:
    """Where reviewers ask for cases and decide them. Safe for several threads."""

    def __init__(self, engine: Engine) -> None:
        self._hands = Assignments(SqlCaseDatabase(engine))
        self._verdicts = Verdicts(SqlCaseDatabase(engine), Procedure(second_review_share=0))
        self._guard = threading.Lock()
        self.taken: list[float] = []
        """Seconds that each next case took."""
        self.given: list[str] = []

    def review(self, by: str) -> None:
        begun = time.perf_counter()
        found = self._hands.next(_act(by))
        took = time.perf_counter() - begun
        if found is None:
            return
        with self._guard:
            self.taken.append(took)
            self.given.append(found.case.case_id)
        self._verdicts.give(found.case.case_id, _act(by), Given(verdict="GRANT", rule="BENCH"))


def _verdicts(engine: Engine, tell: Tell, name: str, closed: int) -> Figure:
    tell("one reviewer decides 200 cases")
    verdicts = Verdicts(SqlCaseDatabase(engine), Procedure(second_review_share=0))
    waiting = select(cases.c.case_id).where(cases.c.state == CaseState.READY.value).limit(200)
    with reading(engine) as connection:
        names = list(connection.execute(waiting).scalars())
    load, taken = os.getloadavg()[0], list[float]()
    for case_id in names:
        begun = time.perf_counter()
        verdicts.give(case_id, _act(f"{PREFIX}judge"), Given(verdict="REFUSE", rule="BENCH"))
        taken.append(time.perf_counter() - begun)
    return Figure(
        measure=f"a verdict with {closed:,} closed cases (p95), on {name}",
        value=round(1_000 * percentile(taken, 0.95), 1),
        unit="ms",
        load=load,
        at_most=50,
        parts=spread_ms(taken),
    )


def _late(engine: Engine, tell: Tell, name: str) -> Figure:
    tell(f"timers, with {DUE_PER_S} deadlines a second for {DUE_S} s")
    begin = now_ms() + 2_000
    run = secrets.token_hex(4)
    fill(engine, run, DUE_PER_S * DUE_S, CaseState.AWAITING_MERCHANT, begin, every_ms=1_000 / DUE_PER_S)
    timers = _timers(engine)
    load, left, latest = os.getloadavg()[0], DUE_PER_S * DUE_S, 0
    ends = time.monotonic() + 10 * DUE_S
    while left > 0 and time.monotonic() < ends:
        with reading(engine) as connection:
            due = connection.execute(select(func.min(cases.c.due_at_ms)).where(cases.c.state == "AWAITING_MERCHANT"))
            first = due.scalar()
        moved = timers.move_due(now_ms())
        left -= moved
        if moved and first is not None:
            latest = max(latest, now_ms() - first)
        if not moved:
            time.sleep(1)
    return Figure(
        measure=f"the latest of {DUE_PER_S} deadlines a second, on {name}",
        value=round(latest / 1_000, 2),
        unit="s late",
        load=load,
        at_most=5,
        parts={"never_moved": left},
    )


class _Here:
    """The database thread of a benchmark: its own."""

    async def call(self, _name: str, work: Callable[[], T]) -> T:
        return work()


def _timers(engine: Engine) -> Timers:
    return Timers(SqlCaseDatabase(engine), _Here(), Metrics())


def _act(by: str) -> AuditAct:
    return AuditAct(by=by, note="benchmark", at_ms=now_ms())
