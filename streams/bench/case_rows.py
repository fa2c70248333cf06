"""Cases for benchmarks, made by the database itself: a decision and a case each, every person with twenty.

Closed ones have a verdict and what was in a reviewer's hands, spread over a year; one in ten was looked at twice.
"""

from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from schemas.units import DAY_MS
from streams.adapters.sql.engine import writing
from streams.bench.claims import PREFIX
from streams.cases.states import CaseState

_NUMBERS = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :size)"
_DECISIONS = (
    "INSERT INTO decisions (request_id, request_digest, decision_id, verdict, content_changed, policy_sha256,"
    " decided_at_ms, message) {} "
    "SELECT :run || i, :digest, :run || i, 'REVIEW', false, '', :opened + CAST(i * :apart AS bigint), :message FROM n"
)
# ruff: noqa: S608 - all pieces of the statements stand here
_VERDICT = "CASE i % 10 WHEN 0 THEN 'FORGERY_CONFIRMED' WHEN 1 THEN 'REFUSE' WHEN 2 THEN 'REFUSE' ELSE 'GRANT' END"
_REASONS = "CASE i % 7 WHEN 0 THEN 'REFERENCE_ALTERED USED_BEFORE' WHEN 1 THEN 'RANDOM_AUDIT' ELSE 'USED_BEFORE' END"
_CASES = (
    "INSERT INTO cases (case_id, request_id, request_digest, person, order_id, buyer_id, merchant_id, category, state,"
    " version, score, reason_codes, amount_minor, currency, opened_at_ms, due_at_ms, verdict, decided_at_ms) {} "
    "SELECT 'c-' || :run || i, :run || i, :digest, :run || i / 20, :run || i, :run || i / 20, :run || i % 1000,"
    f" 'ceramics', :state, 1, (i * 37) % 100, {_REASONS}, 1000 + (i * 7919) % 20000, 'CNY',"
    " :opened + CAST(i * :apart AS bigint), :due + CAST(i * :every AS bigint),"
    f" CASE WHEN :decided = 1 THEN {_VERDICT} END,"
    " CASE WHEN :decided = 1 THEN :opened + CAST(i * :apart AS bigint) + 7200000 + (i % 100) * 1000 END FROM n"
)
_VERDICTS = (
    "INSERT INTO verdicts (case_id, number, reviewer, at_ms, look, verdict, rule, content) {} "
    "SELECT 'c-' || :run || i, :number, 'reviewer-' || (i + :number) % 40,"
    " :opened + CAST(i * :apart AS bigint) + 7200000 + (i % 100) * 1000,"
    f" :look, {_VERDICT}, 'RULE_' || i % 5, '{{{{}}}}' FROM n WHERE i % :one_in = 0"
)
_ASSIGNMENTS = (
    "INSERT INTO assignments (assignment_id, case_id, reviewer, ready_at_ms, assigned_at_ms, lease_until_ms, taken,"
    " note, ended_at_ms, outcome) {} "
    "SELECT 'a-' || :run || i, 'c-' || :run || i, 'reviewer-' || (i + 1) % 40,"
    " :opened + CAST(i * :apart AS bigint) + 3600000, :opened + CAST(i * :apart AS bigint) + 7200000,"
    " :opened + CAST(i * :apart AS bigint) + 8000000, true, '',"
    " :opened + CAST(i * :apart AS bigint) + 7200000 + (i % 100) * 1000, 'GRANTED' FROM n"
)
_CHUNK = 20_000
"""Rows of one statement: what is made at once stays below the time that a statement may take."""
YEAR_MS = 365 * DAY_MS


def fill(engine: Engine, run: str, size: int, state: CaseState, now_ms: int, *, every_ms: float = 0) -> None:
    """Make ``size`` cases in ``state``, named after ``run``; those that are open are due from ``now_ms`` on.

    Each is due ``every_ms`` after the one before. Closed ones were opened in the year up to ``now_ms``.
    """
    closed = state is CaseState.CLOSED
    apart = YEAR_MS / max(1, size) if closed else 0.0
    for start in range(0, size, _CHUNK):
        given = {
            "run": f"{PREFIX}{run}-{start}-",
            "size": min(_CHUNK, size - start),
            "message": b"",
            "digest": "sha256:" + "0" * 64,
            "state": state.value,
            "due": None if closed else now_ms,
            "every": every_ms,
            "opened": now_ms - int((size - start) * apart),
            "apart": apart,
            "decided": int(closed),
        }
        with writing(engine) as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL statement_timeout = 0"))  # a machine at work takes its time
            _made(connection, given, closed=closed)
    with writing(engine) as connection:
        connection.execute(text("ANALYZE"))


def settle(engine: Engine) -> None:
    """Do at once what the database does in its own time after so many rows came: else it does that while it is timed.

    PostgreSQL marks the rows as visible to all, counts them, and writes them out.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("VACUUM (ANALYZE)"))
            with suppress(DBAPIError):  # for superusers, and whom they let
                connection.execute(text("CHECKPOINT"))
            connection.execute(text("RESET statement_timeout"))


def _made(connection: Connection, given: dict[str, Any], *, closed: bool) -> None:
    connection.execute(text(_DECISIONS.format(_NUMBERS)), given)
    connection.execute(text(_CASES.format(_NUMBERS)), given)
    if closed:
        for number, look, one_in in ((1, "FIRST", 1), (2, "SECOND", 10)):
            seen = given | {"number": number, "look": look, "one_in": one_in}
            connection.execute(text(_VERDICTS.format(_NUMBERS)), seen)
        connection.execute(text(_ASSIGNMENTS.format(_NUMBERS)), given)
