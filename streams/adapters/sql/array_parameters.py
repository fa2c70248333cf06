"""Lists as one parameter, a JSON text on both databases, so that the text of a statement never changes.

A PostgreSQL array would do as well, but making one costs the worker more than all else that it passes.
"""

from collections.abc import Iterable

import msgspec
from sqlalchemy import Text, any_, bindparam, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.sql import ColumnElement, FromClause


def one_of(column: ColumnElement[str], words: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that ``column`` is one of these words, for statements of a round trip.

    A list of plain values is spelled out by SQLAlchemy only when it runs the statement, and here the driver does.
    """
    return column.in_([literal(word) for word in sorted(words)])


class ArrayParameters:
    """How statements of one database take a list of texts; the parameter is called ``list`` unless said otherwise."""

    def __init__(self, dialect: str) -> None:
        self.postgresql = dialect == "postgresql"

    def among(self, column: ColumnElement[str], name: str = "list") -> ColumnElement[bool]:
        """Return the condition that ``column`` is in the list."""
        if self.postgresql:
            return column == any_(func.array(select(self.table("listed", name).c.listed).scalar_subquery()))
        return column.in_(select(self.table("value", name).c.value))

    def table(self, column: str, name: str = "list") -> FromClause:
        """Return the list as a table of one column."""
        if self.postgresql:
            elements = func.json_array_elements_text(cast(bindparam(name, type_=Text), JSON))
            return elements.table_valued(column).render_derived()
        return func.json_each(bindparam(name)).table_valued(column)

    def rows(self, column: str, name: str = "list") -> str:
        """Return the SELECT that gives the list as rows of one column."""
        if self.postgresql:
            return f"SELECT {column} FROM json_array_elements_text(CAST(:{name} AS json)) AS listed ({column})"  # noqa: S608 - our names
        return f"SELECT value AS {column} FROM json_each(:{name})"  # noqa: S608 - our names

    def given(self, values: Iterable[str], name: str = "list") -> dict[str, str]:
        """Return the parameter for a list."""
        return {name: msgspec.json.encode(list(values)).decode()}
