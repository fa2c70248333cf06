"""The verdicts on a case, and what a person's confirmed forgeries come to."""

from collections import Counter
from collections.abc import Collection

import msgspec
from sqlalchemy import Connection, select

from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.tables import cases, outcomes, verdicts
from streams.cases.legal_tiers import ForgedSums
from streams.cases.looks import Given, Look, VerdictRecord
from streams.cases.reviewing.review import FORGERY_CONFIRMED


def verdicts_of(connection: Connection, case_id: str) -> list[VerdictRecord]:
    """Return every verdict on a case, oldest first."""
    found = select(verdicts).where(verdicts.c.case_id == case_id).order_by(verdicts.c.number)
    return [
        VerdictRecord(
            case_id=row.case_id,
            number=row.number,
            by=row.reviewer,
            at_ms=row.at_ms,
            look=Look(row.look),
            given=msgspec.json.decode(row.content, type=Given),
        )
        for row in connection.execute(found)
    ]


def forged_sums(connection: Connection, lists: ArrayParameters, person: str) -> ForgedSums:
    """Return what a person's confirmed forged refunds come to; one request counts once, whatever contents it had."""
    forged = select(cases.c.request_id, cases.c.currency, cases.c.amount_minor).where(
        cases.c.person == person, cases.c.verdict == FORGERY_CONFIRMED
    )
    asked = {row.request_id: (row.currency, row.amount_minor) for row in connection.execute(forged)}
    completed, attempted = Counter[str](), Counter[str]()
    paid = _paid(connection, lists, asked)
    for request_id, (currency, amount_minor) in asked.items():
        if request_id in paid:
            completed.update(paid[request_id])
        else:
            attempted[currency] += amount_minor
    return ForgedSums(completed=dict(completed), attempted=dict(attempted))


def _paid(connection: Connection, lists: ArrayParameters, requests: Collection[str]) -> dict[str, Counter[str]]:
    """Return by request what was paid of it, by currency."""
    statement = select(outcomes.c.request_id, outcomes.c.currency, outcomes.c.amount_minor).where(
        lists.among(outcomes.c.request_id), outcomes.c.outcome == "paid"
    )
    found: dict[str, Counter[str]] = {}
    for row in connection.execute(statement, lists.given(requests)) if requests else ():
        found.setdefault(row.request_id, Counter())[row.currency] += row.amount_minor
    return found
