"""The end of all audit trails, from the indexes of what no seal covers yet and of the newest seals."""

from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, select, union_all

from streams.adapters.sql.engine import reading
from streams.adapters.sql.tables import audit, audit_seals, cases
from streams.casework.changes import Changed

NEWEST_SEALS = 4
"""Seals that may have been made since: workers make one every few minutes."""
_COLUMNS = [audit.c.case_id, audit.c.seq, audit.c.at_ms, cases.c.request_id, cases.c.merchant_id, cases.c.buyer_id]


class SqlRecentActs:
    """Fulfils :class:`streams.casework.changes.RecentActs`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def since(self, at_ms: int, limit: int) -> list[Changed]:
        """Return at most ``limit`` acts from ``at_ms`` (Unix milliseconds) on, in no order."""
        newest = select(audit_seals).order_by(audit_seals.c.seal_no.desc()).limit(NEWEST_SEALS).subquery()
        sealed = select(newest.c.seal_no).where(newest.c.sealed_at_ms >= at_ms)
        found = union_all(_acts(audit.c.seal_no.is_(None), at_ms), _acts(audit.c.seal_no.in_(sealed), at_ms)).limit(
            limit
        )
        with reading(self._engine) as connection:
            return [Changed(**row) for row in connection.execute(found).mappings()]


def _acts(where: ColumnElement[bool], at_ms: int) -> Select[Any]:
    return (
        select(*_COLUMNS)
        .join_from(audit, cases, audit.c.case_id == cases.c.case_id)
        .where(where, audit.c.at_ms >= at_ms)
    )
