"""The statements that hand cases out, built once for each kind of database."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy import case as sql_case

from streams.adapters.sql.array_parameters import ArrayParameters, one_of
from streams.adapters.sql.bulk_insert import insert_in_words_of
from streams.adapters.sql.cases.persons import person_in
from streams.adapters.sql.cases.reading import CASE_COLUMNS
from streams.adapters.sql.tables import assignments, audit, cases, clusters, conflicts, drafts, review_queue, reviewers
from streams.cases.looks import Look
from streams.cases.reviewing.assignment import Assignment, Draft
from streams.cases.reviewing.ordering import WAITING, Lane
from streams.cases.reviewing.review import VERDICTS

ASSIGNMENT_COLUMNS = [assignments.c[name] for name in Assignment.__struct_fields__]
DRAFT_COLUMNS = [drafts.c[name] for name in Draft.__struct_fields__]
FIRST_LOOKS = (60, 2_000, 1_000_000)
"""How many cases at the head of the queue are looked at for one that nobody holds, at first and where none is."""


def assignment_of(row: Sequence[Any]) -> Assignment:
    """Return the assignment of a row of :data:`ASSIGNMENT_COLUMNS`, as a database's driver gives it."""
    found = dict(zip(Assignment.__struct_fields__, row, strict=True))
    return Assignment(**found | {"lane": Lane(found["lane"]), "taken": bool(found["taken"])})


class QueueStatements:
    """What is built once for all transactions on one database."""

    def __init__(self, dialect: Dialect) -> None:
        self._lists = ArrayParameters(dialect.name)
        seen = insert_in_words_of(dialect, reviewers).values(name=bindparam("of"), seen_at_ms=bindparam("at"))
        self.seen = seen.on_conflict_do_update(index_elements=["name"], set_={"seen_at_ms": seen.excluded.seen_at_ms})
        self.skills = _skills()
        known = insert_in_words_of(dialect, reviewers)
        self.known = known.on_conflict_do_update(
            index_elements=["name"], set_={name: known.excluded[name] for name in _KNOWS}
        )
        named = insert_in_words_of(dialect, conflicts)
        self.conflict = named.on_conflict_do_update(
            index_elements=["reviewer", "scope", "subject_id"],
            set_={name: named.excluded[name] for name in ("until_ms", "note", "named_by", "named_at_ms")},
        )
        saved = insert_in_words_of(dialect, drafts)
        self.draft = saved.on_conflict_do_update(
            index_elements=["case_id", "reviewer"],
            set_={name: saved.excluded[name] for name in ("version", "saved_at_ms", "text")},
        )
        self.in_hand = _in_hand()
        self.at_work = _at_work()
        self._next: dict[tuple[bool, bool, bool, bool], Select[Any]] = {}

    def next(self, *, lane: bool, categories: bool, languages: bool, senior: bool) -> Select[Any]:
        """Return the statement that gives the first case that waits; each argument: only of a lane, of some skills."""
        key = (lane, categories, languages, senior)
        if key not in self._next:
            self._next[key] = self._next_statement(lane=lane, categories=categories, languages=languages, senior=senior)
        return self._next[key]

    def _next_statement(self, *, lane: bool, categories: bool, languages: bool, senior: bool) -> Select[Any]:
        first = self._first(lane=lane, categories=categories, languages=languages)
        # As an expression, so that no index on the state is of use: PostgreSQL would read every case that waits and
        # sort them where its figures are of a time before they were there.
        conditions: list[ColumnElement[bool]] = [one_of(cases.c.state.concat(""), WAITING)]
        if not senior:
            conditions.append(cases.c.look != Look.SENIOR.value)
        own_draft = and_(drafts.c.case_id == first.c.case_id, person_in(drafts.c.reviewer) == PERSON[0])
        return (
            select(
                *CASE_COLUMNS,
                first.c.lane,
                first.c.ready_at_ms,
                clusters.c.request_id.is_not(None).label("linked"),
                *DRAFT_COLUMNS,
            )
            .select_from(
                first.join(cases, first.c.case_id == cases.c.case_id)
                .outerjoin(clusters, clusters.c.request_id == cases.c.request_id)
                .outerjoin(drafts, own_draft)
            )
            .where(*conditions)
            .order_by(first.c.rank_at_ms, first.c.case_id)
            .limit(1)
            .with_for_update(of=cases, skip_locked=True)
        )

    def _first(self, *, lane: bool, categories: bool, languages: bool) -> Subquery:
        """Return the first ``many`` cases in the queue that the reviewer may decide, read in the order of an index."""
        queue = review_queue.c
        conditions: list[ColumnElement[bool]] = [literal_column("review_queue.waiting")]
        if lane:
            conditions.append(queue.lane == bindparam("lane"))
        if categories:
            conditions.append(self._lists.among(queue.category, "categories"))
        if languages:
            conditions.append(or_(queue.language == "", self._lists.among(queue.language, "languages")))
        return (
            select(queue.case_id, queue.lane, queue.ready_at_ms, queue.rank_at_ms)
            .where(*conditions, ~in_conflict(queue, PERSON, bindparam("at")), ~_decided_before(queue.case_id))
            .order_by(queue.rank_at_ms, queue.case_id)
            .limit(bindparam("many", type_=Integer))
            .subquery("first")
        )


