"""What is kept on cases, to read: lists, everything on one, everything around one."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Select, func, select

from schemas.codec import decode
from schemas.records import RefundDecided
from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.built_once import built_once
from streams.adapters.sql.cases.activity import activity_of
from streams.adapters.sql.cases.follow_ups import follow_ups_of
from streams.adapters.sql.cases.golden_views import golden_among, seen_by, views_of
from streams.adapters.sql.cases.listing import TELLS_AN_APPEALED_VERDICT, has_reason, merged, page_of
from streams.adapters.sql.cases.reading import CASE_COLUMNS, as_case, named_case, read_cases
from streams.adapters.sql.cases.trail import COLUMNS as AUDIT_COLUMNS
from streams.adapters.sql.cases.trail import PersonKeys
from streams.adapters.sql.cases.verdicts import verdicts_of
from streams.adapters.sql.clusters import ClusterRows
from streams.adapters.sql.engine import reading
from streams.adapters.sql.tables import audit, cases, claims, decisions, photo_matches, verdicts
from streams.cases.activity import Activity
from streams.cases.audit import AuditEntry
from streams.cases.case import Case, CaseFile, Claim, ClusterMember, PhotoMatch
from streams.cases.looks import Look
from streams.cases.parties.linking import LINKED_REASON
from streams.cases.quality.golden import GoldenCase, Viewer
from streams.cases.quality.golden_showing import as_it_was
from streams.cases.record.query import CaseQuery, Named, Placed
from streams.cases.reviewing.withholding import verdict_ms_to_hide
from streams.cases.states import ENDED, CaseState

RELATED_AT_MOST = 20
MATCH_COLUMNS = [photo_matches.c[name] for name in PhotoMatch.__dataclass_fields__]
CLAIM_COLUMNS = [claims.c[name] for name in Claim.__dataclass_fields__]


class SqlCaseRecords:
    """Fulfils :class:`streams.casework.ports.CaseRecords`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._clusters = built_once(ClusterRows, engine.dialect)
        self._lists = ArrayParameters(engine.dialect.name)
        self._keys = built_once(PersonKeys, engine.dialect)

    def page(self, query: CaseQuery, after: Placed | None, size: int) -> list[Case]:
        """Return the next cases, at most ``size``, in the order of the query; ``after`` None: from the first one on."""
        with reading(self._engine) as connection:
            found = read_cases(connection, self._clusters, page_of(query, after, size))
            if query.viewer is None:
                return found
            own = [each.case for each in views_of(connection, self._clusters, query.viewer.name)]
            return merged(found, own, query, after, size)

    def is_known(self, what: Named, name: str) -> bool:
        """Return whether a request was ever decided that has this id, or is of this order, buyer or merchant.

        Of orders, buyers and merchants without any case all claims are read: ask where nothing else was found.
        """
        with reading(self._engine) as connection:
            for table in (cases, claims):
                found = select(table.c.request_id).where(table.c[f"{what}_id"] == name).limit(1)
                if connection.execute(found).first() is not None:
                    return True
        return False

    def categories(self) -> list[str]:
        """Return the categories of goods that there are cases of."""
        with reading(self._engine) as connection:
            return list(connection.execute(select(cases.c.category).distinct()).scalars())

    def case(self, name: str, viewer: Viewer | None = None) -> Case:
        """Return the case of this id, or the newest of the request of this id; errors as of :meth:`file`."""
        with reading(self._engine) as connection:
            case = named_case(connection, self._clusters, name)
            view = None if viewer is None else seen_by(connection, self._clusters, case, viewer)
            return case if view is None else view.case

    def tells_an_appealed_verdict(self, case: Case) -> bool:
        """Return whether the case was opened for a verdict that is appealed, or met a photo that one found forged."""
        found = select(cases.c.case_id).where(cases.c.case_id == case.case_id, TELLS_AN_APPEALED_VERDICT)
        with reading(self._engine) as connection:
            return connection.execute(found).first() is not None

    def seen_by(self, case: Case, viewer: Viewer) -> Case:
        """Return the case as it looks to the viewer; errors as of :meth:`file`."""
        with reading(self._engine) as connection:
            view = seen_by(connection, self._clusters, case, viewer)
            return case if view is None else view.case

    def file(self, name: str, viewer: Viewer | None = None) -> CaseFile:
        """Return all that is kept on the case of this id, or on the newest of the request of this id.

        To a ``viewer`` a golden case looks as when they had it in hand. :class:`streams.errors.NotFound` when there is
        none, or it is golden and may still be given to the viewer.
        """
        with reading(self._engine) as connection:
            case = named_case(connection, self._clusters, name)
            view = None if viewer is None else seen_by(connection, self._clusters, case, viewer)
            members = self._clusters.members(connection, case.cluster_id)
            given = verdicts_of(connection, case.case_id)
            found = CaseFile(
                case=case,
                contents=_contents(connection, case),
                related=self._related(connection, case, members, verdict_ms_to_hide(case, given), viewer),
                decision=_decision(connection, case),
                photo_matches=_matches(connection, case),
                verdicts=tuple(given),
                follow_ups=tuple(follow_ups_of(connection, case.case_id)),
                audit=self._audit(connection, case),
            )
        return found if view is None else as_it_was(found, view)

    def golden_among(self, requests: Collection[str], viewer: Viewer) -> Mapping[str, GoldenCase | None]:
        """Return those of these requests whose case is golden, each as the viewer sees it; None: they must not know."""
        with reading(self._engine) as connection:
            return golden_among(connection, self._clusters, self._lists, requests, viewer)

    def golden_known_as(self, request_id: str, viewer: Viewer) -> GoldenCase | None:
        """Return the golden case that the viewer knows by this id of its request; None: there is none."""
        with reading(self._engine) as connection:
            own = [each.case for each in views_of(connection, self._clusters, viewer.name)]
        return next((case for case in own if case.request_known_as == request_id), None)

    def activity(self, case: Case, until_ms: int) -> Activity:
        """Return what the case's buyer and merchant did in the weeks up to ``until_ms``."""
        with reading(self._engine) as connection:
            return activity_of(connection, case, until_ms)

    def cluster(self, name: str) -> tuple[str, list[ClusterMember], int | None]:
        """Return the name of the case's cluster and all that was decided in it, oldest first; errors as :meth:`file`.

        The third value is when the first verdict came that is appealed now in the cluster; None: none is.
        """
        with reading(self._engine) as connection:
            case = named_case(connection, self._clusters, name)
            members = self._clusters.members(connection, case.cluster_id)
            found = connection.execute(self._members_statement(), self._lists.given(members))
            appealed = connection.execute(self._appealed_statement(), self._lists.given(members)).scalar_one()
            return case.cluster_id, [_member(row) for row in found.mappings()], appealed

    def _related(
        self,
        connection: Connection,
        case: Case,
        members: Sequence[str],
        before_ms: int | None,
        viewer: Viewer | None,
    ) -> tuple[Case, ...]:
        """Return other cases of the cluster, the newest first; ``before_ms`` leaves out what a verdict led to then.

        Golden ones are as the ``viewer`` sees them.
        """
        found = (
            select(*CASE_COLUMNS)
            .where(self._lists.among(cases.c.request_id), cases.c.case_id != case.case_id)
            .order_by(cases.c.opened_at_ms.desc(), cases.c.case_id.desc())
            .limit(RELATED_AT_MOST)
        )
        if before_ms is not None:
            found = found.where(cases.c.opened_at_ms < before_ms, ~has_reason(LINKED_REASON))
        rows = connection.execute(found, self._lists.given(members)).mappings()
        others = [as_case(row, case.cluster_id) for row in rows]
        if viewer is None or not others:
            return tuple(others)
        golden = golden_among(connection, self._clusters, self._lists, {one.request_id for one in others}, viewer)
        seen = (golden.get(one.request_id, one) for one in others)
        return tuple(one for one in seen if one is not None)

    def _audit(self, connection: Connection, case: Case) -> tuple[AuditEntry, ...]:
        entries = select(*AUDIT_COLUMNS).where(audit.c.case_id == case.case_id).order_by(audit.c.seq)
        return tuple(self._keys.entries(connection, connection.execute(entries).mappings()))

    def _appealed_statement(self) -> Select[Any]:
        """Return the statement that gives when the first verdict came of those that are appealed among requests."""
        appealed = (cases.c.look == Look.APPEAL.value, cases.c.state.not_in(ENDED))
        return (
            select(func.min(verdicts.c.at_ms))
            .join_from(cases, verdicts, cases.c.case_id == verdicts.c.case_id)
            .where(self._lists.among(cases.c.request_id), *appealed, verdicts.c.verdict != "MORE_EVIDENCE")
        )

    def _members_statement(self) -> Select[Any]:
        content = (decisions.c.request_id == claims.c.request_id) & (
            decisions.c.request_digest == claims.c.request_digest
        )
        case = (cases.c.request_id == claims.c.request_id) & (cases.c.request_digest == claims.c.request_digest)
        of_case = [cases.c.case_id, cases.c.state, cases.c.verdict.label("case_verdict"), cases.c.opened_for]
        of_claim = [claims.c[name] for name in ClusterMember.__dataclass_fields__ if name in claims.c]
        return (
            select(*of_claim, decisions.c.verdict, *of_case)
            .join_from(claims, decisions, content)
            .outerjoin(cases, case)
            .where(self._lists.among(claims.c.request_id))
            .order_by(claims.c.decided_at_ms, claims.c.request_id, claims.c.request_digest)
        )


def _decision(connection: Connection, case: Case) -> RefundDecided:
    stored = select(decisions.c.message).where(
        decisions.c.request_id == case.request_id, decisions.c.request_digest == case.request_digest
    )
    return decode(RefundDecided, bytes(connection.execute(stored).scalar_one()))


def _contents(connection: Connection, case: Case) -> tuple[Claim, ...]:
    found = select(*CLAIM_COLUMNS).where(claims.c.request_id == case.request_id).order_by(claims.c.decided_at_ms)
    return tuple(Claim(**row) for row in connection.execute(found).mappings())


def _matches(connection: Connection, case: Case) -> tuple[PhotoMatch, ...]:
    found = (
        select(*MATCH_COLUMNS)
        .where(photo_matches.c.request_id == case.request_id, photo_matches.c.request_digest == case.request_digest)
        .order_by(photo_matches.c.ordinal)
    )
    return tuple(PhotoMatch(**row) for row in connection.execute(found).mappings())


def _member(row: RowMapping) -> ClusterMember:
    return ClusterMember(**{**row, "state": None if row["state"] is None else CaseState(row["state"])})
