"""What a buyer and a merchant did week by week, counted by the database on an index."""

from collections import Counter
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, func, literal, select

from streams.adapters.sql.tables import cases, claims
from streams.cases.activity import WEEK_MS, WEEKS, Activity, begin_ms, weeks
from streams.cases.case import Case
from streams.cases.quality import AGAINST_BUYER


def activity_of(connection: Connection, case: Case, until_ms: int) -> Activity:
    """Return the weeks up to ``until_ms`` of the case's buyer and merchant, without the case itself."""
    since_ms = begin_ms(until_ms)
    others = claims.c.request_id != case.request_id
    claimed = _counted(connection, claims.c.appended_at_ms, since_ms, claims.c.person == case.person, others)
    other_cases, decided = cases.c.case_id != case.case_id, cases.c.verdict.in_(sorted(AGAINST_BUYER))
    against = (cases.c.person == case.person, cases.c.verdict.is_not(None), decided, other_cases)
    refused = _counted(connection, cases.c.decided_at_ms, since_ms, *against)
    merchant = (cases.c.merchant_id == case.merchant_id, other_cases)
    opened = _counted(connection, cases.c.opened_at_ms, since_ms, *merchant)
    found = _counted(connection, cases.c.opened_at_ms, since_ms, *merchant, decided)
    return Activity(buyer=weeks(claimed, refused), merchant=weeks(opened, found))


def _counted(
    connection: Connection, at_ms: ColumnElement[Any], since_ms: int, *which: ColumnElement[bool]
) -> dict[int, int]:
    week = (at_ms - literal(since_ms, BigInteger)) // literal(WEEK_MS, BigInteger)
    found = select(week.label("week"), func.count()).where(*which, at_ms >= since_ms).group_by("week")
    counts: Counter[int] = Counter()
    for number, count in connection.execute(found):
        counts[min(int(number), WEEKS - 1)] += count  # what came just now belongs to the last week
    return counts
