"""Golden cases as their reviewers see them: read, told apart from what they are, and changed beside the case."""

from collections.abc import Collection, Iterable, Sequence

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, and_, exists, or_, select, update

from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.cases.persons import is_person, is_reviewer
from streams.adapters.sql.cases.reading import CASE_COLUMNS, as_case
from streams.adapters.sql.clusters import ClusterRows
from streams.adapters.sql.tables import assignments, cases, golden_assignments, golden_cases
from streams.cases.asked import Asked
from streams.cases.audit import EntryContent
from streams.cases.case import Case
from streams.cases.looks import Look, VerdictRecord
from streams.cases.quality.golden import GoldenCase, GoldenView, Viewer, second_verdict_due_ms
from streams.cases.reviewing.review import changed
from streams.cases.states import CaseState
from streams.cases.transitions import Transition
from streams.errors import NotFound

MARKED = golden_cases.c.removed_at_ms.is_(None)
OWN = ("assignment_id", "moved_ms", "until_ms", "until_seq", "request_known_as", "order_known_as")
CLOSED = cases.c.state == CaseState.CLOSED.value
_COLUMNS = [golden_assignments.c[name].label(f"golden_{name}") for name in (*OWN, "shown", "entries", "given")]


class _Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What of a golden case is shown otherwise than it is."""

    state: CaseState
    version: int
    changes: int
    opened_at_ms: int
    due_at_ms: int | None
    verdict: str | None
    decided_at_ms: int | None
    assignee: str | None
    look: Look
    asked: tuple[Asked, ...]


def apply_golden(connection: Connection, transitions: Iterable[Transition]) -> list[Transition]:
    """Store what was done to golden cases, and return the transitions of all others.

    :class:`streams.errors.CaseChanged` where a golden one is not as it was read.
    """
    others = []
    for done in transitions:
        if isinstance(done.after, GoldenCase):
            _apply(connection, done, done.after)
        else:
            others.append(done)
    return others


def _apply(connection: Connection, done: Transition, after: GoldenCase) -> None:
    before = done.before or after
    this = golden_assignments.c.assignment_id == after.assignment_id
    was = and_(this, golden_assignments.c.changes == before.changes, golden_assignments.c.shown.is_not(None))
    kept = select(golden_assignments.c.entries, golden_assignments.c.given).where(was).with_for_update()
    row = connection.execute(kept).first()
    if row is None:
        raise changed([after.case_id])
    entries, given = (*_entries(row.entries), *done.entries), _given(row.given)
    given = given if done.given is None else (*given, done.given)
    connection.execute(update(golden_assignments).where(this).values(**written(after, entries, given)))
    if before.state is CaseState.ASSIGNED and after.assignee != before.assignee:
        last, lasts = done.entries[-1], assignments.c.ended_at_ms.is_(None)
        ended = update(assignments).where(assignments.c.assignment_id == after.assignment_id, lasts)
        connection.execute(ended.values(ended_at_ms=last.at_ms, outcome=last.action))


def view_of(connection: Connection, rows: ClusterRows, case_id: str, name: str) -> GoldenView | None:
    """Return a golden case as somebody sees it who has or had it, with what they did; None: they never had it."""
    own = (golden_assignments.c.case_id == case_id, is_person(golden_assignments.c.reviewer, name))
    found = views(connection, rows, *own, CLOSED)
    return found[0] if found else None


def seen_by(connection: Connection, rows: ClusterRows, case: Case, viewer: Viewer) -> GoldenView | None:
    """Return the case as ``viewer`` sees it, where that is otherwise than it is.

    :class:`NotFound` where they must not know of it: it is golden, and may be given to them.
    """
    if case.state is not CaseState.CLOSED:
        return None
    own = and_(golden_assignments.c.case_id == case.case_id, is_person(golden_assignments.c.reviewer, viewer.name))
    marked = and_(golden_cases.c.case_id == case.case_id, MARKED)
    had, golden = connection.execute(select(exists().where(own), exists().where(marked))).one()
    if had and (found := view_of(connection, rows, case.case_id, viewer.name)) is not None:
        return found
    if golden and not viewer.senior:
        msg = f"there is no case {case.case_id}"
        raise NotFound(msg)
    return None


def views_of(connection: Connection, rows: ClusterRows, name: str) -> list[GoldenView]:
    """Return every golden case that somebody has or had in hand, as they see it."""
    return views(connection, rows, is_reviewer(golden_assignments.c.reviewer, name), CLOSED)


def golden_among(
    connection: Connection, rows: ClusterRows, lists: ArrayParameters, requests: Collection[str], viewer: Viewer
) -> dict[str, GoldenCase | None]:
    """Return those of these requests whose case is golden, each as the viewer sees it; None: they must not know it."""
    among = select(cases.c.request_id).join_from(golden_cases, cases, golden_cases.c.case_id == cases.c.case_id)
    marked = among.where(lists.among(cases.c.request_id), MARKED, CLOSED)
    if not requests:
        return {}
    found: dict[str, GoldenCase | None] = {}
    if not viewer.senior:
        found |= dict.fromkeys(connection.execute(marked, lists.given(requests)).scalars())
    own = (view.case for view in views_of(connection, rows, viewer.name))
    return found | {case.request_id: case for case in own if case.request_id in requests}


def not_as_it_is(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that a case is not shown to ``viewer`` as it is: it is golden, or was when they had it."""
    had = golden_assignments.c.shown.is_not(None) & is_person(golden_assignments.c.reviewer, viewer.name)
    hidden = exists().where(golden_assignments.c.case_id == cases.c.case_id, had)
    marked = exists().where(golden_cases.c.case_id == cases.c.case_id, MARKED)
    return CLOSED & (hidden if viewer.senior else or_(hidden, marked))


