"""``bench policy``: what rules, the past and backtests cost, on a SQLite database of their own. Needs no broker."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import Engine

from schemas.records import EvidenceGathered
from schemas.units import DAY_MS
from streams.adapters.sql.decision_store import SqlDecisionStore
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.kept import SqlKeptEvidence, insert_kept
from streams.adapters.sql.labels import SqlLabels
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.schema import upgrade
from streams.adapters.sql.trials import SqlTrials
from streams.bench import earlier_claims, shadows
from streams.bench.evidence import evidence
from streams.bench.figures import Figure
from streams.bench.progress import Tell
from streams.clock import now_ms
from streams.history.windows import NOBODY, summarise
from streams.judgement.tally import read_tally
from streams.judgement.trying import Trying, backtest
from streams.judgement.versions import read
from streams.policy.compiled import compile_policy
from streams.policy.engine import judge
from streams.policy.kept import encoded, kept
from streams.policy.packaged import load_default
from streams.policy.question import Question, StoredPolicy

RULES = 40
BATCH = 256
RECORDS = 20_000
STORED = 100_000
"""Claims of the goal: the figure of fewer records is scaled to it."""
MANY, SOME = 100_000, 500
"""Earlier claims of two persons whose decisions are compared."""
TURNS = 15
KEY = b"bench"


def measure(tell: Tell, records: int = RECORDS) -> list[Figure]:
    """Return the figures: rules, checking, keeping, a backtest of ``records``, and a person with very many claims."""
    load, at_ms = os.getloadavg()[0], now_ms()
    policy = forty_rules()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        upgrade(url)
        engine = open_engine(url)
        try:
            PolicyStore(engine).seed(policy, at_ms)
            made = list(evidence(records, "policy", at_ms))
            tell(f"policy: {records:,} requests are decided")
            a_request_s = _decide(engine, made, at_ms)
            tell("policy: and judged again")
            figures = [
                _rules(policy, made[:2_000], at_ms, load),
                _check(policy, load),
                _keeping(engine, policy, made[:BATCH], at_ms, a_request_s, load),
                _backtest(engine, policy, records, load),
            ]
            tell(f"policy: {shadows.SHADOWS} shadows beside decide")
            figures.append(shadows.cost(engine, policy, KEY))
            tell(f"policy: a person with {MANY:,} claims")
            return [*figures, _many_claims(engine, at_ms, load)]
        finally:
            engine.dispose()


def forty_rules() -> StoredPolicy:
    """Return the packaged policy with as many further rules as make forty."""
    default = load_default()[1]
    missing = RULES - len(compile_policy(default).document.rules)
    more = [
        f"\n  - id: bench_{n}\n    for: request"
        f"\n    when: history.sum_minor_90d > {10**9 + n} && request.kind == 'return_and_refund'"
        f"\n    reason: SUM_LIMIT\n    score: 5"
        for n in range(max(0, missing))
    ]
    return read(default.rstrip() + "".join(more) + "\n")


def _decide(engine: Engine, made: Sequence[EvidenceGathered], at_ms: int) -> float:
    """Return the processor seconds of one request, the median of the batches."""
    store, used = SqlDecisionStore(engine, KEY), []
    for start in range(0, len(made), BATCH):
        batch = made[start : start + BATCH]
        used.append(_used(partial(store.decide, batch, judge, at_ms)) / len(batch))
    return statistics.median(used)


def _rules(policy: StoredPolicy, made: Sequence[EvidenceGathered], at_ms: int, load: float) -> Figure:
    questions = [_question(policy, one, at_ms) for one in made]
    judge(questions[0])
    each = sorted(_used(partial(judge, one)) for one in questions)
    return Figure(
        measure=f"judging a request by {RULES} rules",
        value=round(statistics.median(each) * 1_000, 3),
        unit="ms",
        load=load,
        at_most=0.3,
        parts={"p99_ms": round(each[len(each) * 99 // 100] * 1_000, 3)},
    )


def _check(policy: StoredPolicy, load: float) -> Figure:
    value = statistics.median(_used(lambda: compile_policy(policy.text)) for _ in range(5))
    return Figure(measure="policy check", value=round(value, 2), unit="s", load=load, at_most=1)


def _keeping(
    engine: Engine, policy: StoredPolicy, made: Sequence[EvidenceGathered], at_ms: int, a_request_s: float, load: float
) -> Figure:
    questions = [_question(policy, one, at_ms) for one in made]

    def keep() -> None:
        records = [encoded(kept(one)) for one in questions]
        with engine.connect() as connection:  # closed without a commit: a backtest would find these
            insert_kept(connection, records, 0)

    taken = statistics.median(_used(keep) for _ in range(TURNS)) / len(made)
    return Figure(
        measure="keeping what the judge saw",
        value=round(taken / a_request_s, 3),
        unit="of decide's own work",
        load=load,
        at_most=0.1,
        beside=f"{a_request_s * 1e6:.0f} µs of processor time a request, without the broker's part",
        parts={"us": round(taken * 1e6, 1)},
    )


def _backtest(engine: Engine, policy: StoredPolicy, records: int, load: float) -> Figure:
    trying = Trying(SqlKeptEvidence(engine), SqlTrials(engine), SqlLabels(engine), PolicyStore(engine), KEY)
    end_ms = now_ms() + DAY_MS
    trial = trying.begin("backtest", policy, 1, end_ms, "bench")
    began, used = time.monotonic(), time.process_time()
    done = backtest(trying, trial, policy, lambda _: None, None, end_ms)
    took, used, tally = time.monotonic() - began, time.process_time() - used, read_tally(done.tally)
    return Figure(
        measure=f"backtest of {STORED:,} stored claims",
        value=round(used * STORED / records, 1),
        unit="s of one core",
        load=load,
        at_most=60,
        beside=f"{tally.reproduced:,} of {tally.judged:,} decisions came out byte for byte",
        parts={"records": tally.judged, "not_reproduced": tally.not_reproduced, "wall_s": round(took, 1)},
    )


def _many_claims(engine: Engine, at_ms: int, load: float) -> Figure:
    for person, count in (("some", SOME), ("many", MANY)):
        earlier_claims.insert(engine, [person], count, at_ms, 365)
    took = {person: _one_by_one(engine, person, at_ms) for person in ("some", "many")}
    return Figure(
        measure=f"deciding for a person with {MANY:,} claims",
        value=round(took["many"] / took["some"], 2),
        unit=f"of the time with {SOME}",
        load=load,
        at_most=2,
        parts={f"{person}_ms": round(value * 1_000, 2) for person, value in took.items()},
    )


def _one_by_one(engine: Engine, person: str, at_ms: int) -> float:
    store = SqlDecisionStore(engine, KEY)
    used = []
    for one in evidence(TURNS, person, at_ms):
        own = replace(one, request=replace(one.request, person_id=person))
        used.append(_used(partial(store.decide, [own], judge, at_ms)))
    return statistics.median(used)


def _question(policy: StoredPolicy, one: EvidenceGathered, at_ms: int) -> Question:
    return Question(
        evidence=one,
        history=summarise(NOBODY, one.request, one.appended_at_ms),
        content_changed=False,
        policy=policy,
        audit_key=KEY,
        decided_at_ms=at_ms,
    )


def _used(work: Callable[[], object]) -> float:
    """Return the processor seconds that ``work`` takes in this thread."""
    began = time.thread_time()
    work()
    return time.thread_time() - began
