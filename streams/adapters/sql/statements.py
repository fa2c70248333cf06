"""Statements that the two databases want spelled differently."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    Connection,
    Dialect,
    Engine,
    Insert,
    LargeBinary,
    String,
    Table,
    TextClause,
    insert,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite

Row = Mapping[str, Any]


def insert_on_conflict(engine: Engine, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT into ``table`` that can say what to do on a conflict."""
    return postgresql.insert(table) if engine.dialect.name == "postgresql" else sqlite.insert(table)


def insert_or_leave(engine: Engine, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT into ``table`` that leaves a row that is there already as it is."""
    return insert_on_conflict(engine, table).on_conflict_do_nothing()


class BulkInsert:
    """Inserts many rows into the named columns of one table.

    SQLite takes row after row in the same process. PostgreSQL gets all of them as one JSON document in one statement,
    which costs it a third of what a statement a row does. With ``replacing`` a row takes the place of the one that has
    its key.
    """

    def __init__(self, dialect: Dialect, table: Table, columns: Sequence[str], *, replacing: bool = False) -> None:
        self._as_json = dialect.name == "postgresql"
        self._statement: TextClause | Insert
        if self._as_json:
            self._statement = _insert_from_json(dialect, table, columns, replacing=replacing)
        else:
            self._statement = _replace(table) if replacing else insert(table)

    def run(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Insert ``rows``, each with a value for every column; none: nothing happens."""
        if rows:
            given = {"rows": msgspec.json.encode(rows).decode()} if self._as_json else rows
            connection.execute(self._statement, given)


def _replace(table: Table) -> Insert:
    statement = sqlite.insert(table)
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={column.name: statement.excluded[column.name] for column in table.c if not column.primary_key},
    )


def _insert_from_json(dialect: Dialect, table: Table, names: Sequence[str], *, replacing: bool) -> TextClause:
    columns = [table.c[name] for name in names]
    into = ", ".join(names)
    values = ", ".join(f"decode({c.name}, 'base64')" if isinstance(c.type, LargeBinary) else c.name for c in columns)
    given = ", ".join(f"{column.name} {_type_in_json(dialect, column)}" for column in columns)
    key = ", ".join(column.name for column in table.primary_key)
    new = ", ".join(f"{column.name} = excluded.{column.name}" for column in columns if not column.primary_key)
    return text(
        f"INSERT INTO {table.name} ({into}) SELECT {values} "  # noqa: S608 - names from our own tables
        f"FROM json_to_recordset(CAST(:rows AS json)) AS given ({given})"
        + (f" ON CONFLICT ({key}) DO UPDATE SET {new}" if replacing else "")
    )


def _type_in_json(dialect: Dialect, column: Column[Any]) -> str:
    """Return the type as which JSON is read; texts stay whole, so that one too long is refused and not cut."""
    if isinstance(column.type, LargeBinary | String):
        return "text"
    return str(column.type.compile(dialect=dialect))
