"""``bench console``: how fast the pages are over many cases, how large a page is, and what memory the process takes."""

import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

from sqlalchemy import Engine

from schemas.units import HOUR_MS
from streams.access.accounts import Accounts
from streams.access.keys import Keys
from streams.adapters import child_processes
from streams.adapters.sql.accounts import SqlAccounts
from streams.adapters.sql.api_keys import SqlKeys
from streams.adapters.sql.decision_store import SqlDecisionStore
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.schema import upgrade
from streams.bench import proc
from streams.bench.case_rows import fill, settle
from streams.bench.claims import PREFIX
from streams.bench.evidence import evidence
from streams.bench.figures import Figure, percentile, spread_ms
from streams.bench.objections import PLATFORM, cleared, objection_figure
from streams.bench.progress import Tell
from streams.bench.testbed import only_ours
from streams.bench.visitor import Visitor
from streams.cases.states import CaseState
from streams.clock import now_ms
from streams.errors import OperatorError
from streams.judgement.versions import read
from streams.policy.engine import judge
from streams.policy.packaged import load_default
from streams.settings import Settings

OPEN, CLOSED = 100_000, 1_000_000
PER_S, SECONDS = 20, 15
LOOKED_AT = 2_000
"""Requests that are judged with all their evidence: their cases are the ones whose page is asked for."""
BATCH = 100
STARTS_S = 60.0
REVIEWERS = {
    "queue": ["/cases"],
    "queue by score": ["/cases?order=score"],
    "queue of one state": ["/cases?state=READY&order=age"],
    "search": ["/cases?q=none", f"/cases?q={PREFIX}"],
    "today": ["/today"],
}
LEADS = {
    "statistics of 30 days": ["/statistics"],
    "statistics of a year": ["/statistics?days=365"],
    "workload": ["/workload"],
    "audit": ["/audit", "/audit?who=reviewer-7"],
}
WITHIN_MS = 48 * HOUR_MS
GOAL_MS, GOAL_KB, GOAL_MB = 150, 150, 300


def measure(
    settings: Settings,
    tell: Tell,
    *,
    opened: int = OPEN,
    closed: int = CLOSED,
    per_s: int = PER_S,
) -> Iterator[Figure]:
    """Give what was found, on the database of the settings, which is filled.

    Raises :class:`streams.errors.OperatorError` where the database holds cases that no benchmark made.
    """
    upgrade(settings.database_url)
    only_ours(settings)
    engine = open_engine(settings.database_url)
    try:
        name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[engine.dialect.name]
        tell(f"filling {name} with {opened:,} open and {closed:,} closed cases")
        requests = _seed(engine, opened, closed)
        account = f"bench-{secrets.token_hex(4)}"
        accounts = Accounts(SqlAccounts(engine))
        made = accounts.create(account, ["reviewer"], by="bench", now_ms=now_ms())
        key = Keys(SqlKeys(engine)).create(account, [PLATFORM], by="bench", now_ms=now_ms()).key
        lead = accounts.create(f"{account}-lead", ["senior", "auditor"], by="bench", now_ms=now_ms())
    finally:
        engine.dispose()
    with tempfile.TemporaryDirectory(prefix="sentinel-bench-") as folder, _console(settings, Path(folder)) as console:
        visitor = Visitor(console.address, made.name, made.password)
        leading = Visitor(console.address, lead.name, lead.password)
        of = f"of {opened + closed:,} cases on {name}"
        yield from _asked(visitor, REVIEWERS | {"case page": visitor.cases()}, tell, of, per_s)
        yield from _asked(leading, LEADS, tell, of, per_s)
        tell("objections to what a machine cleared")
        yield objection_figure(console.address, key, requests, of)
        yield Figure(
            measure="console process, most memory without mapped segments",
            value=round(proc.peak_bytes(console.pid) / 1e6),
            unit="MB",
            load=os.getloadavg()[0],
            at_most=GOAL_MB,
        )


