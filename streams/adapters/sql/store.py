"""The decision store: one batch, one transaction."""

import secrets
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Engine

from schemas.records import EvidenceGathered, RefundOutcome
from streams.adapters.sql import engine as engines
from streams.adapters.sql.batch import Batch, Known
from streams.adapters.sql.bulk_insert import BulkInsert, insert_or_leave
from streams.adapters.sql.clusters import ClusterRows
from streams.adapters.sql.engine import writing
from streams.adapters.sql.keys import audit_key
from streams.adapters.sql.queries import Queries
from streams.adapters.sql.rows import COLUMNS
from streams.adapters.sql.tables import metadata, outbox, outcomes
from streams.cases.photos import names_in
from streams.errors import DatabaseUnavailable
from streams.history.past import LONGEST_WINDOW_MS
from streams.ports import Judge

SALT_BYTES = 16


class SqlDecisionStore:
    """Fulfils :class:`streams.ports.DecisionStore` on SQLite and PostgreSQL.

    ``key`` chooses the random audit share; None: the one that the database keeps.
    """

    def __init__(self, engine: Engine, key: bytes | None = None) -> None:
        self._engine = engine
        self._reads = Queries(engine.dialect.name)
        self._clusters = ClusterRows(engine.dialect)
        self._inserts = {
            name: BulkInsert(engine.dialect, metadata.tables[name], columns) for name, columns in COLUMNS.items()
        }
        self._key = key

    def decide(self, batch: Sequence[EvidenceGathered], judge: Judge, now_ms: int) -> list[bytes]:
        """Return, for each evidence, the stored bytes of its decision, made now where there were none.

        Everything is written in one transaction, or nothing. Raises :class:`streams.errors.DatabaseUnavailable`,
        :class:`streams.errors.RefusedByDatabase`, and :class:`streams.errors.PolicyError` when no policy is active.
        What ``judge`` raises passes through.
        """
        if not batch:
            return []
        if self._key is None:
            self._key = audit_key(self._engine, now_ms)
        with writing(self._engine) as connection:
            known = self._known(connection, batch, self._key)
            docket = Batch(known, judge, now_ms, salt=lambda: secrets.token_bytes(SALT_BYTES))
            answers = [docket.answer(evidence) for evidence in batch]
            self._insert(connection, docket, (table for table in COLUMNS if table != outbox.name))
            self._join(connection, docket, batch)
            self._insert(connection, docket, (outbox.name,))
        return answers

    def record_outcomes(self, batch: Sequence[RefundOutcome], now_ms: int) -> None:
        """Store outcomes, also of unknown requests; a repeat of an ``outcome_id`` changes nothing."""
        rows = [
            {column.name: getattr(outcome, column.name, now_ms) for column in outcomes.c}
            for outcome in sorted(batch, key=lambda each: each.outcome_id)  # one order for all: no deadlock
        ]
        if rows:
            with writing(self._engine) as connection:
                connection.execute(insert_or_leave(self._engine, outcomes), rows)

    def ping(self) -> None:
        """Return when the database answers, else raise :class:`streams.errors.DatabaseUnavailable`."""
        engines.ping(self._engine)

    def _insert(self, connection: Connection, docket: Batch, tables: Iterable[str]) -> None:
        for table in tables:
            self._inserts[table].run(connection, docket.rows[table])

    def _join(self, connection: Connection, docket: Batch, batch: Sequence[EvidenceGathered]) -> None:
        """Bring the clusters up to date, last of all: from here to the commit nobody else changes them.

        A photo that people marked while this batch was judged fails it: the next try sees the mark.
        """
        if docket.pairs and self._clusters.lock(connection):
            marks = self._reads.marks(connection, names_in(batch))
            if marks != docket.known.marks:
                msg = "photos of this batch were marked while it was judged: try again"
                raise DatabaseUnavailable(msg)
        forest = self._clusters.forest(connection, docket.requests_of_clusters())
        docket.tell(forest)
        self._clusters.write(connection, forest.changed)

    def _known(self, connection: Connection, batch: Sequence[EvidenceGathered], key: bytes) -> Known:
        requests = {evidence.request.request_id for evidence in batch}
        persons = {evidence.request.person for evidence in batch}
        since_ms = min(evidence.appended_at_ms for evidence in batch) - LONGEST_WINDOW_MS
        reads = self._reads
        reads.lock(connection, persons, requests)
        return Known(
            policy=reads.active_policy(connection),
            audit_key=key,
            stored=reads.stored(connection, requests),
            origins=reads.origins(connection, requests),
            claims=reads.claims(connection, persons, since_ms),
            forgeries=reads.forgeries(connection, persons),
            marks=reads.marks(connection, names_in(batch)),
        )
