"""What confirmed forgeries touch: every claim of their clusters is a case, also what a machine had cleared.

Cases are opened only for that, and closed when no forgery of their cluster stands any more.
"""

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import ColumnElement, Connection, Dialect, RowMapping, select

from streams.adapters.sql import rows
from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.bulk_insert import BulkInsert
from streams.adapters.sql.case_changes import CaseChanges, Detail, grouped
from streams.adapters.sql.cases import CASE_COLUMNS, as_case, read_cases
from streams.adapters.sql.clusters import ClusterRows
from streams.adapters.sql.tables import cases, claims, decisions
from streams.cases.case import Case
from streams.cases.forgery import FORGERY_CONFIRMED, LINKED_REASON, LINKED_SCORE, AuditAct
from streams.cases.states import OPENED, WITHDRAWABLE, CaseState

_COPIED = ("request_id", "request_digest", "person", "buyer_id", "merchant_id", "amount_minor", "currency")


class LinkedCases:
    """Opens and closes cases around confirmed forgeries, in a transaction that holds the clusters' lock."""

    def __init__(self, dialect: Dialect) -> None:
        self._lists = ArrayParameters(dialect.name)
        self._clusters = ClusterRows(dialect)
        self._changes = CaseChanges(dialect)
        self._insert = BulkInsert(dialect, cases, [*rows.COLUMNS[cases.name], cases.c.opened_for.name])

    def extend(self, connection: Connection, cluster_id: str, said: AuditAct) -> list[Case]:
        """Return the cases that are opened now because a forgery of this cluster stands; none stands: none."""
        members = self._clusters.members(connection, cluster_id)
        forgery = self._standing(connection, members)
        if forgery is None:
            return []
        opened = self._cleared(connection, members, cluster_id, forgery, said)
        reopened = self._withdrawn(connection, members, cluster_id, forgery)
        detail = {"opened_for": forgery, "cluster_id": cluster_id}
        self._changes.record(connection, [(case, detail) for case in reopened], said, "CASE_REOPENED")
        self._changes.tell(connection, [*opened, *reopened], said, "CASE_OPENED")
        return [*opened, *reopened]

    def settle(self, connection: Connection, held: Sequence[Case], said: AuditAct) -> list[Case]:
        """Return which of these cases, each opened for a forgery, are closed now: no forgery of their cluster stands.

        Where another one stands, they are open for that.
        """
        closing: list[Case] = []
        for cluster_id, of_cluster in grouped(held).items():
            forgery = self._standing(connection, self._clusters.members(connection, cluster_id))
            if forgery is None:
                closing += [case for case in of_cluster if case.state in WITHDRAWABLE and case.verdict is None]
            else:
                self._changes.change_all(
                    connection, [case for case in of_cluster if case.opened_for != forgery], opened_for=forgery
                )
        closed = self._changes.change_all(connection, closing, state=CaseState.CLOSED)
        because = {"because": "no confirmed forgery of its cluster stands"}
        self._changes.record(connection, [(case, because) for case in closed], said, "CLOSED")
        self._changes.tell(connection, closed, said, "CLOSED")
        return closed

    def opened_for(self, connection: Connection, forgery: str) -> list[Case]:
        """Return the cases, not closed, that were opened for the forgery on this case, and hold their rows."""
        return self._held(connection, cases.c.opened_for == forgery, ())

    def opened_in(self, connection: Connection, requests: Sequence[str]) -> list[Case]:
        """Return the cases of these requests, not closed, that were opened for any forgery, and hold their rows."""
        return self._held(connection, self._lists.among(cases.c.request_id), requests)

    def _held(self, connection: Connection, which: ColumnElement[bool], requests: Sequence[str]) -> list[Case]:
        statement = (
            select(*CASE_COLUMNS)
            .where(which, cases.c.opened_for.is_not(None), cases.c.state != CaseState.CLOSED.value)
            .order_by(cases.c.case_id)
            .with_for_update()
        )
        return read_cases(connection, self._clusters, statement, self._lists.given(requests) if requests else {})

    def _standing(self, connection: Connection, members: Sequence[str]) -> str | None:
        """Return the case of the first forgery of a cluster that is confirmed."""
        statement = (
            select(cases.c.case_id)
            .where(self._lists.among(cases.c.request_id), cases.c.verdict == FORGERY_CONFIRMED)
            .order_by(cases.c.decided_at_ms, cases.c.case_id)
            .limit(1)
        )
        found: str | None = connection.execute(statement, self._lists.given(members)).scalar()
        return found

    def _cleared(
        self, connection: Connection, members: Sequence[str], cluster_id: str, forgery: str, said: AuditAct
    ) -> list[Case]:
        """Open a case for every decision of the cluster that has none."""
        decided = (decisions.c.request_id == claims.c.request_id) & (
            decisions.c.request_digest == claims.c.request_digest
        )
        own = (cases.c.request_id == claims.c.request_id) & (cases.c.request_digest == claims.c.request_digest)
        copied = [claims.c[name] for name in _COPIED]
        statement = (
            select(*copied, decisions.c.decision_id, decisions.c.policy_sha256, decisions.c.message)
            .join_from(claims, decisions, decided)
            .outerjoin(cases, own)
            .where(self._lists.among(claims.c.request_id), cases.c.case_id.is_(None))
            .order_by(claims.c.request_id, claims.c.request_digest)
        )
        found = connection.execute(statement, self._lists.given(members)).mappings().all()
        made = [_case_row(row, forgery, said) for row in found]
        self._insert.run(connection, made)
        undecided = {"verdict": None, "decided_at_ms": None}
        opened = [as_case({**each, **undecided}, cluster_id) for each in made]
        about = [(case, _opening(case, row)) for case, row in zip(opened, found, strict=True)]
        self._changes.record(connection, about, said, "CASE_OPENED")
        return opened

    def _withdrawn(self, connection: Connection, members: Sequence[str], cluster_id: str, forgery: str) -> list[Case]:
        """Open again what was closed when an earlier forgery was revoked."""
        statement = (
            select(*CASE_COLUMNS)
            .where(
                self._lists.among(cases.c.request_id),
                cases.c.opened_for.is_not(None),
                cases.c.state == CaseState.CLOSED.value,
                cases.c.verdict.is_(None),
            )
            .order_by(cases.c.case_id)
            .with_for_update()
        )
        rows_found = connection.execute(statement, self._lists.given(members)).mappings()
        held = [as_case(row, cluster_id) for row in rows_found]
        return self._changes.change_all(connection, held, state=OPENED, opened_for=forgery)


def _case_row(row: RowMapping, forgery: str, said: AuditAct) -> rows.Row:
    """Return a case for a claim that was cleared; its id is the one that the decision would have given it."""
    return {name: row[name] for name in _COPIED} | {
        "case_id": f"c-{row['decision_id'].removeprefix('d-')}",
        "state": OPENED.value,
        "version": 1,
        "score": LINKED_SCORE,
        "reason_codes": LINKED_REASON,
        "opened_at_ms": said.at_ms,
        "due_at_ms": None,
        "opened_for": forgery,
    }


def _opening(case: Case, row: RowMapping) -> Detail:
    return {
        "request_id": case.request_id,
        "request_digest": case.request_digest,
        "decision_sha256": sha256(row["message"]).hexdigest(),
        "policy_sha256": row["policy_sha256"],
        "score": case.score,
        "reason_codes": list(case.reason_codes),
        "opened_for": case.opened_for,
        "cluster_id": case.cluster_id,
    }
