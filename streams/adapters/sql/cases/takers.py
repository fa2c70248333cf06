"""Who reviews, whether they are at work, and how many cases they have in hand: to whom a case may be handed over."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, String, Subquery, Table, and_, bindparam, func, or_, select
from sqlalchemy import case as case_when

from streams.adapters.sql.cases.persons import person_in
from streams.adapters.sql.tables import accounts, assignments, reviewers
from streams.cases.acts import LOCAL, person_of
from streams.casework.assignment_ports import Taker

_LASTS = assignments.c.ended_at_ms.is_(None)


def takers_of(connection: Connection, but: str, since_ms: int, limit: int, *, seniors: bool) -> list[Taker]:
    """Return at most ``limit`` who review, without ``but``, each person once: those at work first, then by name.

    At work is who works on a case, or asked for one after ``since_ms``. ``seniors``: they alone. Whoever came by a key
    has no account: they are known by having asked, and whether they are a senior is not known.
    """
    who = _people(since_ms, seniors=seniors)
    works = and_(assignments.c.taken, assignments.c.held_since_ms.is_(None))
    busy = func.sum(case_when((works, 1), else_=0))
    holder, seen_as = (person_in(column).label("person") for column in (assignments.c.reviewer, reviewers.c.name))
    held = select(holder, func.count().label("held"), busy.label("busy")).where(_LASTS).group_by(holder).subquery()
    seen = select(seen_as, func.max(reviewers.c.seen_at_ms).label("at_ms")).group_by(seen_as).subquery()
    here = or_(func.coalesce(seen.c.at_ms, 0) > since_ms, func.coalesce(held.c.busy, 0) > 0)
    joined = who.outerjoin(seen, seen.c.person == who.c.person).outerjoin(held, held.c.person == who.c.person)
    found = (
        select(who.c.name, here.label("here"), func.coalesce(held.c.held, 0).label("in_hand"))
        .select_from(joined)
        .where(who.c.person != bindparam(None, person_of(but), type_=String))
        .order_by(here.desc(), who.c.name)
        .limit(limit)
    )
    return [Taker(row.name, bool(row.here), int(row.in_hand)) for row in connection.execute(found)]


def _people(since_ms: int, *, seniors: bool) -> Subquery:
    """Return who reviews, each person once, and under which of their names: that of an account, where there is one."""
    names = _names(since_ms, seniors=seniors).subquery()
    person = person_in(names.c.name)
    of_account = func.min(names.c.name).filter(~names.c.name.startswith(LOCAL))
    name = func.coalesce(of_account, func.min(names.c.name))
    return select(person.label("person"), name.label("name")).group_by(person).subquery()


def _names(since_ms: int, *, seniors: bool) -> Any:
    role = has_role(accounts, "senior") if seniors else reviews(accounts)
    people = select(accounts.c.name).where(role, accounts.c.closed_at_ms.is_(None))
    if seniors:
        return people
    person = person_in(reviewers.c.name)
    by_key = person.not_in(select(person_in(accounts.c.name)))
    has_one = person.in_(select(person_in(assignments.c.reviewer)).where(_LASTS))
    lately = or_(reviewers.c.seen_at_ms > since_ms, has_one)
    return people.union(select(reviewers.c.name).where(by_key, lately))


def reviews(table: Table) -> ColumnElement[bool]:
    """Return the condition that an account, or a key, has a role that reviews."""
    return or_(has_role(table, "reviewer"), has_role(table, "senior"))


def has_role(table: Table, role: str) -> ColumnElement[bool]:
    """Return the condition that an account, or a key, has this role."""
    return (" " + table.c.scopes + " ").contains(f" {role} ")
