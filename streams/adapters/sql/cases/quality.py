"""What is kept on verdicts and assignments, to see how good the review is, and whether it keeps up."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Engine, Select, func, literal_column, select
from sqlalchemy import case as sql_case

from streams.adapters.sql.cases.persons import person_in
from streams.adapters.sql.engine import counting, reading
from streams.adapters.sql.tables import (
    assignments,
    cases,
    decisions,
    golden_assignments,
    review_queue,
    reviewers,
    verdicts,
)
from streams.cases.acts import person_of
from streams.cases.looks import Look
from streams.cases.quality.quality import Durations, Looked, Record, VerdictCount, compared
from streams.cases.quality.statistics import Pair
from streams.cases.reviewing.capacity import GIVEN_BACK, HERE_MS, LATELY_MS, Depth, QueueFigures
from streams.cases.reviewing.ordering import Lane
from streams.cases.states import CaseState

_OPEN = sorted(state.value for state in CaseState if state is not CaseState.CLOSED)
SECOND_MS = 1_000
AT_ONCE = 2_000
"""Rows that are in memory at a time."""
_REAL = ~assignments.c.golden
_DECIDING = ("GRANTED", "REFUSED", "FORGERY_CONFIRMED", "VERDICT_KEPT")


class SqlQuality:
    """Fulfils :class:`streams.casework.quality.quality.QualityRecords`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def record(self, since_ms: int, *, merchants: bool = True) -> Record:
        """Return what was done since then."""
        cleared = select(func.count()).where(decisions.c.verdict == "CLEAR", decisions.c.decided_at_ms >= since_ms)
        with counting(self._engine) as connection:
            return Record(
                since_ms=since_ms,
                compared=compared(_looked(connection, since_ms)),
                decided=_decided(connection, since_ms, merchants=merchants),
                cleared=connection.execute(cleared).scalar_one(),
                durations=_durations(connection, since_ms),
                golden=_golden(connection, since_ms),
            )

    def queue(self, at_ms: int) -> QueueFigures:
        """Return the queue at ``at_ms``, and what happened in the hour before."""
        people = func.count(person_in(reviewers.c.name).distinct())
        here = select(people).where(reviewers.c.seen_at_ms > at_ms - HERE_MS)
        begun, ended = assignments.c.assigned_at_ms, assignments.c.ended_at_ms
        waited = _lately(begun - assignments.c.ready_at_ms, begun, at_ms)
        handled = _lately(ended - begun, ended, at_ms).where(assignments.c.outcome.in_(_DECIDING))
        overdue = select(func.min(cases.c.due_at_ms)).where(cases.c.due_at_ms <= at_ms)
        with reading(self._engine) as connection:
            return QueueFigures(
                at_ms=at_ms,
                open=_open(connection),
                waiting=_waiting(connection),
                arrivals=_arrivals(connection, at_ms - LATELY_MS),
                reviewers=connection.execute(here).scalar_one(),
                overdue_since_ms=connection.execute(overdue).scalar(),
                waited_ms=_number(connection, waited),
                handled_ms=_number(connection, handled),
                **_given_back(connection, at_ms - LATELY_MS),
            )


def _looked(connection: Connection, since_ms: int) -> Iterator[Looked]:
    """Yield verdicts on cases that more than one person looked at: the others say nothing on agreement.

    They are read in parts: in a year there are hundreds of thousands.
    """
    columns = [verdicts.c[name] for name in Looked.__struct_fields__]
    lately = verdicts.c.at_ms >= since_ms
    again = select(verdicts.c.case_id).where(lately, verdicts.c.look != literal_column(f"'{Look.FIRST.value}'"))
    found = (
        select(*columns).where(lately, verdicts.c.case_id.in_(again)).order_by(verdicts.c.case_id, verdicts.c.number)
    )
    looks = {look.value: look for look in Look}
    for case_id, reviewer, look, verdict, rule in connection.execute(found.execution_options(yield_per=AT_ONCE)):
        yield Looked(case_id=case_id, reviewer=reviewer, look=looks[look], verdict=verdict, rule=rule)


def _golden(connection: Connection, since_ms: int) -> list[Pair]:
    """Return what reviewers came to on golden cases, each beside the verdict that is right."""
    own = golden_assignments.c
    found = select(own.reviewer, own.verdict, own.right_verdict, own.right_rule).where(own.decided_at_ms >= since_ms)
    return [
        Pair(reviewer=row.reviewer, other="", rule=row.right_rule, verdict=row.verdict, other_verdict=row.right_verdict)
        for row in connection.execute(found.order_by(own.assignment_id))
    ]


