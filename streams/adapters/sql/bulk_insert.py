"""Statements that the two databases want spelled differently."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    Connection,
    Dialect,
    Engine,
    LargeBinary,
    String,
    Table,
    TextClause,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite

Row = Mapping[str, Any]
ROWS_AT_ONCE = 64
"""Rows of one statement on SQLite at most: more gain nothing."""


def driver_of(connection: Connection) -> Any:
    """Return the driver's own connection, in the same transaction; its errors are the driver's own too."""
    return connection.connection.driver_connection


def insert_on_conflict(engine: Engine | Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT into ``table`` that can say what to do on a conflict."""
    return insert_in_words_of(engine.dialect, table)


def insert_in_words_of(dialect: Dialect, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return the INSERT of :func:`insert_on_conflict` for databases of a dialect."""
    return postgresql.insert(table) if dialect.name == "postgresql" else sqlite.insert(table)


def insert_or_leave(engine: Engine | Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT into ``table`` that leaves a row that is there already as it is."""
    return insert_on_conflict(engine, table).on_conflict_do_nothing()


class BulkInsert:
    """Inserts many rows into the named columns of one table.

    SQLite takes up to :data:`ROWS_AT_ONCE` rows in one statement, so that other threads run meanwhile and are waited
    for once, not once a row. PostgreSQL gets all of them as one JSON document in one statement, which costs it a third
    of what a statement a row does. With ``replacing`` a row takes the place of the one that has its key;
    ``only_newer`` names a column that has to grow for it.
    """

    def __init__(
        self, dialect: Dialect, table: Table, columns: Sequence[str], *, replacing: bool = False, only_newer: str = ""
    ) -> None:
        self._as_json = dialect.name == "postgresql"
        self._columns = tuple(columns)
        self._begin = f"INSERT INTO {table.name} ({', '.join(columns)}) "
        self._end = _replacing(table, columns) if replacing else ""
        self._end += f" WHERE excluded.{only_newer} > {table.name}.{only_newer}" if only_newer else ""
        self._of_rows: dict[int, str] = {}
        self.from_json = text(self._begin + _from_json(dialect, table, columns) + self._end)

    def run(self, connection: Connection, rows: Sequence[Row]) -> int:
        """Insert ``rows``, each with a value for every column; none: nothing happens. Return how many it were.

        Errors of SQLite come as its driver's own.
        """
        if self._as_json:
            return run_many(connection, "", self.from_json, rows)
        done = changed = 0
        while done < len(rows):
            size = min(ROWS_AT_ONCE, 1 << (len(rows) - done).bit_length() - 1)  # few sizes: SQLite keeps each statement
            values = [row[name] for row in rows[done : done + size] for name in self._columns]
            changed += driver_of(connection).execute(self._statement(size), values).rowcount
            done += size
        return changed

    def _statement(self, rows: int) -> str:
        if rows not in self._of_rows:
            one = f"({', '.join('?' * len(self._columns))})"
            self._of_rows[rows] = f"{self._begin}VALUES {', '.join([one] * rows)}{self._end}"
        return self._of_rows[rows]


def rows_as_json(rows: Sequence[Row]) -> dict[str, str]:
    """Return the parameter of a statement that takes its rows as JSON."""
    return {"rows": msgspec.json.encode(rows).decode()}


def given_rows(types: Mapping[str, str], *, postgresql: bool) -> str:
    """Return the WITH clause that gives the parameter of :func:`rows_as_json` as a table called ``given``.

    ``types`` are PostgreSQL's, by column; SQLite takes values as they come.
    """
    if postgresql:
        columns = ", ".join(f"{name} {kind}" for name, kind in types.items())
        found = f"SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS given ({columns})"  # noqa: S608 - our names
    else:
        fields = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in types)
        found = f"SELECT {fields} FROM json_each(:rows)"  # noqa: S608 - our names
    return f"WITH given AS MATERIALIZED ({found}) "


def run_many(connection: Connection, statement: str, from_json: TextClause | None, rows: Sequence[Row]) -> int:
    """Return how many rows a statement changed that takes ``rows`` as JSON (``from_json``), or one after the other."""
    if not rows:
        return 0
    if from_json is not None:
        return connection.execute(from_json, rows_as_json(rows)).rowcount
    return connection.exec_driver_sql(statement, rows).rowcount


def _from_json(dialect: Dialect, table: Table, names: Sequence[str]) -> str:
    columns = [table.c[name] for name in names]
    values = ", ".join(f"decode({c.name}, 'base64')" if isinstance(c.type, LargeBinary) else c.name for c in columns)
    return f"SELECT {values} FROM {json_records(dialect, {column.name: column for column in columns})}"  # noqa: S608 - our names


def json_records(dialect: Dialect, columns: Mapping[str, Column[Any]]) -> str:
    """Return what a statement of PostgreSQL reads the parameter ``rows`` from, as a table called ``given``.

    ``columns`` have the types of what it is given, by name.
    """
    given = ", ".join(f"{name} {_type_in_json(dialect, column)}" for name, column in columns.items())
    return f"json_to_recordset(CAST(:rows AS json)) AS given ({given})"


def _replacing(table: Table, names: Sequence[str]) -> str:
    keys = {column.name for column in table.primary_key}
    new = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    return f" ON CONFLICT ({', '.join(sorted(keys))}) DO UPDATE SET {new}"


def _type_in_json(dialect: Dialect, column: Column[Any]) -> str:
    """Return the type as which JSON is read; texts stay whole, so that one too long is refused and not cut."""
    if isinstance(column.type, LargeBinary | String):
        return "text"
    return str(column.type.compile(dialect=dialect))
