"""Cases, to list and to show."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Select, select, tuple_

from schemas.codec import decode
from schemas.records import RefundDecided
from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.clusters import ClusterRows
from streams.adapters.sql.engine import reading
from streams.adapters.sql.tables import audit, cases, claims, decisions, photo_matches
from streams.cases.audit import AuditEntry
from streams.cases.case import Case, CaseFile, Claim, ClusterMember, PhotoMatch
from streams.cases.states import CaseState
from streams.errors import OperatorError

PAGE = 500
RELATED_AT_MOST = 20
MATCH_COLUMNS = [photo_matches.c[name] for name in PhotoMatch.__dataclass_fields__]
CASE_COLUMNS = [cases.c[name] for name in Case.__dataclass_fields__ if name != "cluster_id"]
CLAIM_COLUMNS = [claims.c[name] for name in Claim.__dataclass_fields__]
AUDIT_COLUMNS = [audit.c[name] for name in AuditEntry.__dataclass_fields__]


class CaseStore:
    """The cases of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._clusters = ClusterRows(engine.dialect)

    def list_cases(self, state: CaseState | None = None, limit: int = 0) -> Iterator[Case]:
        """Give the cases in ``state`` (None: in any), newest first, at most ``limit`` (0: all).

        Read page by page, each in a transaction of its own, so a slow reader holds nothing up.
        """
        wanted = select(*CASE_COLUMNS).order_by(cases.c.opened_at_ms.desc(), cases.c.case_id.desc())
        if state is not None:
            wanted = wanted.where(cases.c.state == state.value)
        given, last = 0, None
        while limit == 0 or given < limit:
            page = self._page(wanted, last, min(PAGE, limit - given) if limit else PAGE)
            yield from page
            if not page:
                return
            given, last = given + len(page), page[-1]

    def show_case(self, case_id: str) -> CaseFile:
        """Return all that is kept on the case; :class:`OperatorError` when there is none of that id."""
        with reading(self._engine) as connection:
            case = read_case(connection, self._clusters, case_id)
            return CaseFile(
                case=case,
                contents=_contents(connection, case),
                related=_related(connection, case, self._clusters.members(connection, case.cluster_id)),
                decision=_decision(connection, case),
                photo_matches=_matches(connection, case),
                audit=_audit(connection, case),
            )

    def show_cluster(self, case_id: str) -> tuple[str, list[ClusterMember]]:
        """Return the name of the case's cluster and all that was decided in it, oldest first; errors as of the case."""
        with reading(self._engine) as connection:
            case = read_case(connection, self._clusters, case_id)
            members = self._clusters.members(connection, case.cluster_id)
            found = connection.execute(
                _members_statement(connection), ArrayParameters(connection.dialect.name).given(members)
            )
            return case.cluster_id, [_member(row) for row in found.mappings()]

    def _page(self, wanted: Select[Any], last: Case | None, size: int) -> list[Case]:
        statement = wanted.limit(size)
        if last is not None:
            place = tuple_(cases.c.opened_at_ms, cases.c.case_id)
            statement = statement.where(place < (last.opened_at_ms, last.case_id))
        with reading(self._engine) as connection:
            return read_cases(connection, self._clusters, statement)


def read_case(connection: Connection, clusters: ClusterRows, case_id: str, *, to_change: bool = False) -> Case:
    """Return one case; :class:`OperatorError` when there is none of that id.

    ``to_change`` holds back on PostgreSQL whoever else wants to change it.
    """
    statement = select(*CASE_COLUMNS).where(cases.c.case_id == case_id)
    found = read_cases(connection, clusters, statement.with_for_update() if to_change else statement)
    if not found:
        msg = f"there is no case {case_id}: refund-sentinel case list shows them"
        raise OperatorError(msg)
    return found[0]


def read_cases(
    connection: Connection, clusters: ClusterRows, statement: Select[Any], given: Mapping[str, Any] | None = None
) -> list[Case]:
    """Return the cases whose :data:`CASE_COLUMNS` a statement gives, each with the cluster it is in now."""
    rows = connection.execute(statement, given or {}).mappings().all()
    forest = clusters.forest(connection, {row["request_id"] for row in rows})
    return [as_case(row, forest.root(row["request_id"])) for row in rows]


def as_case(row: Mapping[str, Any] | RowMapping, cluster_id: str) -> Case:
    """Return the case of a row of :data:`CASE_COLUMNS`."""
    read = {"state": CaseState(row["state"]), "reason_codes": tuple(row["reason_codes"].split())}
    return Case(**{**row, **read}, cluster_id=cluster_id)


def _decision(connection: Connection, case: Case) -> RefundDecided:
    stored = select(decisions.c.message).where(
        decisions.c.request_id == case.request_id, decisions.c.request_digest == case.request_digest
    )
    return decode(RefundDecided, bytes(connection.execute(stored).scalar_one()))


def _contents(connection: Connection, case: Case) -> tuple[Claim, ...]:
    found = select(*CLAIM_COLUMNS).where(claims.c.request_id == case.request_id).order_by(claims.c.decided_at_ms)
    return tuple(Claim(**row) for row in connection.execute(found).mappings())


def _related(connection: Connection, case: Case, members: Sequence[str]) -> tuple[Case, ...]:
    lists = ArrayParameters(connection.dialect.name)
    found = (
        select(*CASE_COLUMNS)
        .where(lists.among(cases.c.request_id), cases.c.case_id != case.case_id)
        .order_by(cases.c.opened_at_ms.desc(), cases.c.case_id.desc())
        .limit(RELATED_AT_MOST)
    )
    return tuple(as_case(row, case.cluster_id) for row in connection.execute(found, lists.given(members)).mappings())


def _matches(connection: Connection, case: Case) -> tuple[PhotoMatch, ...]:
    found = (
        select(*MATCH_COLUMNS)
        .where(photo_matches.c.request_id == case.request_id, photo_matches.c.request_digest == case.request_digest)
        .order_by(photo_matches.c.ordinal)
    )
    return tuple(PhotoMatch(**row) for row in connection.execute(found).mappings())


def _audit(connection: Connection, case: Case) -> tuple[AuditEntry, ...]:
    entries = select(*AUDIT_COLUMNS).where(audit.c.case_id == case.case_id).order_by(audit.c.seq)
    return tuple(AuditEntry(**row) for row in connection.execute(entries).mappings())


def _members_statement(connection: Connection) -> Select[Any]:
    content = (decisions.c.request_id == claims.c.request_id) & (decisions.c.request_digest == claims.c.request_digest)
    case = (cases.c.request_id == claims.c.request_id) & (cases.c.request_digest == claims.c.request_digest)
    of_case = [cases.c.case_id, cases.c.state, cases.c.verdict.label("case_verdict"), cases.c.opened_for]
    of_claim = [claims.c[name] for name in ClusterMember.__dataclass_fields__ if name in claims.c]
    return (
        select(*of_claim, decisions.c.verdict, *of_case)
        .join_from(claims, decisions, content)
        .outerjoin(cases, case)
        .where(ArrayParameters(connection.dialect.name).among(claims.c.request_id))
        .order_by(claims.c.decided_at_ms, claims.c.request_id, claims.c.request_digest)
    )


def _member(row: RowMapping) -> ClusterMember:
    return ClusterMember(**{**row, "state": None if row["state"] is None else CaseState(row["state"])})
