"""What people's work does to cases: rows change only from the state that was read, and each change leaves a trail."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Dialect, select, update

from schemas.records import ReviewEvent
from streams.adapters.sql import rows
from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.bulk_insert import BulkInsert
from streams.adapters.sql.tables import audit, cases, outbox
from streams.cases.audit import Act, AuditEntry, entry_after
from streams.cases.case import Case
from streams.cases.forgery import AuditAct, changed
from streams.cases.states import CaseState

AUDIT_COLUMNS = [audit.c[name] for name in AuditEntry.__dataclass_fields__]
SALT_BYTES = 16
Detail = Mapping[str, Any]
EventName = Literal["CASE_OPENED", "DECIDED", "APPEALED", "CLOSED"]


class CaseChanges:
    """Writes what was done to cases, in a transaction of the caller's."""

    def __init__(self, dialect: Dialect) -> None:
        self._lists = ArrayParameters(dialect.name)
        self._audit = BulkInsert(dialect, audit, rows.COLUMNS[audit.name])
        self._outbox = BulkInsert(dialect, outbox, rows.COLUMNS[outbox.name])

    def change(self, connection: Connection, case: Case, **values: Any) -> Case:
        """Return the case after a change; :class:`streams.errors.CaseChanged` when it is not as it was read."""
        statement = (
            update(cases)
            .where(cases.c.case_id == case.case_id, cases.c.version == case.version, cases.c.state == case.state.value)
            .values(version=case.version + 1, **_stored(values))
        )
        if connection.execute(statement).rowcount != 1:
            raise changed(case.case_id)
        return replace(case, version=case.version + 1, **values)

    def change_all(self, connection: Connection, held: Sequence[Case], **values: Any) -> list[Case]:
        """Return cases after the same change to each; the caller holds their rows."""
        statement = update(cases).where(self._lists.among(cases.c.case_id))
        if held:
            stored = {"version": cases.c.version + 1} | _stored(values)
            connection.execute(statement.values(**stored), self._lists.given(case.case_id for case in held))
        return [replace(case, version=case.version + 1, **values) for case in held]

    def record(self, connection: Connection, about: Sequence[tuple[Case, Detail]], said: AuditAct, action: str) -> None:
        """Append to the audit chain of each case what was done to it: the person's note, and the detail beside it."""
        last = self._last_entries(connection, [case.case_id for case, _ in about])
        entries = []
        for case, detail in about:
            payload = msgspec.json.encode({"note": said.note, **detail})
            act = Act(at_ms=said.at_ms, actor=said.by, action=action, payload=payload)
            salt = secrets.token_bytes(SALT_BYTES)
            entries.append(entry_after(last.get(case.case_id), case.case_id, act, salt))
        self._audit.run(connection, [rows.audit_entry(entry) for entry in entries])

    def tell(self, connection: Connection, about: Iterable[Case], said: AuditAct, event: EventName) -> None:
        """Leave word for the platform of what happened to each case, as it is now."""
        self._outbox.run(connection, [rows.review_event(_event(case, said, event)) for case in about])

    def _last_entries(self, connection: Connection, case_ids: Sequence[str]) -> dict[str, AuditEntry]:
        found = select(*AUDIT_COLUMNS).where(self._lists.among(audit.c.case_id)).order_by(audit.c.seq)
        entries = connection.execute(found, self._lists.given(case_ids)).mappings() if case_ids else ()
        return {entry["case_id"]: AuditEntry(**entry) for entry in entries}


def actors(connection: Connection, case_id: str, action: str) -> list[str]:
    """Return who did this to the case, oldest first."""
    found = select(audit.c.actor).where(audit.c.case_id == case_id, audit.c.action == action).order_by(audit.c.seq)
    return list(connection.execute(found).scalars())


def grouped(held: Iterable[Case]) -> dict[str, list[Case]]:
    """Return cases by the cluster that they are in."""
    found: dict[str, list[Case]] = defaultdict(list)
    for case in held:
        found[case.cluster_id].append(case)
    return found


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.value if isinstance(value, CaseState) else value for name, value in values.items()}


def _event(case: Case, said: AuditAct, event: EventName) -> ReviewEvent:
    return ReviewEvent(
        event_id=rows.event_id(f"{event.lower()}.{case.version}", case.case_id),
        event=event,
        case_id=case.case_id,
        cluster_id=case.cluster_id,
        request_id=case.request_id,
        request_digest=case.request_digest,
        merchant_id=case.merchant_id,
        buyer_id=case.buyer_id,
        occurred_at_ms=said.at_ms,
        reason_codes=list(case.reason_codes),
        due_at_ms=case.due_at_ms,
        verdict=case.verdict,  # type: ignore[arg-type]  # the database holds what the record allows
    )
