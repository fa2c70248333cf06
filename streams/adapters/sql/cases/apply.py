"""The only writer of cases: stores transitions, each with its audit entries and events, in the caller's transaction.

A row is changed only where it still has the version and the state in which it was read.
"""

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, Dialect, func, select

from schemas.codec import encode
from schemas.records import ReviewEvent
from schemas.topics import CASE_EVIDENCE, REVIEW_EVENTS
from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.built_once import built_once
from streams.adapters.sql.bulk_insert import BulkInsert, Row
from streams.adapters.sql.bulk_update import WAS, BulkUpdate
from streams.adapters.sql.cases.follow_ups import COLUMNS as FOLLOW_UP_COLUMNS
from streams.adapters.sql.cases.follow_ups import row_of as follow_up_row
from streams.adapters.sql.cases.golden_views import apply_golden
from streams.adapters.sql.cases.places import Places
from streams.adapters.sql.cases.reading import COLUMNS
from streams.adapters.sql.cases.trail import FIELDS, NONCE_BYTES, SALT_BYTES, PersonKey, PersonKeys, hidden, locked
from streams.adapters.sql.round_trip import Later, RoundTrip, Rows
from streams.adapters.sql.tables import assignments, audit, case_evidence, cases, follow_ups, outbox, verdicts
from streams.cases.audit import AuditEntry, entry_after
from streams.cases.case import Case
from streams.cases.looks import VerdictRecord
from streams.cases.reviewing.assignment import Assignment
from streams.cases.reviewing.review import changed
from streams.cases.transitions import Transition

CHANGEABLE = [
    "reason_codes",
    "state",
    "version",
    "due_at_ms",
    "verdict",
    "decided_at_ms",
    "opened_for",
    "assignee",
    "look",
    "asked",
    "changes",
]
LINK_COLUMNS = [audit.c[name] for name in AuditEntry.__dataclass_fields__ if name not in {"salt", "payload"}]


class CaseWriter:
    """Applies transitions."""

    def __init__(self, dialect: Dialect) -> None:
        self._lists = ArrayParameters(dialect.name)
        self._insert = BulkInsert(dialect, cases, COLUMNS)
        self._update = BulkUpdate(dialect, cases, "case_id", ("changes", "state"), CHANGEABLE)
        self._verdicts = BulkInsert(dialect, verdicts, [column.name for column in verdicts.c])
        self._audit = BulkInsert(dialect, audit, FIELDS)
        self._keys = built_once(PersonKeys, dialect)
        self._evidence = BulkInsert(dialect, case_evidence, ["case_id", "content"])
        self._follow_ups = BulkInsert(dialect, follow_ups, FOLLOW_UP_COLUMNS)
        self._outbox = BulkInsert(dialect, outbox, ["topic", "key", "value", "created_at_ms"])
        self._handed_out = BulkInsert(dialect, assignments, Assignment.__struct_fields__)
        self._places = Places(dialect, self._lists)
        # The list is asked of the table itself, and not only of a subquery beside it: PostgreSQL would read all of the
        # trail for the join where its figures are of a time when there was little.
        later = audit.alias()
        last = select(func.max(later.c.seq)).where(later.c.case_id == audit.c.case_id).scalar_subquery()
        self._ends = select(*LINK_COLUMNS).where(self._lists.among(audit.c.case_id), audit.c.seq == last)

    def apply(
        self,
        connection: Connection,
        transitions: Sequence[Transition],
        along: RoundTrip | None = None,
        handed_out: Sequence[Assignment] = (),
    ) -> None:
        """Store what was done, each case at most once; what was done to a golden one stays beside it.

        Statements that ``along`` gathered before go to the database in the same round trip, and so do the new
        assignments by which cases were ``handed_out``.

        Raises :class:`streams.errors.CaseChanged` when one is no longer as it was read.
        """
        writes = along or RoundTrip(connection)
        transitions = apply_golden(connection, transitions)
        if transitions:
            self._apply(RoundTrip(connection), transitions, writes)
        writes.write(self._handed_out, [msgspec.structs.asdict(each) for each in handed_out])
        writes.send()

    def _apply(self, first: RoundTrip, transitions: Sequence[Transition], writes: RoundTrip) -> None:
        moved = [
            _change(each.before, each.after)
            for each in transitions
            if each.before is not None and each.after is not each.before
        ]
        persons, at_ms = _persons(transitions)
        found = first.change(self._update, moved)
        known = self._keys.to_write(first, persons)
        last = self._last_entries(first, [each.after.case_id for each in transitions if each.before is not None])
        turns = self._places.turns(first, transitions)
        first.send()
        if found() != len(moved):
            raise changed([row["case_id"] for row in moved])
        keys = self._keys.with_new(writes, persons, known(), at_ms)
        writes.write(self._insert, [row_of(each.after) for each in transitions if each.before is None])
        writes.write(self._verdicts, [_verdict(each.given) for each in transitions if each.given is not None])
        writes.write(self._evidence, _gathered(transitions, keys))
        writes.write(self._follow_ups, [follow_up_row(one.follow_up) for one in transitions if one.follow_up])
        writes.write(self._audit, _entries(transitions, last(), keys))
        writes.write(self._outbox, [row for each in transitions for row in _messages(each)])
        self._places.follow(transitions, turns(), writes)

    def _last_entries(self, trip: RoundTrip, case_ids: Collection[str]) -> Later[dict[str, AuditEntry]]:
        if not case_ids:
            return dict
        return trip.ask(self._ends, self._lists.given(case_ids), _ends_of_chains)


