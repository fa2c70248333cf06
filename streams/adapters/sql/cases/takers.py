"""Who reviews, whether they are at work, and how many cases they have in hand: to whom a case may be handed over."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, exists, func, or_, select
from sqlalchemy import case as case_when

from streams.adapters.sql.tables import accounts, assignments, reviewers
from streams.casework.assignment_ports import Taker

_LASTS = assignments.c.ended_at_ms.is_(None)


def takers_of(connection: Connection, but: str, since_ms: int, limit: int, *, seniors: bool) -> list[Taker]:
    """Return at most ``limit`` who review, without ``but``: those at work first, then by name.

    At work is who works on a case, or asked for one after ``since_ms``. ``seniors``: they alone. Whoever came by a key
    has no account: they are known by having asked, and whether they are a senior is not known.
    """
    who = _people(since_ms, seniors=seniors).subquery()
    works = and_(assignments.c.taken, assignments.c.held_since_ms.is_(None))
    busy = func.sum(case_when((works, 1), else_=0))
    own = select(assignments.c.reviewer, func.count().label("held"), busy.label("busy")).where(_LASTS)
    held = own.group_by(assignments.c.reviewer).subquery()
    here = or_(func.coalesce(reviewers.c.seen_at_ms, 0) > since_ms, func.coalesce(held.c.busy, 0) > 0)
    joined = who.outerjoin(reviewers, reviewers.c.name == who.c.name).outerjoin(held, held.c.reviewer == who.c.name)
    found = (
        select(who.c.name, here.label("here"), func.coalesce(held.c.held, 0).label("in_hand"))
        .select_from(joined)
        .where(who.c.name != but)
        .order_by(here.desc(), who.c.name)
        .limit(limit)
    )
    return [Taker(row.name, bool(row.here), int(row.in_hand)) for row in connection.execute(found)]


def _people(since_ms: int, *, seniors: bool) -> Any:
    role = has_role(accounts, "senior") if seniors else reviews(accounts)
    people = select(accounts.c.name).where(role, accounts.c.closed_at_ms.is_(None))
    if seniors:
        return people
    by_key = ~exists().where(accounts.c.name == reviewers.c.name)
    has_one = exists().where(assignments.c.reviewer == reviewers.c.name, _LASTS)
    lately = or_(reviewers.c.seen_at_ms > since_ms, has_one)
    return people.union(select(reviewers.c.name).where(by_key, lately))


def reviews(table: Table) -> ColumnElement[bool]:
    """Return the condition that an account, or a key, has a role that reviews."""
    return or_(has_role(table, "reviewer"), has_role(table, "senior"))


def has_role(table: Table, role: str) -> ColumnElement[bool]:
    """Return the condition that an account, or a key, has this role."""
    return (" " + table.c.scopes + " ").contains(f" {role} ")
