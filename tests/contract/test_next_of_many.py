"""The next case is found by an index, however many wait and whatever the database believes of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from streams.adapters.sql.cases.queue_statements import FIRST_LOOKS
from streams.bench.case_rows import fill
from streams.cases.looks import Look
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


def test_only_the_head_of_the_queue_is_read_where_the_figures_of_the_database_are_old(database: Database) -> None:
    fill(database.engine, "many", MANY, CaseState.AWAITING_MERCHANT, NOW_MS)  # its figures know of none that is ready
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE cases SET state = 'READY'"))
        connection.execute(text(QUEUED))
        connection.execute(text("ANALYZE review_queue"))
    with looking(database.engine) as plans:
        assert database.assignments.next(act("lin.wei")) is not None

    assert plans.seen > 0
    assert plans.too_much == []


@contextmanager
def looking(engine: Engine) -> Iterator["Plans"]:
    """Give what is seen meanwhile."""
    plans = Plans(engine)
    event.listen(engine, "before_cursor_execute", plans.look)
    try:
        yield plans
    finally:
        event.remove(engine, "before_cursor_execute", plans.look)


class Plans:
    """How the database finds the next case, each time that it is asked: what of it reads more than the queue's head."""

    def __init__(self, engine: Engine) -> None:
        self.seen = 0
        self.too_much: list[str] = []
        self._ask = {"sqlite": self._sqlite, "postgresql": self._postgresql}[engine.dialect.name]

    def look(self, connection: Connection, _cursor: object, statement: str, given: Any, *_: object) -> None:
        if "review_queue" in statement and statement.startswith("SELECT"):
            self.seen += 1
            self._ask(connection.connection.cursor(), statement, given)

    def _sqlite(self, cursor: Any, statement: str, given: Any) -> None:
        steps = [row[-1] for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", given)]
        if not any(step.startswith("SEARCH cases") and "(case_id=?)" in step for step in steps):
            self.too_much += steps

    def _postgresql(self, cursor: Any, statement: str, given: Any) -> None:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", given)
        [[[plan]]] = cursor.fetchall()
        self.too_much += [step for step, rows in _steps(plan["Plan"]) if rows > FIRST_LOOKS[0]]


def _steps(step: dict[str, Any]) -> Iterator[tuple[str, int]]:
    yield step["Node Type"], int(step["Actual Rows"])
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