PERSON = tuple(bindparam(name, type_=String) for name in ("person", "account", "at_the_command_line"))
"""Under which names whoever asks may be on record; the first is as :func:`streams.cases.acts.person_of` has them."""
_KNOWS = ("categories", "languages", "capacity")


def _skills() -> Select[Any]:
    """Return the statement that gives what was said of the person who asks, under whichever of their names."""
    said = or_(reviewers.c.categories != "", reviewers.c.languages != "", reviewers.c.capacity != 1)
    return (
        select(reviewers.c.categories, reviewers.c.languages, reviewers.c.capacity)
        .where(person_in(reviewers.c.name) == PERSON[0])
        .order_by(said.desc(), (reviewers.c.name == bindparam("of")).desc(), reviewers.c.name)
        .limit(1)
    )


def _in_hand() -> Select[Any]:
    """Return the statement that gives what ``of`` has in hand, the oldest first, and what went out after ``since``.

    Of the reserved lane also how long that was in hands until ``at``, each case for ``lease`` at most. A row with a
    null assignment where they have nothing.
    """
    of_lane = assignments.c.lane == Lane.RESERVED.value
    reserved, lease = func.count().filter(of_lane), bindparam("lease", type_=BigInteger)
    worked = func.coalesce(assignments.c.ended_at_ms, bindparam("at", type_=BigInteger)) - assignments.c.assigned_at_ms
    worked_ms = func.coalesce(func.sum(sql_case((worked > lease, lease), else_=worked)).filter(of_lane), 0)
    lately = (
        select(reserved.label("reserved"), func.count().label("given"), worked_ms.label("reserved_ms"))
        .where(assignments.c.assigned_at_ms > bindparam("since"), ~assignments.c.golden)
        .subquery("lately")
    )
    own = (
        select(*ASSIGNMENT_COLUMNS)
        .where(person_in(assignments.c.reviewer) == PERSON[0], assignments.c.ended_at_ms.is_(None))
        .subquery("own")
    )
    return (
        select(*own.c, *lately.c)
        .select_from(lately.outerjoin(own, true()))
        .order_by(own.c.assigned_at_ms, own.c.assignment_id)
    )


def _at_work() -> Select[Any]:
    """Return the statement that gives how many people beside who asks have a case in hand, and how many are free.

    Whoever acts under two names is one. Free is who asked after ``since`` and has nothing in hand; what is
    parked does not count.
    """
    works = and_(assignments.c.ended_at_ms.is_(None), assignments.c.held_since_ms.is_(None))
    holds, asks = person_in(assignments.c.reviewer), person_in(reviewers.c.name)
    busy = select(func.count(holds.distinct())).where(works, holds != PERSON[0])
    free = select(func.count(asks.distinct())).where(
        reviewers.c.seen_at_ms > bindparam("since"), asks != PERSON[0], asks.not_in(select(holds).where(works))
    )
    return select(busy.scalar_subquery(), free.scalar_subquery())


def in_conflict(of_case: Any, names: Collection[Any], at_ms: Any) -> ColumnElement[bool]:
    """Return the condition that a person may not be given a case at a time; ``of_case`` are the columns that name it.

    ``names`` are those under which they act. One subquery for all scopes: each costs PostgreSQL more to plan than to
    run.
    """
    subjects = {"case": of_case.case_id, "skipped": of_case.case_id}
    subjects |= {"merchant": of_case.merchant_id, "buyer": of_case.buyer_id}
    named = (and_(conflicts.c.scope == scope, conflicts.c.subject_id == subject) for scope, subject in subjects.items())
    lasts = or_(conflicts.c.until_ms.is_(None), conflicts.c.until_ms > at_ms)
    return exists().where(conflicts.c.reviewer.in_(names), lasts, or_(*named))


def _decided_before(case_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that the reviewer ``of`` came to a verdict on the case, under whichever of their names.

    With IN, PostgreSQL looks the case up; with EXISTS it would read the whole trail once to join it.
    """
    acts = one_of(audit.c.action, VERDICTS)
    deciders = select(person_in(audit.c.actor)).where(audit.c.case_id == case_id, acts).correlate(review_queue)
    return PERSON[0].in_(deciders)
