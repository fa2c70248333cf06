"""Golden cases: which are marked, who has which in hand, and what of it is kept: beside the case, never on it."""

from typing import Any, cast

import msgspec
from sqlalchemy import ColumnElement, Connection, exists, func, insert, or_, select, update
from sqlalchemy import case as sql_case

from streams.adapters.sql.cases.golden_views import CLOSED, MARKED, OWN, view_of, views, written
from streams.adapters.sql.cases.persons import is_person
from streams.adapters.sql.cases.queue_statements import in_conflict
from streams.adapters.sql.cases.reading import CASE_COLUMNS, as_case
from streams.adapters.sql.clusters import ClusterRows
from streams.adapters.sql.tables import (
    assignments,
    audit,
    case_evidence,
    cases,
    clusters,
    golden_assignments,
    golden_cases,
    photo_views,
)
from streams.cases.acts import names_of_person
from streams.cases.case import Case
from streams.cases.quality.golden import GoldenCase, GoldenMark, GoldenTally, GoldenView, waiting
from streams.cases.quality.golden_names import Ids
from streams.cases.reviewing.assignment import Assignment, Reviewer
from streams.cases.transitions import Transition
from streams.errors import NotFound

IDS_AT_MOST = 20
"""How many cases, before and after a time, are looked at for an id of the form of a golden case's."""

_MARK_COLUMNS = [golden_cases.c[name] for name in GoldenMark.__struct_fields__]


