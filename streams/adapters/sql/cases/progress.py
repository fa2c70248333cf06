"""What is kept on a request, to read."""

from sqlalchemy import Engine, select

from streams.adapters.sql.built_once import built_once
from streams.adapters.sql.cases.reading import CASE_COLUMNS, read_cases
from streams.adapters.sql.clusters import ClusterRows
from streams.adapters.sql.engine import reading
from streams.adapters.sql.tables import cases, claims, decisions
from streams.casework.parties.progress import DecidedContent, Progress


class SqlRequestRecords:
    """Fulfils :class:`streams.casework.parties.progress.RequestRecords`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._clusters = built_once(ClusterRows, engine.dialect)

    def progress(self, request_id: str) -> Progress:
        """Return what is kept on a request; empty where nothing was decided under this id."""
        content = (decisions.c.request_id == claims.c.request_id) & (
            decisions.c.request_digest == claims.c.request_digest
        )
        named = [decisions.c.request_digest, decisions.c.verdict, decisions.c.decided_at_ms]
        decided = (
            select(*named, claims.c.merchant_id, claims.c.buyer_id)
            .join_from(decisions, claims, content)
            .where(decisions.c.request_id == request_id)
            .order_by(decisions.c.decided_at_ms, decisions.c.request_digest)
        )
        opened = select(*CASE_COLUMNS).where(cases.c.request_id == request_id)
        newest = opened.order_by(cases.c.opened_at_ms.desc(), cases.c.case_id.desc())
        with reading(self._engine) as connection:
            contents = tuple(DecidedContent(**row) for row in connection.execute(decided).mappings())
            found = tuple(read_cases(connection, self._clusters, newest)) if contents else ()
        return Progress(request_id=request_id, contents=contents, cases=found)
