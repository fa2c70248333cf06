"""The places of cases that wait for a reviewer, and the ends of assignments: both follow from where cases go.

The only writer of cases calls this with every transition, so no verb can forget a case in the queue or in somebody's
hands.
"""

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import Column, Dialect, func, select

from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.bulk_insert import BulkInsert, Row
from streams.adapters.sql.bulk_update import BulkDelete, BulkUpdate
from streams.adapters.sql.round_trip import Later, RoundTrip
from streams.adapters.sql.tables import assignments, review_queue
from streams.cases.acts import Action
from streams.cases.reviewing.ordering import WAITING, Place, Turns
from streams.cases.states import CaseState
from streams.cases.transitions import Transition

_BY_PARTIES = frozenset({Action.STATEMENT_MADE, Action.OBJECTED, Action.APPEALED})


class Places:
    """Keeps the queue."""

    def __init__(self, dialect: Dialect, lists: ArrayParameters) -> None:
        self._lists = lists
        self._insert = BulkInsert(dialect, review_queue, Place.__struct_fields__, replacing=True)
        self._waiting = BulkUpdate(dialect, review_queue, "case_id", (), ["waiting"])
        self._delete = BulkDelete(dialect, review_queue, "case_id")
        end = ["ended_at_ms", "outcome"]
        lasts = "assignments.ended_at_ms IS NULL AND NOT assignments.golden"
        self._end = BulkUpdate(dialect, assignments, "case_id", (), end, lasts)
        self._starts = {
            column: select(column, func.max(review_queue.c.start_at_ms)).where(lists.among(column)).group_by(column)
            for column in (review_queue.c.cluster_id, review_queue.c.person)
        }

    def turns(self, trip: RoundTrip, transitions: Sequence[Transition]) -> Later[Turns]:
        """Return, once the trip was sent, whose turn it was when, of those who get a place by the transitions."""
        cases = [each.after for each in transitions if _enters(each)]
        if not cases:
            return lambda: Turns({}, {})
        clusters = self._last_starts(trip, review_queue.c.cluster_id, {case.cluster_id for case in cases})
        persons = self._last_starts(trip, review_queue.c.person, {case.person for case in cases})
        return lambda: Turns(clusters(), persons())

    def follow(self, transitions: Sequence[Transition], turns: Turns, writes: RoundTrip) -> None:
        """Add to ``writes`` what the transitions mean for the queue and for who has a case in hand."""
        moved = [each for each in transitions if _moved(each)]
        writes.write(self._end, [_end(each) for each in moved if _was_assigned(each) and not _stays(each)])
        entering = [
            turns.place(each.after, each.entries[-1].at_ms, _words(each)) for each in transitions if _enters(each)
        ]
        writes.write(self._insert, [msgspec.structs.asdict(place) for place in entering])
        back = [_row(each, waiting=True) for each in moved if _back(each)]
        taken = [_row(each, waiting=False) for each in moved if _is_assigned(each) and not _was_assigned(each)]
        writes.write(self._waiting, back + taken)
        writes.write(self._delete, [{"case_id": each.after.case_id} for each in moved if _left(each)])

    def _last_starts(self, trip: RoundTrip, column: Column[str], values: Collection[str]) -> Later[dict[str, int]]:
        return trip.ask(self._starts[column], self._lists.given(values), lambda rows: {row[0]: row[1] for row in rows})


def _moved(each: Transition) -> bool:
    return each.before is not None and each.after is not each.before


def _enters(each: Transition) -> bool:
    """Whether the case begins to wait for a reviewer."""
    return _moved(each) and len(each.way) > 1 and each.after.state in WAITING and not _back(each)


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


def _end(each: Transition) -> Row:
    last = each.entries[-1]
    return {"case_id": each.after.case_id, "ended_at_ms": last.at_ms, "outcome": last.action}


def _row(each: Transition, *, waiting: bool) -> Row:
    return {"case_id": each.after.case_id, "waiting": waiting}


def _words(each: Transition) -> list[str]:
    said = [msgspec.json.decode(entry.payload) for entry in each.entries if entry.action in _BY_PARTIES]
    return [str(entry.get("note", "")) for entry in said]
