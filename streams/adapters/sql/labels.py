"""What people found out about requests, for the trials of policies."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Engine, select

from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.engine import reading
from streams.adapters.sql.tables import cases


class SqlLabels:
    """Fulfils :class:`streams.judgement.trying.Labels`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lists = ArrayParameters(engine.dialect.name)

    def verdicts(self, requests: Iterable[str]) -> Mapping[tuple[str, str], str]:
        """Return the verdict on each content that people decided."""
        wanted = select(cases.c.request_id, cases.c.request_digest, cases.c.verdict).where(
            self._lists.among(cases.c.request_id), cases.c.verdict.is_not(None)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(wanted, self._lists.given(sorted(requests))).all()
        return {(row.request_id, row.request_digest): row.verdict for row in rows}
