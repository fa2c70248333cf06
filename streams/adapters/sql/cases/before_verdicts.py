"""What a verdict on a case depends on, asked of the database in one round trip."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Dialect, Select, String, and_, bindparam, literal, or_, select

from streams.adapters.sql.array_parameters import ArrayParameters, one_of
from streams.adapters.sql.cases.queue_statements import ASSIGNMENT_COLUMNS, assignment_of
from streams.adapters.sql.round_trip import RoundTrip, Rows
from streams.adapters.sql.tables import assignments, audit, conflicts, forged_photos, verdicts
from streams.cases.acts import names_of_person
from streams.cases.case import Case
from streams.cases.looks import Given, Look, VerdictRecord
from streams.cases.quality.golden import GoldenCase
from streams.cases.reviewing.assignment import Assignment
from streams.cases.reviewing.review import VERDICTS
from streams.casework.ports import BeforeVerdict

_SCOPES = ("case", "merchant", "buyer")
"""Of conflicts that keep somebody from a verdict: what was only skipped may still be decided."""


class BeforeVerdicts:
    """The statements, built once for all transactions on one database."""

    def __init__(self, dialect: Dialect) -> None:
        self._lists = ArrayParameters(dialect.name)
        subjects = (
            and_(conflicts.c.scope == scope, conflicts.c.subject_id == bindparam(scope, type_=String))
            for scope in _SCOPES
        )
        lasts = or_(conflicts.c.until_ms.is_(None), conflicts.c.until_ms > bindparam("at", type_=BigInteger))
        among = self._lists.among(conflicts.c.reviewer)
        self._conflict = select(literal(1)).where(among, or_(*subjects), lasts).limit(1)
        this = assignments.c.case_id == bindparam("case", type_=String)
        self._in_hand = _of_assignment(and_(this, ~assignments.c.golden))
        self._golden_in_hand = _of_assignment(assignments.c.assignment_id == bindparam("assignment", type_=String))
        of_case = verdicts.c.case_id == bindparam("case", type_=String)
        self._verdicts = select(*_VERDICT_COLUMNS).where(of_case).order_by(verdicts.c.number)
        of_trail = audit.c.case_id == bindparam("case", type_=String)
        decides = one_of(audit.c.action, VERDICTS)
        self._deciders = select(audit.c.actor).where(of_trail, decides).order_by(audit.c.seq)
        of_bank = forged_photos.c.case_id == bindparam("case", type_=String)
        self._banked = select(forged_photos.c.case_id).where(of_bank).limit(1)

    def asked(self, trip: RoundTrip, case: Case, by: str, at_ms: int) -> BeforeVerdict:
        """Return what a verdict of ``by`` on the case depends on."""
        subjects = {"case": case.case_id, "merchant": case.merchant_id, "buyer": case.buyer_id}
        conflict = trip.ask(self._conflict, {**subjects, "at": at_ms, **self._lists.given(names_of_person(by))}, bool)
        this = {"case": case.case_id}
        if isinstance(case, GoldenCase):
            in_hand = trip.ask(self._golden_in_hand, {"assignment": case.assignment_id}, _assignment)
        else:
            in_hand = trip.ask(self._in_hand, this, _assignment)
        record = trip.ask(self._verdicts, this, lambda rows: [_verdict(row) for row in rows])
        deciders = trip.ask(self._deciders, this, lambda rows: [row[0] for row in rows])
        banked = trip.ask(self._banked, this, bool)
        trip.send()
        return BeforeVerdict(conflict(), in_hand(), record(), deciders(), banked())


_VERDICT_COLUMNS = [verdicts.c[name] for name in ("case_id", "number", "reviewer", "at_ms", "look", "content")]


def _of_assignment(this: ColumnElement[bool]) -> Select[Any]:
    return select(*ASSIGNMENT_COLUMNS).where(this, assignments.c.ended_at_ms.is_(None)).limit(1)


def _assignment(rows: Rows) -> Assignment | None:
    return assignment_of(rows[0]) if rows else None


def _verdict(row: Sequence[Any]) -> VerdictRecord:
    case_id, number, by, at_ms, look, content = row
    given = msgspec.json.decode(content, type=Given)
    return VerdictRecord(case_id=case_id, number=number, by=by, at_ms=at_ms, look=Look(look), given=given)
