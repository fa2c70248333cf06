"""Changing many rows in one statement, each only as it was read."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Dialect, Table, text

from streams.adapters.sql.bulk_insert import json_records

WAS = "was_"
"""How the parameter begins that says what a column held when the row was read."""


class BulkUpdate:
    """Sets ``columns`` of the rows of one table, each found by ``key`` and only while ``guards`` hold what was read.

    Spelled for each database as in :class:`streams.adapters.sql.bulk_insert.BulkInsert`.
    """

    def __init__(self, dialect: Dialect, table: Table, key: str, guards: Sequence[str], columns: Sequence[str]) -> None:
        self._as_json = dialect.name == "postgresql"
        value = "given.{}" if self._as_json else ":{}"
        new = ", ".join(f"{name} = {value.format(name)}" for name in columns)
        same = " AND ".join(f"{table.name}.{name} = {value.format(WAS + name)}" for name in guards)
        found = f"{table.name}.{key} = {value.format(key)} AND {same}"
        types = {key: table.c[key]} | {name: table.c[name] for name in columns}
        types |= {WAS + name: table.c[name] for name in guards}
        source = f"FROM {json_records(dialect, types)} " if self._as_json else ""
        self._statement = f"UPDATE {table.name} SET {new} {source}WHERE {found}"  # noqa: S608 - our own names
        self._from_json = text(self._statement)

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Return how many rows were changed: fewer than ``rows`` where one is no longer as it was read."""
        if not rows:
            return 0
        if self._as_json:
            return connection.execute(self._from_json, {"rows": msgspec.json.encode(rows).decode()}).rowcount
        return connection.exec_driver_sql(self._statement, rows).rowcount
