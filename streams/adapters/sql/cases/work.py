"""One transaction of people's work on cases."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Dialect, Engine, select

from schemas.records import RefundRequested
from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.built_once import built_once
from streams.adapters.sql.bulk_insert import BulkInsert, insert_or_leave
from streams.adapters.sql.cases.apply import CaseWriter
from streams.adapters.sql.cases.assignments import SqlAssignments
from streams.adapters.sql.cases.before_verdicts import BeforeVerdicts
from streams.adapters.sql.cases.erasures import SqlErasedPhotos
from streams.adapters.sql.cases.follow_ups import follow_ups_of, request_of
from streams.adapters.sql.cases.golden import SqlGoldens
from streams.adapters.sql.cases.linked_claims import SqlLinkedClaims
from streams.adapters.sql.cases.photos import BANK_COLUMNS, SqlPhotos
from streams.adapters.sql.cases.queue_statements import QueueStatements
from streams.adapters.sql.cases.reading import CASE_COLUMNS, case_to_change, ids_of, read_cases
from streams.adapters.sql.cases.resemblances import SqlResemblances, all_marks
from streams.adapters.sql.cases.trail import COLUMNS as AUDIT_COLUMNS
from streams.adapters.sql.cases.trail import PersonKeys
from streams.adapters.sql.cases.verdicts import forged_sums
from streams.adapters.sql.clusters import ClusterRows
from streams.adapters.sql.engine import reading, writing
from streams.adapters.sql.keys import SECOND_LOOK_KEY, kept_key, known_key
from streams.adapters.sql.queries import Queries
from streams.adapters.sql.round_trip import RoundTrip
from streams.adapters.sql.tables import audit, cases, forged_photos, review_demands
from streams.cases.acts import Action, AuditAct
from streams.cases.asked import Party
from streams.cases.audit import AuditEntry
from streams.cases.case import Case
from streams.cases.legal_tiers import ForgedSums
from streams.cases.photos.clusters import Node, UnionFind, rebuilt
from streams.cases.photos.harmless import HarmlessMark
from streams.cases.reviewing.assignment import Assignment
from streams.cases.sent_evidence import FollowUp
from streams.cases.transitions import Transition
from streams.casework.ports import BeforeVerdict


class SqlCaseDatabase:
    """Fulfils :class:`streams.casework.ports.CaseDatabase` on SQLite and PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.statements = Statements(engine)

    @contextmanager
    def changing_cases(self) -> Iterator["SqlCaseWork"]:
        """Give a transaction that is committed at the end; an error rolls all of it back."""
        with writing(self._engine) as connection:
            yield SqlCaseWork(connection, self.statements)

    @contextmanager
    def seeing_cases(self) -> Iterator["SqlCaseWork"]:
        """Give a transaction to read in: it blocks nobody, and must change nothing."""
        with reading(self._engine) as connection:
            yield SqlCaseWork(connection, self.statements)

    @contextmanager
    def changing_clusters(self) -> Iterator["SqlClusterWork"]:
        """Give a transaction that is committed at the end; an error rolls all of it back."""
        with writing(self._engine) as connection:
            locking = RoundTrip(connection)
            self.statements.clusters.lock(locking)
            locking.send()
            yield SqlClusterWork(connection, self.statements)

    def marks(self) -> Iterator[HarmlessMark]:
        """Give every mark, newest first."""
        with reading(self._engine) as connection:
            return all_marks(connection)


class Statements:
    """What is built once for all transactions on one database."""

    def __init__(self, engine: Engine) -> None:
        self.lists = ArrayParameters(engine.dialect.name)
        self.queries = Queries(engine.dialect)
        self.clusters = built_once(ClusterRows, engine.dialect)
        self.writer = built_once(CaseWriter, engine.dialect)
        self.queue = built_once(QueueStatements, engine.dialect)
        self.keys = built_once(PersonKeys, engine.dialect)
        self.lot_key: bytes | None = None
        self.before = built_once(BeforeVerdicts, engine.dialect)
        self.bank = built_once(_bank, engine.dialect)


def _bank(dialect: Dialect) -> BulkInsert:
    return BulkInsert(dialect, forged_photos, BANK_COLUMNS)


class SqlCaseWork:
    """Fulfils :class:`streams.casework.ports.CaseWork`."""

    def __init__(self, connection: Connection, made: Statements) -> None:
        self.cases = SqlCases(connection, made)
        self.assignments = SqlAssignments(connection, made.clusters, made.lists, made.queue)
        self.goldens = SqlGoldens(connection, made.clusters)
        self.photos = SqlPhotos(connection, made.queries, made.bank)


class SqlClusterWork:
    """Fulfils :class:`streams.casework.ports.ClusterWork`."""

    def __init__(self, connection: Connection, made: Statements) -> None:
        self.cases = SqlCases(connection, made)
        self.assignments = SqlAssignments(connection, made.clusters, made.lists, made.queue)
        self.goldens = SqlGoldens(connection, made.clusters)
        self.linked = SqlLinkedClaims(connection, made.clusters, made.lists)
        self.clusters = SqlClusters(connection, made.clusters)
        self.photos = SqlPhotos(connection, made.queries, made.bank)
        self.resemblances = SqlResemblances(connection, made.lists)
        self.erased = SqlErasedPhotos(connection, made.lists)


