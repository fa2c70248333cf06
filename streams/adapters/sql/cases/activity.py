"""What a buyer and a merchant did week by week, counted by the database on an index."""

from collections import Counter
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, bindparam, func, literal, select
from sqlalchemy import case as when

from streams.adapters.sql.tables import cases, claims
from streams.cases.activity import WEEK_MS, WEEKS, Activity, begin_ms, weeks
from streams.cases.case import Case
from streams.cases.quality.golden import GoldenCase
from streams.cases.quality.quality import AGAINST_BUYER

_NO_END_MS = 2**62


def _by_week(
    at_ms: ColumnElement[Any], *which: ColumnElement[bool], some: ColumnElement[bool] | None = None
) -> Select[Any]:
    """Return the statement that gives by week how many rows there are, and how many of them are ``some``."""
    since_ms = bindparam("since_ms", type_=BigInteger)
    week = ((at_ms - since_ms) // literal(WEEK_MS, BigInteger)).label("week")
    of_some = literal(0) if some is None else func.sum(when((some, 1), else_=0))
    within = (at_ms >= since_ms, at_ms < bindparam("until_ms", type_=BigInteger))
    return select(week, func.count(), of_some).where(*which, *within).group_by("week")


_OTHER_CASES = cases.c.case_id != bindparam("case_id")
_AGAINST = cases.c.verdict.in_(sorted(AGAINST_BUYER))
_CLAIMED = _by_week(
    claims.c.appended_at_ms, claims.c.person == bindparam("person"), claims.c.request_id != bindparam("request_id")
)
_REFUSED = _by_week(
    cases.c.decided_at_ms, cases.c.person == bindparam("person"), cases.c.verdict.is_not(None), _AGAINST, _OTHER_CASES
)
_OPENED = _by_week(cases.c.opened_at_ms, cases.c.merchant_id == bindparam("merchant_id"), _OTHER_CASES, some=_AGAINST)
"""Made once: making them anew took a sixth of the time that the page of a case takes."""


def activity_of(connection: Connection, case: Case, until_ms: int) -> Activity:
    """Return the weeks up to ``until_ms`` of the case's buyer and merchant, without the case itself."""
    span = {"since_ms": begin_ms(until_ms), "until_ms": _NO_END_MS}
    if isinstance(case, GoldenCase):  # what came of its verdict would tell it
        span = {"since_ms": begin_ms(case.until_ms), "until_ms": case.until_ms}
    buyer, this = {"person": case.person} | span, {"case_id": case.case_id}
    claimed, _ = _counted(connection, _CLAIMED, buyer | {"request_id": case.request_id})
    refused, _ = _counted(connection, _REFUSED, buyer | this)
    opened, found = _counted(connection, _OPENED, {"merchant_id": case.merchant_id} | span | this)
    return Activity(buyer=weeks(claimed, refused), merchant=weeks(opened, found))


def _counted(
    connection: Connection, statement: Select[Any], given: dict[str, Any]
) -> tuple[dict[int, int], dict[int, int]]:
    """Return by week how many rows there are, and how many of them are some."""
    every: Counter[int] = Counter()
    chosen: Counter[int] = Counter()
    for number, count, of_these in connection.execute(statement, given):
        place = min(int(number), WEEKS - 1)  # what came just now belongs to the last week
        every[place] += count
        chosen[place] += of_these
    return every, chosen
