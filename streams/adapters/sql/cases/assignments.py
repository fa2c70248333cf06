"""Who has which case in hand, and the next case for somebody."""

# Over 250 lines because each question on who has which case in hand is one method here, as in its port.

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    RowMapping,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.cases.golden import SqlGoldens
from streams.adapters.sql.cases.persons import is_person
from streams.adapters.sql.cases.queue_statements import (
    ASSIGNMENT_COLUMNS,
    DRAFT_COLUMNS,
    FIRST_LOOKS,
    PERSON,
    QueueStatements,
    assignment_of,
)
from streams.adapters.sql.cases.reading import CASE_COLUMNS, COLUMNS, as_case, case_to_change
from streams.adapters.sql.cases.takers import reviews, takers_of
from streams.adapters.sql.clusters import ClusterRows
from streams.adapters.sql.round_trip import Later, RoundTrip, Rows, answered
from streams.adapters.sql.tables import accounts, api_keys, assignments, cases, conflicts, drafts, reviewers
from streams.cases.acts import names_of_person, person_of
from streams.cases.case import Case
from streams.cases.quality.golden import GoldenCase
from streams.cases.reviewing.assignment import Assignment, Draft, Reviewer
from streams.cases.reviewing.conflicts import Conflict
from streams.cases.reviewing.ordering import Lane
from streams.casework.assignment_ports import AtWork, Found, InHand, Taker
from streams.errors import NotFound

_LASTS = assignments.c.ended_at_ms.is_(None)