class SqlGoldens:
    """Fulfils :class:`streams.casework.golden_ports.Goldens`."""

    def __init__(self, connection: Connection, rows: ClusterRows) -> None:
        self._connection = connection
        self._clusters = rows

    def alone(self, case: Case) -> bool:
        """Return whether the case shares no picture with another one, whose reviewers would know of it."""
        linked = select(clusters.c.request_id).where(clusters.c.request_id == case.request_id)
        return self._connection.execute(linked).first() is None

    def tally(self, case_id: str) -> GoldenTally | None:
        """Return a golden case with how reviewers decided it; None: it is not golden."""
        return next(iter(self._tallies(golden_cases.c.case_id == case_id)), None)

    def add(self, mark: GoldenMark) -> None:
        """Store a mark, in the place of one that was removed."""
        self._connection.execute(golden_cases.delete().where(golden_cases.c.case_id == mark.case_id))
        self._connection.execute(insert(golden_cases), msgspec.structs.asdict(mark))

    def remove(self, case_id: str, at_ms: int) -> None:
        """Store that a case is golden no longer; whoever has it in hand goes on."""
        gone = update(golden_cases).where(golden_cases.c.case_id == case_id, MARKED)
        self._connection.execute(gone.values(removed_at_ms=at_ms))

    def tallies(self) -> list[GoldenTally]:
        """Return the golden cases, the newest mark first, each with how reviewers decided it."""
        return self._tallies()

    def _tallies(self, *which: ColumnElement[bool]) -> list[GoldenTally]:
        verdict, right = golden_assignments.c.verdict, golden_assignments.c.right_verdict
        found = (
            select(
                *_MARK_COLUMNS,
                func.count(verdict).label("answers"),
                func.coalesce(func.sum(sql_case((verdict == right, 1), else_=0)), 0).label("agreed"),
            )
            .outerjoin_from(golden_cases, golden_assignments, golden_cases.c.case_id == golden_assignments.c.case_id)
            .where(MARKED, *which)
            .group_by(*_MARK_COLUMNS)
            .order_by(golden_cases.c.marked_at_ms.desc(), golden_cases.c.case_id)
        )
        return [
            GoldenTally(
                mark=GoldenMark(**{name: row[name] for name in GoldenMark.__struct_fields__}),
                answers=row["answers"],
                agreed=int(row["agreed"]),
            )
            for row in self._connection.execute(found).mappings()
        ]

    def next(self, reviewer: Reviewer, assignment_id: str, at_ms: int) -> GoldenCase | None:
        """Return, of the golden cases that this reviewer may get, the one that fewest had; None: there is none."""
        had = select(func.count()).where(golden_assignments.c.case_id == cases.c.case_id).scalar_subquery()
        found = self._marked(*_fit_for(reviewer, at_ms)).order_by(had, cases.c.case_id).limit(1)
        return self._waiting(found, assignment_id, at_ms)

    def again(self, case: GoldenCase, assignment_id: str, at_ms: int) -> GoldenCase | None:
        """Return the golden case as it waits for one more reviewer, under the same ids; None: it is not golden now."""
        found = self._waiting(self._marked(cases.c.case_id == case.case_id), assignment_id, at_ms)
        if found is None:
            return None
        ids = {"request_known_as": case.request_known_as, "order_known_as": case.order_known_as}
        return msgspec.structs.replace(found, **ids)

    def knows(self, case_id: str, name: str) -> bool:
        """Return whether somebody had the golden case before, or did anything on it before it was golden."""
        return bool(self._connection.execute(select(_knows(case_id, name))).scalar())

    def went_in_place_of(self, case_id: str, name: str) -> bool:
        """Return whether somebody was given a golden case in the place of this waiting one before."""
        own = (is_person(golden_assignments.c.reviewer, name), golden_assignments.c.in_place_of == case_id)
        return bool(self._connection.execute(select(exists().where(*own))).scalar())

    def begin(self, assignment: Assignment, done: Transition, in_place_of: str | None) -> None:
        """Store that a golden case is in somebody's hands from here on, who would have been given another one."""
        case = cast("GoldenCase", done.after)  # a verb returns the kind of case that it was given
        right = select(golden_cases.c.verdict, golden_cases.c.rule).where(golden_cases.c.case_id == case.case_id)
        row = self._connection.execute(right).one()
        self._connection.execute(insert(assignments), msgspec.structs.asdict(assignment) | {"golden": True})
        kept: dict[str, object] = {"reviewer": assignment.reviewer, "in_place_of": in_place_of}
        kept |= {"right_verdict": row.verdict, "right_rule": row.rule}
        kept |= {name: getattr(case, name) for name in ("case_id", *OWN)}
        self._connection.execute(insert(golden_assignments), kept | written(case, done.entries, ()))

    def of(self, case_id: str, name: str) -> GoldenCase | None:
        """Return the golden case as somebody has or had it in hand; None: they never had it."""
        found = view_of(self._connection, self._clusters, case_id, name)
        return None if found is None else found.case

    def of_assignment(self, assignment_id: str) -> GoldenCase:
        """Return the golden case of an assignment; :class:`NotFound` where what was shown of it was erased."""
        found = views(self._connection, self._clusters, golden_assignments.c.assignment_id == assignment_id)
        if not found:
            msg = f"there is no assignment {assignment_id}"
            raise NotFound(msg)
        return found[0].case

    def view(self, case: GoldenCase) -> GoldenView:
        """Return the case with what its reviewer did to it."""
        [found] = views(self._connection, self._clusters, golden_assignments.c.assignment_id == case.assignment_id)
        return found

    def due(self, now_ms: int, limit: int) -> list[Case]:
        """Return at most ``limit`` golden cases on which a wait ended, as their reviewers see them."""
        passed = golden_assignments.c.due_at_ms <= now_ms
        return [found.case for found in views(self._connection, self._clusters, passed, limit=limit)]

    def _marked(self, *which: ColumnElement[bool]) -> Any:
        found = select(*CASE_COLUMNS, *(column.label(f"mark_{column.name}") for column in _MARK_COLUMNS))
        joined = found.join_from(golden_cases, cases, golden_cases.c.case_id == cases.c.case_id)
        return joined.where(MARKED, CLOSED, cases.c.verdict == golden_cases.c.verdict, *which)

    def _waiting(self, statement: Any, assignment_id: str, at_ms: int) -> GoldenCase | None:
        row = self._connection.execute(statement).mappings().first()
        if row is None:
            return None
        kept = GoldenMark(**{name: row[f"mark_{name}"] for name in GoldenMark.__struct_fields__})
        case = as_case({column.name: row[column.name] for column in CASE_COLUMNS}, row["request_id"])
        opened_ms = case.opened_at_ms + at_ms - kept.until_ms
        return waiting(case, kept, assignment_id, at_ms, self._ids_of_about(opened_ms, case))

    def _ids_of_about(self, opened_ms: int, case: Case) -> list[Ids]:
        """Return the ids of other cases that were opened about a time, the nearest first."""
        opened = cases.c.opened_at_ms
        other = select(opened, cases.c.request_id, cases.c.order_id).where(cases.c.case_id != case.case_id)
        before = other.where(opened <= opened_ms).order_by(opened.desc(), cases.c.case_id.desc())
        after = other.where(opened > opened_ms).order_by(opened, cases.c.case_id)
        rows = [row for each in (before, after) for row in self._connection.execute(each.limit(IDS_AT_MOST))]
        return [Ids(row.request_id, row.order_id) for row in sorted(rows, key=lambda row: abs(row[0] - opened_ms))]


def _fit_for(reviewer: Reviewer, at_ms: int) -> list[ColumnElement[bool]]:
    """Return the conditions that a marked case may be given to a reviewer, who then has nothing to know it by."""
    found = [
        exists().where(case_evidence.c.case_id == cases.c.case_id),
        ~exists().where(clusters.c.request_id == cases.c.request_id),
        ~in_conflict(cases.c, names_of_person(reviewer.name), at_ms),
        ~_knows(cases.c.case_id, reviewer.name),
    ]
    if reviewer.categories:
        found.append(cases.c.category.in_(reviewer.categories))
    if reviewer.languages:
        found.append(golden_cases.c.language.in_(("", *reviewer.languages)))
    return found


def _knows(case_id: ColumnElement[str] | str, name: str) -> ColumnElement[bool]:
    """Return the condition that somebody had a golden case, acted on it before it was one, or looked at its photos."""
    return or_(
        exists().where(golden_assignments.c.case_id == case_id, is_person(golden_assignments.c.reviewer, name)),
        exists().where(audit.c.case_id == case_id, is_person(audit.c.actor, name)),
        exists().where(photo_views.c.subject_id == case_id, is_person(photo_views.c.viewer, name)),
    )