def _ends_of_chains(rows: Rows) -> dict[str, AuditEntry]:
    names = [column.name for column in LINK_COLUMNS]
    entries = (AuditEntry(**dict(zip(names, row, strict=True)), salt=None, payload=None) for row in rows)
    return {entry.case_id: entry for entry in entries}


def _entries(
    transitions: Sequence[Transition], last: dict[str, AuditEntry], keys: Mapping[str, PersonKey]
) -> list[Row]:
    """Return the entries, each linked to the one before it in the chain of its case, of which ``last`` is the end."""
    rows = list[Row]()
    draw = _drawn(sum(len(each.entries) for each in transitions))
    for each in transitions:
        case_id = each.after.case_id
        for content in each.entries:
            salt, nonce = next(draw)
            last[case_id] = entry_after(last.get(case_id), case_id, content, salt)
            rows.append(locked(last[case_id], keys[each.after.person], nonce))
    return rows


def _persons(transitions: Sequence[Transition]) -> tuple[set[str], int]:
    """Return whose cases get entries, and when."""
    told = [each for each in transitions if each.entries]
    return {each.after.person for each in told}, max((each.entries[-1].at_ms for each in told), default=0)


def _gathered(transitions: Sequence[Transition], keys: Mapping[str, PersonKey]) -> list[Row]:
    """Return the rows of what was gathered for cases that are opened."""
    rows = list[Row]()
    for each in transitions:
        if each.evidence is not None:
            case_id, nonce = each.after.case_id, secrets.token_bytes(NONCE_BYTES)
            content = hidden(each.evidence, case_id, keys[each.after.person], nonce)
            rows.append({"case_id": case_id, "content": content})
    return rows


def _drawn(times: int) -> Iterator[tuple[bytes, bytes]]:
    """Give a random salt and nonce so many times, drawn at once: asking the system costs as much as all else here."""
    size = SALT_BYTES + NONCE_BYTES
    drawn = secrets.token_bytes(size * times)
    for at in range(0, len(drawn), size):
        yield drawn[at : at + SALT_BYTES], drawn[at + SALT_BYTES : at + size]


def row_of(case: Case) -> Row:
    """Return a case as it is stored."""
    row = msgspec.structs.asdict(case)
    del row["cluster_id"]
    row["state"], row["reason_codes"] = case.state.value, " ".join(case.reason_codes)
    row["look"], row["asked"] = case.look.value, msgspec.json.encode(case.asked).decode()
    return row


def _verdict(record: VerdictRecord) -> Row:
    return {
        "case_id": record.case_id,
        "number": record.number,
        "reviewer": record.by,
        "at_ms": record.at_ms,
        "look": record.look.value,
        "verdict": record.given.verdict,
        "rule": record.given.rule,
        "content": msgspec.json.encode(record.given).decode(),
    }


def _change(before: Case, after: Case) -> Row:
    row = row_of(after)
    was = {f"{WAS}changes": before.changes, f"{WAS}state": before.state.value}
    return {"case_id": after.case_id} | {name: row[name] for name in CHANGEABLE} | was


def _messages(done: Transition) -> Iterator[Row]:
    yield from map(_event, done.events)
    if done.message is not None:
        yield {
            "topic": CASE_EVIDENCE.name,
            "key": done.message.request.buyer_id.encode(),
            "value": encode(done.message),
            "created_at_ms": done.message.sent_at_ms,
        }


def _event(event: ReviewEvent) -> Row:
    return {
        "topic": REVIEW_EVENTS.name,
        "key": event.request_id.encode(),
        "value": encode(event),
        "created_at_ms": event.occurred_at_ms,
    }
