"""Names of people in columns, compared as persons: whoever acts under two names is one."""

from sqlalchemy import ColumnElement, String, bindparam, func, or_, select
from sqlalchemy import case as sql_case

from streams.adapters.sql.tables import reviewers
from streams.cases.acts import LOCAL, names_of_person, person_of


def person_in(column: ColumnElement[str]) -> ColumnElement[str]:
    """Return the person whose name a column holds, as :func:`streams.cases.acts.person_of` has them.

    Of letters beyond ASCII a database may leave capitals as they are; who gives a verdict is checked again.
    """
    plain = sql_case((func.substr(column, 1, len(LOCAL)) == LOCAL, func.substr(column, len(LOCAL) + 1)), else_=column)
    return func.lower(plain)


def is_person(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """Return the condition that a column names the person who acts as ``name``."""
    return person_in(column) == bindparam(None, person_of(name), type_=String)


def is_reviewer(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """Return the same where the column has an index to be found by, and holds names of those who asked for cases."""
    known = select(reviewers.c.name).where(is_person(reviewers.c.name, name))
    return or_(column.in_(names_of_person(name)), column.in_(known))
