"""The statements that hand cases out, built once for each database."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Engine,
    Select,
    String,
    and_,
    bindparam,
    exists,
    literal_column,
    or_,
    select,
)

from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.bulk_insert import insert_on_conflict
from streams.adapters.sql.cases.reading import CASE_COLUMNS
from streams.adapters.sql.tables import audit, cases, conflicts, drafts, review_queue, reviewers
from streams.cases.looks import Look
from streams.cases.ordering import WAITING
from streams.cases.review import VERDICTS

_WAITING = sorted(state.value for state in WAITING)


class QueueStatements:
    """What is built once for all transactions on one database."""

    def __init__(self, engine: Engine) -> None:
        self._lists = ArrayParameters(engine.dialect.name)
        seen = insert_on_conflict(engine, reviewers).values(name=bindparam("of"), seen_at_ms=bindparam("at"))
        self.seen = seen.on_conflict_do_update(
            index_elements=["name"], set_={"seen_at_ms": seen.excluded.seen_at_ms}
        ).returning(reviewers.c.categories, reviewers.c.languages, reviewers.c.capacity)
        known = insert_on_conflict(engine, reviewers)
        self.known = known.on_conflict_do_update(
            index_elements=["name"], set_={name: known.excluded[name] for name in _KNOWS}
        )
        named = insert_on_conflict(engine, conflicts)
        self.conflict = named.on_conflict_do_update(
            index_elements=["reviewer", "scope", "subject_id"],
            set_={name: named.excluded[name] for name in ("until_ms", "note", "named_by", "named_at_ms")},
        )
        saved = insert_on_conflict(engine, drafts)
        self.draft = saved.on_conflict_do_update(
            index_elements=["case_id", "reviewer"],
            set_={name: saved.excluded[name] for name in ("version", "saved_at_ms", "text")},
        )
        self._next: dict[tuple[bool, bool, bool, bool], Select[Any]] = {}

    def next(self, *, lane: bool, categories: bool, languages: bool, senior: bool) -> Select[Any]:
        """Return the statement that gives the first case that waits; each argument: only of a lane, of some skills."""
        key = (lane, categories, languages, senior)
        if key not in self._next:
            self._next[key] = self._next_statement(lane=lane, categories=categories, languages=languages, senior=senior)
        return self._next[key]

    def _next_statement(self, *, lane: bool, categories: bool, languages: bool, senior: bool) -> Select[Any]:
        queue = review_queue.c
        conditions: list[ColumnElement[bool]] = [literal_column("review_queue.waiting"), cases.c.state.in_(_WAITING)]
        if not senior:
            conditions.append(cases.c.look != Look.SENIOR.value)
        if lane:
            conditions.append(queue.lane == bindparam("lane"))
        if categories:
            conditions.append(self._lists.among(queue.category, "categories"))
        if languages:
            conditions.append(or_(queue.language == "", self._lists.among(queue.language, "languages")))
        return (
            select(*CASE_COLUMNS, queue.lane, queue.ready_at_ms)
            .join_from(review_queue, cases, queue.case_id == cases.c.case_id)
            .where(*conditions, ~_in_conflict(), ~_decided_before(queue.case_id))
            .order_by(queue.rank_at_ms, queue.case_id)
            .limit(1)
            .with_for_update(of=cases, skip_locked=True)
        )


_KNOWS = ("categories", "languages", "capacity")


def _in_conflict() -> ColumnElement[bool]:
    """Return the condition that the reviewer ``of`` may not be given a case of the queue, at the time ``at``.

    One subquery for all scopes: each costs PostgreSQL more to plan than to run.
    """
    queue = review_queue.c
    subjects = {"case": queue.case_id, "skipped": queue.case_id, "merchant": queue.merchant_id, "buyer": queue.buyer_id}
    named = (and_(conflicts.c.scope == scope, conflicts.c.subject_id == subject) for scope, subject in subjects.items())
    lasts = or_(conflicts.c.until_ms.is_(None), conflicts.c.until_ms > bindparam("at"))
    return exists().where(conflicts.c.reviewer == bindparam("of"), lasts, or_(*named))


def _decided_before(case_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that the reviewer ``of`` came to a verdict on the case.

    With IN, PostgreSQL looks the case up; with EXISTS it would read the whole trail once to join it.
    """
    acts = audit.c.action.in_(sorted(VERDICTS))
    deciders = select(audit.c.actor).where(audit.c.case_id == case_id, acts).correlate(review_queue)
    return bindparam("of", type_=String).in_(deciders)