class SqlCases:
    """Fulfils :class:`streams.casework.ports.Cases`."""

    def __init__(self, connection: Connection, made: Statements) -> None:
        self._connection = connection
        self._made = made

    def get(self, name: str) -> Case:
        """Return the case of this id, or the only one of the request of this id; until the end nobody else changes it.

        :class:`streams.errors.NotFound` when there is none, :class:`streams.errors.OperatorError` when several are.
        """
        return case_to_change(self._connection, self._made.clusters, name)

    def of_request(self, name: str) -> list[Case]:
        """Return the cases of the request of this id, oldest first, or the one of this id; nobody else changes them.

        :class:`streams.errors.NotFound` when there is none.
        """
        return sorted(self.locked(ids_of(self._connection, name)), key=lambda case: (case.opened_at_ms, case.case_id))

    def locked(self, case_ids: Collection[str]) -> list[Case]:
        """Return these cases; nobody else changes them until the transaction ends."""
        among = self._made.lists.among(cases.c.case_id)
        statement = select(*CASE_COLUMNS).where(among).order_by(cases.c.case_id).with_for_update()
        return read_cases(self._connection, self._made.clusters, statement, self._made.lists.given(case_ids))

    def due(self, now_ms: int, limit: int) -> list[Case]:
        """Return up to ``limit`` cases past their deadline, oldest first, but none that another transaction locked."""
        statement = (
            select(*CASE_COLUMNS)
            .where(cases.c.due_at_ms <= now_ms)
            .order_by(cases.c.due_at_ms, cases.c.case_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        found = read_cases(self._connection, self._made.clusters, statement)
        rest = limit - len(found)
        return [*found, *SqlGoldens(self._connection, self._made.clusters).due(now_ms, rest)] if rest else found

    def actors(self, case_id: str, actions: Collection[Action]) -> list[str]:
        """Return who did one of these acts on the case, oldest first."""
        found = select(audit.c.actor).where(audit.c.case_id == case_id, audit.c.action.in_(sorted(actions)))
        return list(self._connection.execute(found.order_by(audit.c.seq)).scalars())

    def entries(self, case_id: str, actions: Collection[Action]) -> list[AuditEntry]:
        """Return the audit entries of these acts on the case, oldest first, as far as they can be read."""
        found = select(*AUDIT_COLUMNS).where(audit.c.case_id == case_id, audit.c.action.in_(sorted(actions)))
        rows = self._connection.execute(found.order_by(audit.c.seq)).mappings()
        return self._made.keys.entries(self._connection, rows)

    def forged_sums(self, person: str) -> ForgedSums:
        """Return the sums of the person's confirmed forged refunds: those paid, and those not paid."""
        return forged_sums(self._connection, self._made.lists, person)

    def request_of(self, case: Case) -> RefundRequested:
        """Return the request of the case as it was decided, without its claim media."""
        return request_of(self._connection, case)

    def follow_ups(self, case_id: str) -> list[FollowUp]:
        """Return what parties sent on the case later, oldest first."""
        return follow_ups_of(self._connection, case_id)

    def remember_demand(self, request_id: str, party: Party, act: AuditAct) -> None:
        """Store that ``party`` demands a human look at a request, decided or not; a repeat changes nothing.

        Until the transaction ends nobody decides the request.
        """
        locking = RoundTrip(self._connection)
        self._made.queries.lock(locking, (), (request_id,))
        locking.send()
        row = {"request_id": request_id, "party": party, "demanded_by": act.by, "demanded_at_ms": act.at_ms}
        self._connection.execute(insert_or_leave(self._connection, review_demands), row)

    def lot_key(self, now_ms: int) -> bytes:
        """Return the key of the lots; it is remembered once another transaction has stored it for good."""
        if self._made.lot_key is None:
            found = known_key(self._connection, SECOND_LOOK_KEY)
            if found is None:
                return kept_key(self._connection, SECOND_LOOK_KEY, now_ms)
            self._made.lot_key = found
        return self._made.lot_key

    def before_verdict(self, case: Case, by: str, at_ms: int) -> BeforeVerdict:
        """Return what somebody's verdict on the case depends on; nobody else changes the case meanwhile."""
        return self._made.before.asked(RoundTrip(self._connection), case, by, at_ms)

    def apply(self, transitions: Sequence[Transition], handed_out: Sequence[Assignment] = ()) -> None:
        """Store what was done: cases, verdicts, audit entries and events; each case at most once.

        ``handed_out`` are the new assignments of those that are in somebody's hands from here on. Raises
        :class:`streams.errors.CaseChanged` when one is no longer as it was read.
        """
        self._made.writer.apply(self._connection, transitions, handed_out=handed_out)


class SqlClusters:
    """Fulfils :class:`streams.casework.ports.Clusters`; the clusters' lock is held."""

    def __init__(self, connection: Connection, rows: ClusterRows) -> None:
        self._connection = connection
        self._rows = rows

    def members(self, cluster_id: str) -> list[str]:
        """Return every request of a cluster; the one that names it comes first."""
        return self._rows.members(self._connection, cluster_id)

    def name_of(self, request_id: str) -> str:
        """Return the name of the cluster that a request is in: its own id when it is alone."""
        return self._rows.around(self._connection, [request_id]).root(request_id)

    def join(self, pairs: Sequence[tuple[str, str]]) -> UnionFind:
        """Return the clusters around these requests, after the two of each pair (earlier, later) were joined."""
        clusters = self._rows.around(self._connection, {request for pair in pairs for request in pair})
        for earlier, later in pairs:
            clusters.join(earlier, later)
        self._write(clusters.changed)
        return clusters

    def rebuild(self, members: Sequence[str], pairs: Sequence[tuple[str, str]], cluster_id: str) -> None:
        """Split a cluster into what ``pairs`` hold together; see :func:`streams.cases.photos.clusters.rebuilt`."""
        self._write(rebuilt(members, pairs, cluster_id))

    def _write(self, changed: Mapping[str, Node]) -> None:
        writing_them = RoundTrip(self._connection)
        self._rows.write(writing_them, changed)
        writing_them.send()