def _decided(connection: Connection, since_ms: int, *, merchants: bool) -> list[VerdictCount]:
    kinds = (cases.c.verdict, cases.c.reason_codes, *([cases.c.merchant_id] if merchants else []))
    found = select(func.count(), *kinds).where(cases.c.verdict.is_not(None), cases.c.decided_at_ms >= since_ms)
    rows = connection.execute(found.group_by(*kinds))
    return [
        VerdictCount(cases=count, verdict=verdict, reason_codes=tuple(codes.split()), merchant_id="".join(merchant))
        for count, verdict, codes, *merchant in rows
    ]


def _durations(connection: Connection, since_ms: int) -> Durations:
    begun, ended, ready = assignments.c.assigned_at_ms, assignments.c.ended_at_ms, assignments.c.ready_at_ms
    waiting = select((begun - ready).label("took")).where(begun >= since_ms, _REAL)
    decided = assignments.c.outcome.in_(_DECIDING)
    handling = select((ended - begun).label("took")).where(ended >= since_ms, decided, _REAL)
    hearing = (
        select((func.min(ready) - cases.c.opened_at_ms).label("took"))
        .join_from(assignments, cases, assignments.c.case_id == cases.c.case_id)
        .where(begun >= since_ms, _REAL)
        .group_by(cases.c.case_id, cases.c.opened_at_ms)
    )
    return Durations(*(_counted(connection, each) for each in (waiting, handling, hearing)))


def _counted(connection: Connection, durations: Select[Any]) -> dict[int, int]:
    """Return how many there are of each duration, told to the second, the ten seconds or the minute by its length."""
    took = durations.subquery().c.took
    told = sql_case(
        (took < 600 * SECOND_MS, took // SECOND_MS * SECOND_MS),
        (took < 36_000 * SECOND_MS, took // (10 * SECOND_MS) * (10 * SECOND_MS)),
        else_=took // (60 * SECOND_MS) * (60 * SECOND_MS),
    ).label("told")
    return {int(row[0]): row[1] for row in connection.execute(select(told, func.count()).group_by(told))}


def _given_back(connection: Connection, since_ms: int) -> dict[str, Any]:
    """Return what was given back undecided since then, by how, and the most by one person."""
    ended, outcome = assignments.c.ended_at_ms, assignments.c.outcome
    how = {action.value: name for name, action in GIVEN_BACK.items()}
    found = select(assignments.c.reviewer, outcome, func.count()).where(ended > since_ms, outcome.in_(sorted(how)))
    by_how, by_person = Counter(dict.fromkeys(GIVEN_BACK, 0)), Counter[str]()
    for reviewer, action, count in connection.execute(found.group_by(assignments.c.reviewer, outcome)):
        by_how[how[action]] += count
        by_person[person_of(reviewer)] += count
    return {"given_back": dict(by_how), "given_back_most": max(by_person.values(), default=0)}


def _lately(duration: ColumnElement[int], when: ColumnElement[int], at_ms: int) -> Select[Any]:
    """Return the statement that gives the mean of a duration of what was over in the last hour."""
    return select(func.avg(duration)).where(assignments.c.taken, _REAL, when > at_ms - LATELY_MS, when <= at_ms)


def _number(connection: Connection, statement: Select[Any]) -> float | None:
    found = connection.execute(statement).scalar()
    return None if found is None else float(found)


def _open(connection: Connection) -> dict[CaseState, Depth]:
    """Return how many cases stand in each state, but for those that are closed, which only grow."""
    state = cases.c.state
    found = select(state, func.count(), func.min(cases.c.opened_at_ms)).where(state.in_(_OPEN)).group_by(state)
    return {CaseState(row[0]): Depth(row[1], row[2]) for row in connection.execute(found)}


def _waiting(connection: Connection) -> dict[Lane, Depth]:
    lane = review_queue.c.lane
    found = select(lane, func.count(), func.min(review_queue.c.ready_at_ms)).where(review_queue.c.waiting)
    return {Lane(row[0]): Depth(row[1], row[2]) for row in connection.execute(found.group_by(lane))}


def begun_waiting(since_ms: int) -> CompoundSelect[Any]:
    """Return the statement that gives the cases that began to wait for a reviewer since then, and when."""
    waiting = select(review_queue.c.case_id, review_queue.c.ready_at_ms).where(review_queue.c.ready_at_ms > since_ms)
    given = select(assignments.c.case_id, assignments.c.ready_at_ms).where(
        assignments.c.assigned_at_ms > since_ms, assignments.c.ready_at_ms > since_ms, _REAL
    )
    return waiting.union(given)


def _arrivals(connection: Connection, since_ms: int) -> int:
    """Return how many cases began to wait for a reviewer since then."""
    return connection.execute(select(func.count()).select_from(begun_waiting(since_ms).subquery())).scalar_one()
