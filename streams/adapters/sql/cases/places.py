"""The places of cases that wait for a reviewer, and the ends of assignments: both follow from where cases go.

The only writer of cases calls this with every transition, so no verb can forget a case in the queue or in somebody's
hands.
"""

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import Column, Connection, Dialect, bindparam, delete, func, select, update

from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.bulk_insert import BulkInsert
from streams.adapters.sql.tables import assignments, review_queue
from streams.cases.acts import Action
from streams.cases.ordering import WAITING, Place, Turns
from streams.cases.states import CaseState
from streams.cases.transitions import Transition

_BY_PARTIES = frozenset({Action.STATEMENT_MADE, Action.OBJECTED, Action.APPEALED})

_END = (
    update(assignments)
    .where(assignments.c.case_id == bindparam("of_case"), assignments.c.ended_at_ms.is_(None))
    .values(ended_at_ms=bindparam("at_ms"), outcome=bindparam("act"))
)


class Places:
    """Keeps the queue."""

    def __init__(self, dialect: Dialect, lists: ArrayParameters) -> None:
        self._lists = lists
        self._insert = BulkInsert(dialect, review_queue, Place.__struct_fields__, replacing=True)

    def follow(self, connection: Connection, transitions: Sequence[Transition]) -> None:
        """Store what the transitions mean for the queue and for who has a case in hand."""
        moved = [each for each in transitions if each.before is not None and each.after is not each.before]
        ended = [each for each in moved if _was_assigned(each) and not _stays(each)]
        if ended:
            connection.execute(_END, [_end(each) for each in ended])
        self._enter(connection, [each for each in moved if each.after.state in WAITING and not _back(each)])
        self._set(connection, [each for each in moved if _back(each)], waiting=True)
        self._set(connection, [each for each in moved if _is_assigned(each) and not _was_assigned(each)], waiting=False)
        left = [each.after.case_id for each in moved if _left(each)]
        if left:
            gone = delete(review_queue).where(self._lists.among(review_queue.c.case_id))
            connection.execute(gone, self._lists.given(left))

    def _enter(self, connection: Connection, transitions: Sequence[Transition]) -> None:
        if not transitions:
            return
        cases = [each.after for each in transitions]
        turns = Turns(
            self._last_starts(connection, review_queue.c.cluster_id, {case.cluster_id for case in cases}),
            self._last_starts(connection, review_queue.c.person, {case.person for case in cases}),
        )
        places = [turns.place(each.after, each.entries[-1].at_ms, _words(each)) for each in transitions]
        self._insert.run(connection, [msgspec.structs.asdict(place) for place in places])

    def _set(self, connection: Connection, transitions: Sequence[Transition], *, waiting: bool) -> None:
        if transitions:
            change = update(review_queue).where(self._lists.among(review_queue.c.case_id)).values(waiting=waiting)
            connection.execute(change, self._lists.given([each.after.case_id for each in transitions]))

    def _last_starts(self, connection: Connection, column: Column[str], values: Collection[str]) -> dict[str, int]:
        last = select(column, func.max(review_queue.c.start_at_ms)).where(self._lists.among(column)).group_by(column)
        return {row[0]: row[1] for row in connection.execute(last, self._lists.given(values))}


def _was_assigned(each: Transition) -> bool:
    return each.before is not None and each.before.state is CaseState.ASSIGNED


def _is_assigned(each: Transition) -> bool:
    return each.after.state is CaseState.ASSIGNED


def _stays(each: Transition) -> bool:
    return each.before is not None and _is_assigned(each) and each.after.assignee == each.before.assignee


def _back(each: Transition) -> bool:
    """Whether a reviewer gave the case back: it has the place that it had."""
    return _was_assigned(each) and each.after.state is CaseState.READY


def _left(each: Transition) -> bool:
    before = each.before
    waited = before is not None and (before.state in WAITING or before.state is CaseState.ASSIGNED)
    return waited and not _is_assigned(each) and each.after.state not in WAITING


def _end(each: Transition) -> dict[str, object]:
    last = each.entries[-1]
    return {"of_case": each.after.case_id, "at_ms": last.at_ms, "act": last.action}


def _words(each: Transition) -> list[str]:
    said = [msgspec.json.decode(entry.payload) for entry in each.entries if entry.action in _BY_PARTIES]
    return [str(entry.get("note", "")) for entry in said]
