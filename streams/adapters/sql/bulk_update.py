"""Changing or removing many rows in one statement, each only as it was read."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Table, text

from streams.adapters.sql.bulk_insert import json_records, run_many

WAS = "was_"
"""How the parameter begins that says what a column held when the row was read."""


class BulkUpdate:
    """Sets ``columns`` of the rows of one table, each found by ``key`` and only while ``guards`` hold what was read.

    ``only`` is a further condition, as SQL. Spelled for each database as in
    :class:`streams.adapters.sql.bulk_insert.BulkInsert`.
    """

    def __init__(
        self,
        dialect: Dialect,
        table: Table,
        key: str,
        guards: Sequence[str],
        columns: Sequence[str],
        only: str = "true",
    ) -> None:
        self._as_json = dialect.name == "postgresql"
        value = "given.{}" if self._as_json else ":{}"
        new = ", ".join(f"{name} = {value.format(name)}" for name in columns)
        same = "".join(f" AND {table.name}.{name} = {value.format(WAS + name)}" for name in guards)
        found = f"{table.name}.{key} = {value.format(key)}{same} AND {only}"
        types = {key: table.c[key]} | {name: table.c[name] for name in columns}
        types |= {WAS + name: table.c[name] for name in guards}
        source = f"FROM {json_records(dialect, types)} " if self._as_json else ""
        found = f"{_by_index(dialect, table, key)} AND {found}" if self._as_json else found
        self.statement = f"UPDATE {table.name} SET {new} {source}WHERE {found}"  # noqa: S608 - our own names
        self.from_json = text(self.statement)

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Return how many rows were changed: fewer than ``rows`` where one is no longer as it was read."""
        return run_many(connection, self.statement, self.from_json if self._as_json else None, rows)


class BulkDelete:
    """Removes the rows of one table that have one of the given ``key``; spelled as :class:`BulkUpdate`."""

    def __init__(self, dialect: Dialect, table: Table, key: str) -> None:
        self._as_json = dialect.name == "postgresql"
        found = _by_index(dialect, table, key) if self._as_json else f"{table.name}.{key} = :{key}"
        self.statement = f"DELETE FROM {table.name} WHERE {found}"  # noqa: S608 - our own names
        self.from_json = text(self.statement)

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Return how many rows are gone."""
        return run_many(connection, self.statement, self.from_json if self._as_json else None, rows)


def _by_index(dialect: Dialect, table: Table, key: str) -> str:
    """Return PostgreSQL's condition that a row has one of the given keys.

    It takes a JSON document for a hundred rows, and reads the whole table to join so many; of a list it expects ten.
    """
    given = json_records(dialect, {key: table.c[key]})
    return f"{table.name}.{key} = ANY (ARRAY(SELECT given.{key} FROM {given}))"  # noqa: S608 - our own names
