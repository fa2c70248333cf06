"""Cases for benchmarks, made by the database itself: a decision and a case each, every person with twenty."""

from sqlalchemy import Engine, text

from streams.adapters.sql.engine import writing
from streams.bench.claims import PREFIX
from streams.cases.states import CaseState

_NUMBERS = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :size)"
_DECISIONS = (
    "INSERT INTO decisions (request_id, request_digest, decision_id, verdict, content_changed, policy_sha256,"
    " decided_at_ms, message) {} "
    "SELECT :run || i, :digest, :run || i, 'REVIEW', false, '', :now, :message FROM n"
)
_CASES = (
    "INSERT INTO cases (case_id, request_id, request_digest, person, order_id, buyer_id, merchant_id, category, state,"
    " version, score, reason_codes, amount_minor, currency, opened_at_ms, due_at_ms) {} "
    "SELECT 'c-' || :run || i, :run || i, :digest, :run || i / 20, :run || i, :run || i / 20, :run || i % 1000,"
    " 'ceramics', :state, 1, (i * 37) % 100, 'USED_BEFORE', 1000 + (i * 7919) % 20000, 'CNY', :now,"
    " :due + CAST(i * :every AS bigint) FROM n"
)
_CHUNK = 50_000
"""Rows of one statement: what is made at once stays below the time that a statement may take."""


def fill(engine: Engine, run: str, size: int, state: CaseState, now_ms: int, *, every_ms: float = 0) -> None:
    """Make ``size`` cases in ``state``, named after ``run``; those that are open are due from ``now_ms`` on.

    Each is due ``every_ms`` after the one before.
    """
    for start in range(0, size, _CHUNK):
        given = {
            "run": f"{PREFIX}{run}-{start}-",
            "size": min(_CHUNK, size - start),
            "now": now_ms,
            "message": b"",
            "digest": "sha256:" + "0" * 64,
            "state": state.value,
            "due": None if state is CaseState.CLOSED else now_ms,
            "every": every_ms,
        }
        with writing(engine) as connection:
            connection.execute(text(_DECISIONS.format(_NUMBERS)), given)
            connection.execute(text(_CASES.format(_NUMBERS)), given)
    with writing(engine) as connection:
        connection.execute(text("ANALYZE"))
