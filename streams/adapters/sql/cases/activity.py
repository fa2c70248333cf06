"""What a buyer and a merchant did week by week, counted by the database on an index."""

from collections import Counter
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, func, literal, select
from sqlalchemy import case as when

from streams.adapters.sql.tables import cases, claims
from streams.cases.activity import WEEK_MS, WEEKS, Activity, begin_ms, weeks
from streams.cases.case import Case
from streams.cases.golden import GoldenCase
from streams.cases.quality import AGAINST_BUYER


def activity_of(connection: Connection, case: Case, until_ms: int) -> Activity:
    """Return the weeks up to ``until_ms`` of the case's buyer and merchant, without the case itself."""
    span: tuple[int, int | None] = (begin_ms(until_ms), None)
    if isinstance(case, GoldenCase):  # what came of its verdict would tell it
        span = (begin_ms(case.until_ms), case.until_ms)
    others = claims.c.request_id != case.request_id
    claimed, _ = _counted(connection, claims.c.appended_at_ms, span, claims.c.person == case.person, others)
    other_cases, decided = cases.c.case_id != case.case_id, cases.c.verdict.in_(sorted(AGAINST_BUYER))
    against = (cases.c.person == case.person, cases.c.verdict.is_not(None), decided, other_cases)
    refused, _ = _counted(connection, cases.c.decided_at_ms, span, *against)
    merchant = (cases.c.merchant_id == case.merchant_id, other_cases)
    opened, found = _counted(connection, cases.c.opened_at_ms, span, *merchant, some=decided)
    return Activity(buyer=weeks(claimed, refused), merchant=weeks(opened, found))


def _counted(
    connection: Connection,
    at_ms: ColumnElement[Any],
    span: tuple[int, int | None],
    *which: ColumnElement[bool],
    some: ColumnElement[bool] | None = None,
) -> tuple[dict[int, int], dict[int, int]]:
    """Return by week how many rows there are, and how many of them are ``some``."""
    since_ms, until_ms = span
    within = [at_ms >= since_ms, *([] if until_ms is None else [at_ms < until_ms])]
    week = (at_ms - literal(since_ms, BigInteger)) // literal(WEEK_MS, BigInteger)
    of_some = literal(0) if some is None else func.sum(when((some, 1), else_=0))
    found = select(week.label("week"), func.count(), of_some).where(*which, *within).group_by("week")
    every: Counter[int] = Counter()
    chosen: Counter[int] = Counter()
    for number, count, of_these in connection.execute(found):
        place = min(int(number), WEEKS - 1)  # what came just now belongs to the last week
        every[place] += count
        chosen[place] += of_these
    return every, chosen
