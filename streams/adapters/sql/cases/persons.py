"""Names of people in columns, compared as persons: whoever acts under two names is one."""

from sqlalchemy import ColumnElement, String, bindparam, func
from sqlalchemy import case as sql_case

from streams.cases.acts import LOCAL, person_of


def person_in(column: ColumnElement[str]) -> ColumnElement[str]:
    """Return the person whose name a column holds, as :func:`streams.cases.acts.person_of` has them.

    Of letters beyond ASCII a database may leave capitals as they are; who gives a verdict is checked again.
    """
    plain = sql_case((func.substr(column, 1, len(LOCAL)) == LOCAL, func.substr(column, len(LOCAL) + 1)), else_=column)
    return func.lower(plain)


def is_person(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """Return the condition that a column names the person who acts as ``name``."""
    return person_in(column) == bindparam(None, person_of(name), type_=String)