def views(
    connection: Connection, rows: ClusterRows, *which: ColumnElement[bool], limit: int | None = None
) -> list[GoldenView]:
    """Return the golden cases whose assignments are such, as their reviewers see them."""
    statement = (
        select(*CASE_COLUMNS, *_COLUMNS)
        .join_from(golden_assignments, cases, golden_assignments.c.case_id == cases.c.case_id)
        .where(golden_assignments.c.shown.is_not(None), *which)
        .order_by(golden_assignments.c.assignment_id)
        .limit(limit)
    )
    found = connection.execute(statement).mappings().all()
    around = rows.around(connection, {row["request_id"] for row in found}) if found else None
    return [_view(row, row["request_id"] if around is None else around.root(row["request_id"])) for row in found]


def _view(row: RowMapping, cluster_id: str) -> GoldenView:
    case = as_case({column.name: row[column.name] for column in CASE_COLUMNS}, cluster_id)
    shown = msgspec.structs.asdict(msgspec.json.decode(row["golden_shown"], type=_Shown))
    own = {name: row[f"golden_{name}"] for name in OWN}
    own["request_known_as"] = own["request_known_as"] or case.request_id
    own["order_known_as"] = own["order_known_as"] or case.order_id
    golden = GoldenCase(**(msgspec.structs.asdict(case) | shown | own))
    return GoldenView(golden, _entries(row["golden_entries"]), _given(row["golden_given"]))


def written(case: GoldenCase, entries: Sequence[EntryContent], given: Sequence[VerdictRecord]) -> dict[str, object]:
    """Return how a golden case is stored; the first verdict that decides something is the one that counts."""
    answer = next((one for one in given if one.given.verdict != "MORE_EVIDENCE"), None)
    shown = _Shown(**{name: getattr(case, name) for name in _Shown.__struct_fields__})
    return {
        "changes": case.changes,
        "due_at_ms": second_verdict_due_ms(case, given) if case.due_at_ms is None else case.due_at_ms,
        "shown": msgspec.json.encode(shown).decode(),
        "entries": msgspec.json.encode(entries).decode(),
        "given": msgspec.json.encode(given).decode(),
        "verdict": None if answer is None else answer.given.verdict,
        "decided_at_ms": None if answer is None else answer.at_ms,
    }


def _entries(text: str) -> tuple[EntryContent, ...]:
    return msgspec.json.decode(text, type=tuple[EntryContent, ...])


def _given(text: str) -> tuple[VerdictRecord, ...]:
    return msgspec.json.decode(text, type=tuple[VerdictRecord, ...])