class SqlAssignments:
    """Fulfils :class:`streams.casework.ports.Assignments`."""

    def __init__(
        self, connection: Connection, clusters: ClusterRows, lists: ArrayParameters, made: QueueStatements
    ) -> None:
        self._connection = connection
        self._goldens = SqlGoldens(connection, clusters)
        self._clusters = clusters
        self._lists = lists
        self._made = made

    def asks(self, name: str, at_ms: int, since_ms: int, lease_ms: int) -> tuple[Reviewer, InHand]:
        """Return the reviewer, now noted as at work, with what they have in hand, and what went out after ``since_ms``.

        Until the transaction ends, nobody else asks in this name.
        """
        trip = RoundTrip(self._connection)
        person = {"person": person_of(name)}
        trip.tell(self._made.seen, {"of": name, "at": at_ms})
        skills = trip.ask(self._made.skills, person | {"of": name}, lambda rows: rows[0])
        asked = person | {"since": since_ms, "at": at_ms, "lease": lease_ms}
        in_hand = trip.ask(self._made.in_hand, asked, _in_hand)
        trip.send()
        categories, languages, capacity = skills()
        return Reviewer(
            name=name, categories=tuple(categories.split()), languages=tuple(languages.split()), capacity=capacity
        ), in_hand()

    def reviews(self, name: str) -> bool:
        """Return whether a person or key of this name reviews: they asked before, are described, or have the role."""
        known = exists().where(is_person(reviewers.c.name, name))
        person = exists().where(is_person(accounts.c.name, name), accounts.c.closed_at_ms.is_(None), reviews(accounts))
        of_key = literal("key:") + api_keys.c.name == name
        key = exists().where(of_key, api_keys.c.revoked_at_ms.is_(None), reviews(api_keys))
        return bool(self._connection.execute(select(or_(known, person, key))).scalar())

    def takers(self, but: str, since_ms: int, limit: int, *, seniors: bool) -> list[Taker]:
        """Return at most ``limit`` who review, without ``but``: those at work first, then by name.

        At work is who works on a case, or asked for one after ``since_ms``. ``seniors``: they alone.
        """
        return takers_of(self._connection, but, since_ms, limit, seniors=seniors)

    def next(self, reviewer: Reviewer, lane: Lane | None, at_ms: int, *, senior: bool) -> Found | None:
        """Return the first waiting case that the reviewer may decide; None: there is none.

        A case on which two reviewers differ goes to a ``senior`` alone. Nobody else changes it until the transaction
        ends; cases that another transaction has locked are passed over.
        """
        statement = self._made.next(
            lane=lane is not None,
            categories=bool(reviewer.categories),
            languages=bool(reviewer.languages),
            senior=senior,
        )
        given: dict[str, Any] = {"of": reviewer.name, "at": at_ms}
        given |= dict(zip((name.key for name in PERSON), names_of_person(reviewer.name), strict=True))
        given |= {} if lane is None else {"lane": lane.value}
        for name, skills in (("categories", reviewer.categories), ("languages", reviewer.languages)):
            given |= self._lists.given(skills, name) if skills else {}
        for many in FIRST_LOOKS:
            rows = answered(self._connection, partial(_ask, statement, given | {"many": many}))
            if rows:
                return self._found(rows[0])
        return None

    def _found(self, row: Sequence[Any]) -> Found:
        of_case, (lane, ready_at_ms, linked, *draft) = row[: len(COLUMNS)], row[len(COLUMNS) :]
        case = dict(zip(COLUMNS, of_case, strict=True))
        root = case["request_id"]
        if linked:
            root = self._clusters.around(self._connection, {root}).root(root)
        kept = dict(zip(Draft.__struct_fields__, draft, strict=True))
        return Found(as_case(case, root), Lane(lane), ready_at_ms, None if kept["case_id"] is None else Draft(**kept))

    def at_work(self, reviewer: str, since_ms: int) -> AtWork:
        """Return who is at work: whoever asks, who has a case in hand, and who asked after ``since_ms``."""
        asked = {"person": person_of(reviewer), "since": since_ms}
        busy, free = answered(self._connection, partial(_ask, self._made.at_work, asked))[0]
        return AtWork(1 + busy + free, free)

    def open_of(self, reviewer: str) -> list[Assignment]:
        """Return what the reviewer has in hand, the oldest first."""
        own = select(*ASSIGNMENT_COLUMNS).where(is_person(assignments.c.reviewer, reviewer), _LASTS)
        ordered = own.order_by(assignments.c.assigned_at_ms, assignments.c.assignment_id)
        return [_assignment(row) for row in self._connection.execute(ordered).mappings()]

    def get(self, assignment_id: str) -> tuple[Assignment, Case]:
        """Return an assignment and its case; nobody else changes either until the transaction ends.

        Raises :class:`streams.errors.NotFound` when there is none.
        """
        this = assignments.c.assignment_id == assignment_id
        named = self._connection.execute(select(assignments.c.case_id, assignments.c.golden).where(this)).first()
        if named is None:
            msg = f"there is no assignment {assignment_id}"
            raise NotFound(msg)
        if named.golden:
            case: Case = self._goldens.of_assignment(assignment_id)
        else:
            case = case_to_change(self._connection, self._clusters, named.case_id)
        row = self._connection.execute(select(*ASSIGNMENT_COLUMNS).where(this).with_for_update()).mappings().one()
        return _assignment(row), case

    def known(self, assignment_id: str) -> bool:
        """Return whether there is or was such an assignment."""
        this = select(assignments.c.case_id).where(assignments.c.assignment_id == assignment_id)
        return self._connection.execute(this).scalar() is not None

    def of_case(self, case: Case) -> Assignment | None:
        """Return the assignment that has the case in somebody's hands now; None: nobody has it."""
        if isinstance(case, GoldenCase):
            this = assignments.c.assignment_id == case.assignment_id
        else:
            this = and_(assignments.c.case_id == case.case_id, ~assignments.c.golden)
        found = self._connection.execute(select(*ASSIGNMENT_COLUMNS).where(this, _LASTS)).mappings().first()
        return None if found is None else _assignment(found)

    def due(self, now_ms: int, limit: int) -> list[tuple[Assignment, Case]]:
        """Return up to ``limit`` assignments whose lease ran out, without those that another transaction has locked."""
        statement = (
            select(
                *ASSIGNMENT_COLUMNS,
                assignments.c.golden,
                *(column.label(f"case_{column.name}") for column in CASE_COLUMNS),
            )
            .join_from(assignments, cases, assignments.c.case_id == cases.c.case_id)
            .where(_LASTS, assignments.c.lease_until_ms <= now_ms)
            .order_by(assignments.c.lease_until_ms, assignments.c.assignment_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        rows = self._connection.execute(statement).mappings().all()
        around = self._clusters.around(self._connection, {row["case_request_id"] for row in rows})
        found: list[tuple[Assignment, Case]] = []
        for row in rows:
            case = {column.name: row[f"case_{column.name}"] for column in CASE_COLUMNS}
            own = _assignment({name: row[name] for name in Assignment.__struct_fields__})
            if row["golden"]:
                found.append((own, self._goldens.of_assignment(own.assignment_id)))
            else:
                found.append((own, as_case(case, around.root(case["request_id"]))))
        return found

    def add(self, assignment: Assignment) -> None:
        """Store a new assignment."""
        self._connection.execute(insert(assignments), msgspec.structs.asdict(assignment))

    def renew(self, assignment: Assignment) -> bool:
        """Return whether the lease, the hold and its note were stored; False: the assignment has ended meanwhile."""
        change = update(assignments).where(assignments.c.assignment_id == assignment.assignment_id, _LASTS)
        kept = {name: getattr(assignment, name) for name in ("lease_until_ms", "held_since_ms", "taken", "note")}
        return self._connection.execute(change.values(**kept)).rowcount == 1

    def in_conflict(self, case: Case, names: Collection[str], at_ms: int) -> list[str]:
        """Return those of these persons who may not decide the case, because a conflict of interest is on record."""
        lasts = or_(conflicts.c.until_ms.is_(None), conflicts.c.until_ms > at_ms)
        subjects = {"case": case.case_id, "merchant": case.merchant_id, "buyer": case.buyer_id}
        these = or_(
            *(and_(conflicts.c.scope == scope, conflicts.c.subject_id == each) for scope, each in subjects.items())
        )
        among = self._lists.among(conflicts.c.reviewer)
        found = select(conflicts.c.reviewer).where(among, these, lasts).distinct()
        every = {each for name in names for each in names_of_person(name)}
        persons = {person_of(name) for name in self._connection.execute(found, self._lists.given(every)).scalars()}
        return [name for name in names if person_of(name) in persons]

    def skipped(self, reviewer: str, since_ms: int) -> int:
        """Return how many cases the person skipped after ``since_ms``, without those that concern them."""
        own = conflicts.c.reviewer.in_(names_of_person(reviewer))
        lately = select(func.count()).where(own, conflicts.c.scope == "skipped", conflicts.c.named_at_ms > since_ms)
        return self._connection.execute(lately).scalar_one()

    def name_conflict(self, conflict: Conflict) -> None:
        """Store a conflict of interest, in place of an earlier one of the same person and subject."""
        row = msgspec.structs.asdict(conflict) | {"reviewer": person_of(conflict.reviewer)}
        self._connection.execute(self._made.conflict, row)

    def save_reviewer(self, reviewer: Reviewer, at_ms: int) -> None:
        """Store what a reviewer knows, and how many cases they work on at a time, under each of their names."""
        row = msgspec.structs.asdict(reviewer) | {"seen_at_ms": at_ms}
        row |= {name: " ".join(row[name]) for name in ("categories", "languages")}
        self._connection.execute(self._made.known, row)
        said = {name: row[name] for name in ("categories", "languages", "capacity")}
        self._connection.execute(update(reviewers).where(is_person(reviewers.c.name, reviewer.name)).values(**said))

    def save_draft(self, draft: Draft) -> None:
        """Store a draft in the place of the one before, under whichever name its writer kept that."""
        earlier = _drafts_of(draft.case_id, draft.reviewer), drafts.c.reviewer != draft.reviewer
        self._connection.execute(delete(drafts).where(*earlier))
        self._connection.execute(self._made.draft, msgspec.structs.asdict(draft))

    def drop_draft(self, case_id: str, reviewer: str) -> None:
        """Delete what the reviewer has written on the case."""
        self._connection.execute(delete(drafts).where(_drafts_of(case_id, reviewer)))

    def draft(self, case_id: str, reviewer: str) -> Draft | None:
        """Return what the reviewer has written on the case; None: nothing."""
        own = select(*DRAFT_COLUMNS).where(_drafts_of(case_id, reviewer)).order_by(drafts.c.saved_at_ms.desc())
        row = self._connection.execute(own.limit(1)).mappings().first()
        return None if row is None else Draft(**row)


def _drafts_of(case_id: str, name: str) -> ColumnElement[bool]:
    return and_(drafts.c.case_id == case_id, is_person(drafts.c.reviewer, name))


def _ask(statement: Executable, given: Mapping[str, Any], trip: RoundTrip) -> Later[Rows]:
    return trip.ask(statement, given, list)


def _in_hand(rows: Rows) -> InHand:
    width = len(Assignment.__struct_fields__)
    own = [assignment_of(row[:width]) for row in rows if row[0] is not None]
    return InHand(own, *map(int, rows[0][width:]))


def _assignment(row: RowMapping | Mapping[str, Any]) -> Assignment:
    return Assignment(**{**row, "lane": Lane(row["lane"])})
