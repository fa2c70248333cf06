"""What a confirmed forgery touches."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.cases.reading import CASE_COLUMNS, read_cases
from streams.adapters.sql.clusters import ClusterRows
from streams.adapters.sql.tables import cases, claims, decisions
from streams.cases.case import Case
from streams.cases.parties.linking import ClearedClaim
from streams.cases.reviewing.review import FORGERY_CONFIRMED
from streams.cases.states import CaseState

_OF_DECISION = ("decision_id", "policy_sha256", "message")
_COLUMNS = [(decisions if name in _OF_DECISION else claims).c[name] for name in ClearedClaim.__dataclass_fields__]


class SqlLinkedClaims:
    """Fulfils :class:`streams.casework.ports.LinkedClaims`; rows of cases that it gives are held."""

    def __init__(self, connection: Connection, clusters: ClusterRows, lists: ArrayParameters) -> None:
        self._connection = connection
        self._clusters = clusters
        self._lists = lists

    def standing_forgery(self, members: Sequence[str]) -> str | None:
        """Return the id of the case with the first forgery confirmed on these requests; None: there is none."""
        statement = (
            select(cases.c.case_id)
            .where(self._lists.among(cases.c.request_id), cases.c.verdict == FORGERY_CONFIRMED)
            .order_by(cases.c.decided_at_ms, cases.c.case_id)
            .limit(1)
        )
        found: str | None = self._connection.execute(statement, self._lists.given(members)).scalar()
        return found

    def cleared(self, members: Sequence[str]) -> list[ClearedClaim]:
        """Return the decisions on these requests that have no case."""
        decided = (decisions.c.request_id == claims.c.request_id) & (
            decisions.c.request_digest == claims.c.request_digest
        )
        own = (cases.c.request_id == claims.c.request_id) & (cases.c.request_digest == claims.c.request_digest)
        statement = (
            select(*_COLUMNS)
            .join_from(claims, decisions, decided)
            .outerjoin(cases, own)
            .where(self._lists.among(claims.c.request_id), cases.c.case_id.is_(None))
            .order_by(claims.c.request_id, claims.c.request_digest)
        )
        found = self._connection.execute(statement, self._lists.given(members)).mappings()
        return [ClearedClaim(**{**row, "message": bytes(row["message"])}) for row in found]

    def withdrawn(self, members: Sequence[str]) -> list[Case]:
        """Return the cases of these requests that were opened for a forgery and closed once that was revoked."""
        closed = (cases.c.state == CaseState.CLOSED.value) & cases.c.verdict.is_(None)
        return self._read(_linked(self._lists.among(cases.c.request_id), closed), members)

    def opened_for(self, forgery: str) -> list[Case]:
        """Return the cases, not yet closed, that were opened for the forgery on this case."""
        return self._read(_linked(cases.c.opened_for == forgery, cases.c.state != CaseState.CLOSED.value))

    def opened_in(self, requests: Sequence[str]) -> list[Case]:
        """Return the cases of these requests, not yet closed, that were opened for any forgery."""
        those = self._lists.among(cases.c.request_id)
        return self._read(_linked(those, cases.c.state != CaseState.CLOSED.value), requests)

    def _read(self, statement: Select[Any], requests: Sequence[str] | None = None) -> list[Case]:
        given = None if requests is None else self._lists.given(requests)
        return read_cases(self._connection, self._clusters, statement, given)


def _linked(*conditions: ColumnElement[bool]) -> Select[Any]:
    opened_for_a_forgery = cases.c.opened_for.is_not(None)
    return select(*CASE_COLUMNS).where(opened_for_a_forgery, *conditions).order_by(cases.c.case_id).with_for_update()
