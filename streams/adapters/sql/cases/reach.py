"""Waiting cases that nobody may decide, found among all that wait without looking at each person beside each case."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, Select, and_, exists, func, literal, or_, select, union

from schemas.units import DAY_MS
from streams.adapters.sql.cases.persons import person_in
from streams.adapters.sql.cases.takers import has_role, reviews
from streams.adapters.sql.engine import counting
from streams.adapters.sql.tables import (
    accounts,
    api_keys,
    audit,
    cases,
    conflicts,
    review_queue,
    reviewers,
    verdicts,
)
from streams.cases.acts import LOCAL, person_of
from streams.cases.looks import Look
from streams.cases.quality.reach import Decider, Kept, Reach, Sort, Stranded, Why, fewest, stranded, why_nobody
from streams.cases.reviewing.review import VERDICTS

SHOWN = 20
"""Cases that are named, at most."""
STILL_HERE_MS = 14 * DAY_MS
"""Who has no account, and did not ask for a case within it, is not counted on."""
_WAITS = review_queue.c.waiting
_SENIOR = cases.c.look == Look.SENIOR.value
_FOR = (review_queue.c.category, review_queue.c.language, _SENIOR.label("senior"))


class SqlReach:
    """Fulfils :class:`streams.casework.quality.reach.ReachRecords`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def reach(self, at_ms: int) -> Reach:
        """Return the waiting cases that nobody may decide at ``at_ms``."""
        with counting(self._engine) as connection:
            people, sorts = _people(connection, at_ms), _sorts(connection)
            unknown = {sort: why for sort in sorts if (why := why_nobody(sort, people)) is not None}
            found = [one for sort, why in unknown.items() for one in _first_of(connection, sort, why)]
            least = fewest(sorts, people)
            left = [] if least is None else list(stranded(_kept_from(connection, least, at_ms), people))
        counts = Counter(one.why for one in left)
        for sort, why in unknown.items():
            counts[why] += sorts[sort]
        oldest = sorted([*found, *left], key=lambda one: (one.ready_at_ms, one.case_id))
        return Reach(counts=dict(counts), cases=tuple(oldest[:SHOWN]))


def _people(connection: Connection, at_ms: int) -> list[Decider]:
    """Return who reviews: open accounts with such a role, and whoever without one asked for a case lately.

    Of those it is not known whether they are seniors: they may be, where a key may, or at the command line.
    """
    key = exists().where(api_keys.c.revoked_at_ms.is_(None), has_role(api_keys, "senior"))
    senior_key = bool(connection.execute(select(key)).scalar())
    held = select(accounts.c.name, has_role(accounts, "senior"), reviews(accounts), accounts.c.closed_at_ms.is_(None))
    seniors, known = dict[str, bool](), set[str]()
    for name, senior, may, is_open in connection.execute(held):
        known.add(person_of(name))
        if may and is_open:
            seniors[person_of(name)] = bool(senior)
    skills = dict[str, tuple[Sequence[str], Sequence[str]]]()
    for row in connection.execute(select(reviewers).order_by(reviewers.c.name)):
        person = person_of(row.name)
        if row.categories or row.languages:
            skills[person] = row.categories.split(), row.languages.split()
        if person not in known and row.seen_at_ms > at_ms - STILL_HERE_MS:
            seniors[person] = seniors.get(person, False) or senior_key or row.name.startswith(LOCAL)
    return [Decider(person, senior, *skills.get(person, ((), ()))) for person, senior in seniors.items()]


def _sorts(connection: Connection) -> dict[Sort, int]:
    found = select(*_FOR, func.count()).join_from(review_queue, cases, cases.c.case_id == review_queue.c.case_id)
    rows = connection.execute(found.where(_WAITS).group_by(*_FOR))
    return {Sort(category, language, bool(senior)): count for category, language, senior, count in rows}


def _first_of(connection: Connection, sort: Sort, why: Why) -> list[Stranded]:
    of_sort = (review_queue.c.category == sort.category, review_queue.c.language == sort.language)
    found = (
        select(review_queue.c.case_id, review_queue.c.ready_at_ms)
        .join_from(review_queue, cases, cases.c.case_id == review_queue.c.case_id)
        .where(_WAITS, *of_sort, _SENIOR if sort.senior else ~_SENIOR)
        .order_by(review_queue.c.ready_at_ms, review_queue.c.case_id)
        .limit(SHOWN)
    )
    return [Stranded(case_id=name, why=why, ready_at_ms=ready_ms) for name, ready_ms in connection.execute(found)]


def _kept_from(connection: Connection, least: int, at_ms: int) -> Iterator[Kept]:
    """Yield the waiting cases from which at least so many people are kept."""
    kept = union(*_conflicts(at_ms), _verdicts()).subquery("kept")
    many = select(kept.c.case_id).group_by(kept.c.case_id).having(func.count(kept.c.person.distinct()) >= least)
    found = (
        select(kept.c.case_id, *_FOR, review_queue.c.ready_at_ms, kept.c.person, kept.c.skipped)
        .join_from(kept, review_queue, review_queue.c.case_id == kept.c.case_id)
        .join(cases, cases.c.case_id == kept.c.case_id)
        .where(kept.c.case_id.in_(many))
        .order_by(kept.c.case_id)
    )
    for case_id, rows in groupby(connection.execute(found), key=lambda row: row[0]):
        each = list(rows)
        _, category, language, senior, ready_ms, *_ = each[0]
        barred = {row.person for row in each if not row.skipped}
        skipped = {row.person for row in each if row.skipped}
        yield Kept(case_id, Sort(category, language, bool(senior)), ready_ms, barred, skipped)


def _conflicts(at_ms: int) -> Iterator[Select[Any]]:
    """Yield who is kept from which waiting case by a conflict of interest, or skipped it, by scope."""
    lasts = or_(conflicts.c.until_ms.is_(None), conflicts.c.until_ms > at_ms)
    subjects = {"case": "case_id", "merchant": "merchant_id", "buyer": "buyer_id", "skipped": "case_id"}
    for scope, column in subjects.items():
        about = and_(conflicts.c.scope == scope, conflicts.c.subject_id == review_queue.c[column])
        skipped = literal(int(scope == "skipped")).label("skipped")
        named = select(review_queue.c.case_id, conflicts.c.reviewer.label("person"), skipped)
        yield named.join_from(review_queue, conflicts, about).where(_WAITS, lasts)


def _verdicts() -> Select[Any]:
    """Return who came to a verdict on which waiting case."""
    decided = exists().where(verdicts.c.case_id == review_queue.c.case_id)
    acts = and_(audit.c.case_id == review_queue.c.case_id, audit.c.action.in_(sorted(VERDICTS)))
    found = select(review_queue.c.case_id, person_in(audit.c.actor).label("person"), literal(0).label("skipped"))
    return found.join_from(review_queue, audit, acts).where(_WAITS, decided)
