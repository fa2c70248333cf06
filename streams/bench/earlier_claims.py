"""Claims of a person that came before a benchmark, stored as if they had been decided, with their running totals."""

from collections.abc import Iterable

from sqlalchemy import Engine, text

from schemas.units import DAY_MS
from streams.adapters.sql.engine import writing
from streams.bench.claims import PREFIX

_ROWS = text("""
INSERT INTO claims (request_id, request_digest, person, buyer_id, order_id, merchant_id, product_id, category, kind,
    amount_minor, freight_minor, currency, requested_at_ms, appended_at_ms, decided_at_ms, photos, shared_photo,
    claims_before, refund_only_before, shared_before, sum_before_minor)
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)
SELECT :prefix || i, 'sha256:0', CAST(:person AS VARCHAR(128)), CAST(:person AS VARCHAR(128)), 'o', 'm-' || (i % 97),
    'p', 'ceramics', 'refund_only', 1000, 0, 'CNY', 1,
    CAST(:newest_ms AS BIGINT) - (:count - i) * CAST(:step_ms AS BIGINT), 1, '', 0, i, i, 0, i * 1000
FROM n
""")


def insert(engine: Engine, persons: Iterable[str], count: int, newest_ms: int, days: int) -> None:
    """Store ``count`` claims of each person in the ``days`` before ``newest_ms``."""
    step_ms = days * DAY_MS // count
    rows = [
        {"person": one, "prefix": f"{PREFIX}{one}-old-", "count": count, "newest_ms": newest_ms, "step_ms": step_ms}
        for one in persons
    ]
    with writing(engine) as connection:
        connection.execute(_ROWS, rows)
    if engine.dialect.name == "postgresql":  # else it tidies up millions of new rows while it is measured
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM (ANALYZE) claims"))
