"""Lists as one parameter, an array on PostgreSQL and JSON on SQLite, so that the text of a statement never changes."""

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import String


class Lists:
    """How statements of one database take a list of texts; the parameter is called ``list`` unless said otherwise."""

    def __init__(self, dialect: str) -> None:
        self.postgresql = dialect == "postgresql"

    def among(self, column: ColumnElement[str], name: str = "list") -> ColumnElement[bool]:
        """Return the condition that ``column`` is in the list."""
        if self.postgresql:
            return column == any_(bindparam(name, type_=ARRAY(String)))
        return column.in_(select(func.json_each(bindparam(name)).table_valued("value").c.value))

    def rows(self, column: str, name: str = "list") -> str:
        """Return the SELECT that gives the list as rows of one column."""
        if self.postgresql:
            return f"SELECT {column} FROM unnest(CAST(:{name} AS text[])) AS listed ({column})"  # noqa: S608 - our names
        return f"SELECT value AS {column} FROM json_each(:{name})"  # noqa: S608 - our names

    def given(self, values: Iterable[str], name: str = "list") -> dict[str, Any]:
        """Return the parameter for a list."""
        return {name: list(values) if self.postgresql else msgspec.json.encode(list(values)).decode()}
