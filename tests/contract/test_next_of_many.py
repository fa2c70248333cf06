"""The next case is found by an index, however many wait and whatever the database believes of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event, text

from streams.adapters.sql.bulk_insert import driver_of
from streams.adapters.sql.cases.queue_statements import FIRST_LOOKS
from streams.adapters.sql.engine import reading
from streams.bench.case_rows import fill
from streams.cases.looks import Given, Look
from streams.cases.states import CaseState
from tests.contract.judging import NOW_MS
from tests.contract.sql import Database
from tests.contract.test_assignments import act, waiting

MANY = 10_000
QUEUED = (
    "INSERT INTO review_queue (case_id, lane, ready_at_ms, start_at_ms, rank_at_ms, cluster_id, person,"
    " buyer_id, merchant_id, category, language, waiting) SELECT case_id, 'other', opened_at_ms, opened_at_ms,"
    " opened_at_ms + score, request_id, person, buyer_id, merchant_id, category, '', true FROM cases"
)


@pytest.fixture
def crowded(database: Database) -> Database:
    """A database of which its own figures know of no case that is ready."""
    fill(database.engine, "many", MANY, CaseState.AWAITING_MERCHANT, NOW_MS)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE cases SET state = 'READY'"))
        connection.execute(text(QUEUED))
        connection.execute(text("ANALYZE review_queue"))
    return database


def test_only_the_head_of_the_queue_is_read_where_the_figures_of_the_database_are_old(
    crowded: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ran(crowded.engine).watched(monkeypatch) as ran:
        assert crowded.assignments.next(act("lin.wei")) is not None

    of_queue = [one for one in ran.statements if "review_queue" in one[0] and one[0].startswith("SELECT")]
    assert of_queue
    assert [steps for one in of_queue for steps in ran.too_much(*one)] == []


def test_handing_out_and_deciding_one_case_reads_no_table_whole(
    crowded: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with crowded.engine.begin() as connection:
        connection.execute(text("ANALYZE"))  # the figures are true: it is no wrong belief that is met
    with Ran(crowded.engine).watched(monkeypatch) as ran:
        found = crowded.assignments.next(act("lin.wei"))
        assert found is not None
        crowded.verdicts.give(found.case.case_id, act("lin.wei", 20_000), Given(verdict="GRANT", rule="GENUINE"))

    changed = {one[0].split()[1] for one in ran.statements if one[0].startswith("UPDATE")}
    assert {"cases", "review_queue"} <= changed
    assert [table for one in ran.statements for table in ran.read_whole(*one)] == []


LARGE = ("cases", "review_queue")
"""The tables that hold many rows here."""


class Ran:
    """The statements that the database ran, and how it runs each."""

    def __init__(self, engine: Engine) -> None:
        self.statements: list[tuple[str, Any]] = []
        self._engine = engine
        self._sqlite = engine.dialect.name == "sqlite"

    @contextmanager
    def watched(self, patch: pytest.MonkeyPatch) -> Iterator["Ran"]:
        """Note each that the driver is given meanwhile."""
        execute = psycopg.Cursor.execute

        def noted(cursor: Any, query: Any, given: Any = None, **how: Any) -> Any:
            self._note(query.decode() if isinstance(query, bytes) else str(query), given)
            return execute(cursor, query, given, **how)

        def traced(connection: Any, *_: object) -> None:
            connection.set_trace_callback(self._note)

        if self._sqlite:
            event.listen(self._engine, "checkout", traced)
        with patch.context() as patched:
            patched.setattr(psycopg.Cursor, "execute", noted)
            yield self
        if self._sqlite:
            event.remove(self._engine, "checkout", traced)
            with reading(self._engine) as connection:
                driver_of(connection).set_trace_callback(None)

    def too_much(self, statement: str, given: Any) -> list[str]:
        """Return the steps by which a statement reads more than the queue's head."""
        if self._sqlite:
            steps = self._explained("EXPLAIN QUERY PLAN", statement, given)
            by_key = any(one[-1].startswith("SEARCH cases") and "(case_id=?)" in one[-1] for one in steps)
            return [] if by_key else [one[-1] for one in steps]
        [[[plan]]] = self._explained("EXPLAIN (ANALYZE, FORMAT JSON)", statement, given)
        return [one["Node Type"] for one in _steps(plan["Plan"]) if one["Actual Rows"] > FIRST_LOOKS[0]]

    def read_whole(self, statement: str, given: Any) -> list[str]:
        """Return the large tables that a statement reads whole."""
        if statement.split(maxsplit=1)[0] not in {"SELECT", "UPDATE", "DELETE", "WITH"}:
            return []
        if self._sqlite:
            steps = {one[-1] for one in self._explained("EXPLAIN QUERY PLAN", statement, given)}
            return [table for table in LARGE if f"SCAN {table}" in steps]
        [[[plan]]] = self._explained("EXPLAIN (FORMAT JSON)", statement, given)
        scans = [one["Relation Name"] for one in _steps(plan["Plan"]) if one["Node Type"] == "Seq Scan"]
        return [table for table in LARGE if table in scans]

    def _note(self, statement: str, given: Any = ()) -> None:
        self.statements.append((statement, given))

    def _explained(self, how: str, statement: str, given: Any) -> list[Any]:
        with reading(self._engine) as connection:
            return list(driver_of(connection).execute(f"{how} {statement}", given).fetchall())


def _steps(step: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield step
    for below in step.get("Plans", ()):
        yield from _steps(below)


def test_a_case_behind_many_that_a_reviewer_may_not_have_is_found(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(database, "rr-1", "rr-2")
    waiting(database, "rr-3", at_ms=3_000)
    with database.engine.begin() as connection:
        for_seniors = text("UPDATE cases SET look = :look WHERE request_id <> 'rr-3'")
        connection.execute(for_seniors, {"look": Look.SENIOR.value})
    monkeypatch.setattr("streams.adapters.sql.cases.assignments.FIRST_LOOKS", (1,))
    assert database.assignments.next(act("lin.wei")) is None
    monkeypatch.setattr("streams.adapters.sql.cases.assignments.FIRST_LOOKS", (1, 10))

    found = database.assignments.next(act("lin.wei"))

    assert found is not None
    assert found.case.request_id == "rr-3"
