"""Statements that change rows, gathered and sent as one: each trip to PostgreSQL waits for a turn of two processes.

None of them may need what another of them wrote, nor change the same row; foreign keys are checked at the end.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection, text


class ManyRows(Protocol):
    """A statement that takes many rows: :class:`~streams.adapters.sql.bulk_insert.BulkInsert` and its like."""

    @property
    def statement(self) -> str:
        """The statement; on PostgreSQL it reads its rows from the parameter ``rows``, a JSON text."""

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Return how many rows were changed."""


class Together:
    """Gathers statements for one transaction, in one round trip on PostgreSQL, one by one on SQLite."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._parts: list[tuple[ManyRows, Sequence[Mapping[str, Any]]]] = []

    def add(self, write: ManyRows, rows: Sequence[Mapping[str, Any]]) -> None:
        """Send ``write`` with these rows at the end; none: nothing."""
        if rows:
            self._parts.append((write, rows))

    def send(self) -> None:
        """Change everything that was gathered."""
        if self._connection.dialect.name != "postgresql" or len(self._parts) <= 1:
            for write, rows in self._parts:
                write.run(self._connection, rows)
            return
        given = {f"rows_{n}": msgspec.json.encode(rows).decode() for n, (_, rows) in enumerate(self._parts)}
        self._connection.execute(text(_joined([write.statement for write, _ in self._parts])), given)


def _joined(statements: Sequence[str]) -> str:
    """Return the statements as one: the last, and those before it as its common table expressions."""
    *before, last = [each.replace(":rows ", f":rows_{n} ") for n, each in enumerate(statements)]
    return f"WITH {', '.join(f'part_{n} AS ({each})' for n, each in enumerate(before))} {last}"
