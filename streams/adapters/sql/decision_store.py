"""The decision store: one batch, one transaction."""

from collections.abc import Callable, Collection, Sequence

from sqlalchemy import Connection, Dialect, Engine

from schemas.records import EvidenceGathered, RefundOutcome
from streams.adapters.sql import engine as engines
from streams.adapters.sql.alike import AlikeRows
from streams.adapters.sql.built_once import built_once
from streams.adapters.sql.bulk_insert import BulkInsert, insert_or_leave
from streams.adapters.sql.buyer_records import PersonRows
from streams.adapters.sql.cases.apply import CaseWriter
from streams.adapters.sql.clusters import ClusterRows
from streams.adapters.sql.credit import SqlCredit
from streams.adapters.sql.decision_rows import COLUMNS, of_decided
from streams.adapters.sql.engine import writing
from streams.adapters.sql.kept import insert_kept
from streams.adapters.sql.keys import audit_key
from streams.adapters.sql.merchants import MerchantRows
from streams.adapters.sql.queries import Queries, Usable
from streams.adapters.sql.round_trip import RoundTrip
from streams.adapters.sql.tables import metadata, outcomes
from streams.cases.photos.clusters import UnionFind
from streams.cases.photos.photos import names_in
from streams.cases.procedure import DEFAULT, Procedure
from streams.decide.batch import Batch, Known, resembled
from streams.errors import DatabaseUnavailable
from streams.ports import Judge, StoredDecision


class SqlDecisionStore:
    """Fulfils :class:`streams.ports.DecisionStore` on SQLite and PostgreSQL.

    ``key`` chooses the random audit share; None: the one that the database keeps. ``procedure`` says how long the
    hearing of a case lasts that a decision opens. A policy that is not ``usable`` is passed over for the one before it.
    With ``pseudonym_keys`` other platforms' credit signals are looked for.
    """

    def __init__(
        self,
        engine: Engine,
        key: bytes | None = None,
        procedure: Procedure = DEFAULT,
        usable: Usable = lambda _: True,
        pseudonym_keys: Collection[bytes] = (),
    ) -> None:
        self._engine = engine
        self._reads = Queries(engine.dialect)
        self._persons = built_once(PersonRows, engine.dialect)
        self._merchants = built_once(MerchantRows, engine.dialect)
        self._alike = built_once(AlikeRows, engine.dialect)
        self._clusters = built_once(ClusterRows, engine.dialect)
        self._cases = built_once(CaseWriter, engine.dialect)
        self._inserts = built_once(_inserts, engine.dialect)
        self._key = key
        self._procedure = procedure
        self._usable = usable
        self._pseudonym_keys = pseudonym_keys
        self._credit = SqlCredit(engine)

    def decide(
        self,
        batch: Sequence[EvidenceGathered],
        judge: Judge,
        now_ms: int,
        written: Callable[[], None] = lambda: None,
    ) -> list[StoredDecision]:
        """Return the stored decision of each evidence, made now where there was none.

        Everything is written in one transaction, or nothing; ``written`` is called when only its commit is left. Raises
        :class:`streams.errors.DatabaseUnavailable`, :class:`streams.errors.RefusedByDatabase`, and
        :class:`streams.errors.PolicyError` when no policy is active. What ``judge`` raises passes through.
        """
        if not batch:
            return []
        if self._key is None:
            self._key = audit_key(self._engine, now_ms)
        with writing(self._engine) as connection:
            judged = Batch(self._known(connection, batch, now_ms), judge, now_ms)
            answers = [judged.answer(evidence) for evidence in batch]
            clusters = self._store(connection, judged, batch)
            along = RoundTrip(connection)
            self._clusters.write(along, clusters.changed)
            self._cases.apply(connection, judged.openings(clusters, self._procedure), along)
            written()
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
        """Raise :class:`streams.errors.DatabaseUnavailable` unless the database answers."""
        engines.ping(self._engine)

    def _store(self, connection: Connection, judged: Batch, batch: Sequence[EvidenceGathered]) -> UnionFind:
        """Store what was decided; return the clusters around the batch, brought up to date.

        From here to the commit nobody else changes the clusters. A photo that people marked while this batch was judged
        fails it: the next try sees the mark.
        """
        kept_ids = insert_kept(connection, [one.kept for one in judged.decided], judged.now_ms)
        trip = RoundTrip(connection)
        self._insert(trip, judged, kept_ids)
        anew = judged.pairs and self._clusters.lock(trip)
        marks = self._reads.marks(trip, names_in(batch) if anew else ())
        around = self._clusters.up(trip, judged.requests_of_clusters())
        trip.send()
        if anew and marks() != judged.known.marks:
            msg = "photos of this batch were marked while it was judged: try again"
            raise DatabaseUnavailable(msg)
        clusters = around()
        for earlier, later in judged.pairs:
            clusters.join(earlier, later)
        return clusters

    def _insert(self, trip: RoundTrip, judged: Batch, kept_ids: Sequence[int]) -> None:
        rows = of_decided(judged.decided, kept_ids, judged.now_ms)
        self._persons.move(trip, judged.known.ledger.moved)  # before the rows that know their place already
        for table in COLUMNS:
            trip.write(self._inserts[table], rows[table])
        new = [(one.evidence.request.person, one.claim.claim) for one in judged.decided]
        self._persons.note(trip, new)
        self._persons.forget_oldest(trip, judged.known.ledger.persons)
        self._merchants.note(trip, [claim for _, claim in new])

    def _known(self, connection: Connection, batch: Sequence[EvidenceGathered], now_ms: int) -> Known:
        """Return what the database knows, in two trips: what the second asks depends on what the first finds."""
        requests = {evidence.request.request_id for evidence in batch}
        persons = {evidence.request.person for evidence in batch}
        claims = {(each.request.person, each.request.currency, each.appended_at_ms) for each in batch}
        reads, first, second = self._reads, RoundTrip(connection), RoundTrip(connection)
        reads.lock(first, persons, requests)
        origins = reads.origins(first, requests)
        activations = reads.activations(first, now_ms)
        seen = self._persons.seen(first, claims)
        merchants = self._merchants.ledger(first, {(each.request.merchant_id, each.appended_at_ms) for each in batch})
        alike = self._alike.ledger(first, resembled(batch))
        forgeries = reads.forgeries(first, persons)
        marks = reads.marks(first, names_in(batch))
        demanded = reads.demanded(first, requests)
        credit = self._credit.weights(first, persons, self._pseudonym_keys, now_ms)
        first.send()
        again = [*origins()]  # of the others nothing is stored
        stored = reads.stored(second, again) if again else dict
        ledger = self._persons.ledger(second, claims, seen(), again)
        second.send()
        found = ledger()
        return Known(
            policy=reads.policy_of(connection, activations(), self._usable),
            audit_key=self._key or b"",
            stored=stored(),
            origins=origins(),
            ledger=found,
            merchants=merchants(found.own),
            alike=alike(),
            forgeries=forgeries(),
            marks=marks(),
            demanded=demanded(),
            credit=credit(),
        )


def _inserts(dialect: Dialect) -> dict[str, BulkInsert]:
    return {name: BulkInsert(dialect, metadata.tables[name], columns) for name, columns in COLUMNS.items()}
