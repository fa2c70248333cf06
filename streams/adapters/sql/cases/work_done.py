"""What left people's hands, from the assignments that ended."""

from sqlalchemy import Engine, func, select

from streams.adapters.sql.cases.persons import is_person
from streams.adapters.sql.engine import reading
from streams.adapters.sql.tables import assignments, cases, golden_assignments
from streams.cases.reviewing.work_done import Done

_COLUMNS = ("case_id", "reviewer", "outcome", "assigned_at_ms", "ended_at_ms")


class SqlWorkDone:
    """Fulfils :class:`streams.casework.record.audit_book.WorkDone`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def done(
        self, since_ms: int, until_ms: int, reviewer: str | None, limit: int, *, as_known: bool = False
    ) -> list[Done]:
        """Return what left people's hands from one time to before another, newest first.

        ``as_known``: under the ids by which whoever had it knows it.
        """
        known = func.coalesce(golden_assignments.c.request_known_as, cases.c.request_id).label("request_id")
        ended = assignments.c.ended_at_ms
        found = (
            select(*(assignments.c[name] for name in _COLUMNS))
            .add_columns(known if as_known else cases.c.request_id)
            .join_from(assignments, cases, assignments.c.case_id == cases.c.case_id)
            .outerjoin(golden_assignments, golden_assignments.c.assignment_id == assignments.c.assignment_id)
            .where(ended >= since_ms, ended < until_ms, assignments.c.outcome.is_not(None))
            .order_by(ended.desc(), assignments.c.assignment_id)
            .limit(limit)
        )
        if reviewer is not None:
            found = found.where(is_person(assignments.c.reviewer, reviewer))
        with reading(self._engine) as connection:
            return [Done(**row) for row in connection.execute(found).mappings()]
