"""What people wrote about a person's cases beside the audit trail, and what the judge saw: cleared when the key goes.

Drafts, and the reasons for which reviewers parked a case, gave it back or found a resemblance harmless, stand in tables
in clear. Each is in the trail too, under the person's key, and so must not outlive it. Codes stay: verdict and rule.
"""

from collections.abc import Collection, Iterator
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    Update,
    and_,
    delete,
    func,
    literal_column,
    or_,
    select,
    update,
)

from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.cases.erased_copies import ErasedCopies
from streams.adapters.sql.cases.reading import cases_of
from streams.adapters.sql.kept import forget
from streams.adapters.sql.tables import (
    assignments,
    claims,
    conflicts,
    decisions,
    drafts,
    follow_ups,
    golden_assignments,
    golden_cases,
    harmless_photos,
    kept_evidence,
    verdicts,
)
from streams.cases.acts import Action
from streams.cases.asked import Asked
from streams.cases.looks import Given


class ErasedWords:
    """The statements about persons' words, in the SQL of one database; each call joins the caller's transaction."""

    def __init__(self, lists: ArrayParameters) -> None:
        self._lists = lists
        self._copies = ErasedCopies(lists)
        buyers = select(claims.c.buyer_id).where(lists.among(claims.c.person, "persons"))
        self._conflicts = or_(
            and_(conflicts.c.scope.in_(("case", "skipped")), lists.among(conflicts.c.subject_id)),
            and_(conflicts.c.scope == "buyer", conflicts.c.subject_id.in_(buyers)),
        )

    def clear(self, connection: Connection, persons: Collection[str]) -> None:
        """Clear what was written about the cases of these persons, and forget what the judge saw of their requests."""
        given = self._lists.given(cases_of(connection, self._lists, persons))
        connection.execute(delete(drafts).where(self._lists.among(drafts.c.case_id)), given)
        for table, theirs, parameters in self._notes(given, persons):
            connection.execute(update(table).where(theirs, _noted(table)).values(note=""), parameters)
        self._clear_golden(connection, given)
        self._clear_verdicts(connection, given)
        self._clear_asked(connection, given)
        requests = self._requests(connection, persons)
        forget(connection, self._lists, requests)
        self._copies.clear(connection, cases_of(connection, self._lists, persons), requests)

    def _requests(self, connection: Connection, persons: Collection[str]) -> set[str]:
        found = select(claims.c.request_id).where(self._lists.among(claims.c.person))
        return set(connection.execute(found, self._lists.given(persons)).scalars())

    def left(self, connection: Connection, persons: Collection[str]) -> int:
        """Return how many drafts, notes, copies of them and records of the judge there are of these persons."""
        own = cases_of(connection, self._lists, persons)
        given = self._lists.given(own)
        again = self._lists.among(golden_assignments.c.case_id) & golden_assignments.c.shown.is_not(None)
        counted = [
            (_count(drafts).where(self._lists.among(drafts.c.case_id)), given),
            (_count(golden_assignments).where(again), given),
            (self._judged(), self._lists.given(persons)),
        ]
        for table, theirs, parameters in self._notes(given, persons):
            counted.append((_count(table).where(theirs, _noted(table)), parameters))
        noted = sum(int(connection.execute(one, parameters).scalar_one()) for one, parameters in counted)
        return noted + self._copies.left(connection, own, self._requests(connection, persons))

    def _notes(
        self, of_cases: dict[str, str], persons: Collection[str]
    ) -> Iterator[tuple[Table, ColumnElement[bool], dict[str, str]]]:
        """Give the tables with notes, each with the condition that a row is about these persons, and its parameters."""
        for table in (assignments, harmless_photos):
            yield table, self._lists.among(table.c.case_id), of_cases
        yield conflicts, self._conflicts, of_cases | self._lists.given(persons, "persons")

    def _clear_golden(self, connection: Connection, given: dict[str, str]) -> None:
        """Let nobody be shown these cases as golden ones any more; how far reviewers agreed on them stays."""
        begun, ended = assignments.c.assigned_at_ms, assignments.c.ended_at_ms
        open_ = update(assignments).where(
            self._lists.among(assignments.c.case_id), assignments.c.golden, ended.is_(None)
        )
        connection.execute(open_.values(ended_at_ms=begun, outcome=Action.PHOTOS_ERASED.value), given)
        again = update(golden_assignments).where(self._lists.among(golden_assignments.c.case_id))
        connection.execute(again.values(shown=None, entries="[]", given="[]", due_at_ms=None), given)
        connection.execute(delete(golden_cases).where(self._lists.among(golden_cases.c.case_id)), given)

    def _judged(self) -> Select[Any]:
        same = (claims.c.request_id == decisions.c.request_id) & (claims.c.request_digest == decisions.c.request_digest)
        judged = _count(decisions).join(claims, same)
        judged = judged.join(kept_evidence, kept_evidence.c.kept_id == decisions.c.kept_id)
        return judged.where(self._lists.among(claims.c.person))

    def _clear_verdicts(self, connection: Connection, given: dict[str, str]) -> None:
        found = select(verdicts.c.case_id, verdicts.c.number, verdicts.c.content)
        for row in connection.execute(found.where(self._lists.among(verdicts.c.case_id)), given).all():
            verdict = msgspec.json.decode(row.content, type=Given)
            silent = msgspec.structs.replace(verdict, asked=_silent(verdict.asked), fields={})
            if silent != verdict:
                this = (verdicts.c.case_id == row.case_id, verdicts.c.number == row.number)
                connection.execute(_with(verdicts, "content", silent).where(*this))

    def _clear_asked(self, connection: Connection, given: dict[str, str]) -> None:
        found = select(follow_ups.c.case_id, follow_ups.c.number, follow_ups.c.asked)
        for row in connection.execute(found.where(self._lists.among(follow_ups.c.case_id)), given).all():
            asked = msgspec.json.decode(row.asked, type=tuple[Asked, ...])
            if (silent := _silent(asked)) != asked:
                this = (follow_ups.c.case_id == row.case_id, follow_ups.c.number == row.number)
                connection.execute(_with(follow_ups, "asked", silent).where(*this))


def _noted(table: Table) -> ColumnElement[bool]:
    """Return the condition that a row has a note, written out: an index of those that have one serves no other."""
    found: ColumnElement[bool] = table.c.note != literal_column("''")
    return found


def _count(table: Table) -> Select[Any]:
    return select(func.count()).select_from(table)


def _silent(asked: tuple[Asked, ...]) -> tuple[Asked, ...]:
    return tuple(Asked(one.kind) for one in asked)


def _with(table: Table, column: str, content: object) -> Update:
    return update(table).values({column: msgspec.json.encode(content).decode()})