def _asked(visitor: Visitor, pages: Mapping[str, Sequence[str]], tell: Tell, of: str, per_s: int) -> Iterator[Figure]:
    for name, paths in pages.items():
        tell(f"{name}: {per_s} a second for {SECONDS} s")
        load = os.getloadavg()[0]
        with visitor.pulse() as pulse:
            taken, largest = _paced(visitor.get, paths, per_s)
        yield Figure(
            measure=f"{name} at {per_s} requests a second (p95), {of}",
            value=round(1_000 * percentile(taken, 0.95), 1),
            unit="ms",
            load=load,
            at_most=GOAL_MS,
            parts=spread_ms(taken)
            | {
                "longest": round(1_000 * max(taken), 1),
                "longest_pulse": round(1_000 * max(pulse), 1),
                "asked": len(taken),
                "page_kb": round(largest / 1_000, 1),
            },
        )
        if name == "case page":
            yield _weight(visitor, largest, load)


def _weight(visitor: Visitor, page: int, load: float) -> Figure:
    rest = visitor.rest()
    parts = {"page": round(page / 1_000, 1), "style and script": round(rest / 1_000, 1)}
    weight = round((page + rest) / 1_000, 1)
    return Figure(
        measure="case page's weight without photos", value=weight, unit="kB", load=load, at_most=GOAL_KB, parts=parts
    )


def _seed(engine: Engine, opened: int, closed: int) -> list[str]:
    """Fill the database; return requests that a machine cleared."""
    run, at_ms = secrets.token_hex(4), now_ms()
    PolicyStore(engine).seed(read(load_default()[1]), at_ms)
    fill(engine, f"{run}-closed", closed, CaseState.CLOSED, at_ms)
    waiting = opened - opened // 10
    fill(engine, f"{run}-open", waiting, CaseState.AWAITING_MERCHANT, at_ms, every_ms=WITHIN_MS / max(1, waiting))
    fill(engine, f"{run}-ready", opened // 10, CaseState.READY, at_ms, every_ms=WITHIN_MS / max(1, opened // 10))
    store = SqlDecisionStore(engine)
    looked_at = list(evidence(LOOKED_AT, run, at_ms))
    requests = list[str]()
    for begin in range(0, LOOKED_AT, BATCH):
        requests += cleared(store.decide(looked_at[begin : begin + BATCH], judge, at_ms))
    settle(engine)
    return requests


def _paced(get: Callable[[str], bytes], paths: Sequence[str], per_s: int) -> tuple[list[float], int]:
    """Return the seconds of each answer at a steady rate, from when it was due, and the bytes of the largest."""
    for path in paths[:per_s]:
        get(path)
    begun = time.monotonic() + 0.1

    def one(number: int, path: str) -> tuple[float, int]:
        due = begun + number / per_s
        time.sleep(max(0.0, due - time.monotonic()))
        size = len(get(path))
        return time.monotonic() - due, size

    with ThreadPoolExecutor(per_s * 2) as pool:
        every = cycle(paths)
        asked = [pool.submit(one, number, next(every)) for number in range(per_s * SECONDS)]
        found = [each.result() for each in asked]
    return [took for took, _ in found], max(size for _, size in found)


class _Console:
    """The process that answers, and where."""

    def __init__(self, pid: int, address: str) -> None:
        self.pid = pid
        self.address = address


@contextmanager
def _console(settings: Settings, folder: Path) -> Iterator[_Console]:
    environment = os.environ | {
        "SENTINEL_DATABASE_URL": settings.database_url,
        "SENTINEL_MEDIA_URL": (folder / "media").as_uri(),
        "SENTINEL_DATA_DIR": str(folder),
        "SENTINEL_CONSOLE_HOST": "127.0.0.1",
        "SENTINEL_CONSOLE_PORT": "0",
        "SENTINEL_CONSOLE_CALLS_PER_S": "1000",
    }
    child = child_processes.start((sys.executable, "-m", "streams.cli", "console"), folder / "log", environment)
    try:
        port, until_s = folder / "console.port", time.monotonic() + STARTS_S
        while not (port.is_file() and port.read_text().endswith("\n")):
            if child.poll() is not None or time.monotonic() > until_s:
                msg = f"the console did not start: {(folder / 'log').read_text()[-2_000:]}"
                raise OperatorError(msg)
            time.sleep(0.1)
        yield _Console(child.pid, f"http://127.0.0.1:{port.read_text().strip()}")
    finally:
        child.terminate()
        child.wait(60)
