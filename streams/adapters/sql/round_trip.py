"""Statements that are sent together: each trip to PostgreSQL and back costs a wait, whatever it carries.

They go to the driver itself, which costs a quarter of what a statement takes by way of SQLAlchemy. They run in
their order, in one transaction, each seeing what those before it did; the answers are there after the trip.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Dialect, Executable

from streams.adapters.sql.bulk_insert import driver_of, rows_as_json

T = TypeVar("T")
Rows = Sequence[Any]
Later = Callable[[], T]
"""Called once the trip was sent, it returns the answer."""
AT_MOST = 512
"""Statements whose text is kept; each store has a fixed number of them."""


class ManyRows(Protocol):
    """A statement that takes many rows: :class:`~streams.adapters.sql.bulk_insert.BulkInsert` and its like."""

    @property
    def from_json(self) -> Executable:
        """The statement as PostgreSQL takes it: its rows are the parameter ``rows``, a JSON text."""

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Return how many rows were changed."""


class RoundTrip:
    """Gathers statements for one trip on PostgreSQL (its pipeline); SQLite runs them one by one.

    Rows are tuples of what the driver gives: SQLite's truth values are 0 and 1.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._parts: list[_Part | _Written] = []

    def ask(self, statement: Executable, given: Mapping[str, Any], read: Callable[[Rows], T]) -> Later[T]:
        """Return what, called once the trip was sent, gives what ``read`` makes of the rows."""
        part = _Part(statement, given)
        self._parts.append(part)
        return lambda: read(part.rows)

    def tell(self, statement: Executable, given: Mapping[str, Any]) -> None:
        """Add a statement whose answer is not needed."""
        self._parts.append(_Part(statement, given))

    def write(self, many: ManyRows, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add a change of many rows; where there are none, nothing."""
        if rows:
            self._parts.append(_Written(many, rows))

    def change(self, many: ManyRows, rows: Sequence[Mapping[str, Any]]) -> Later[int]:
        """Add a change; return what, called once the trip was sent, says how many rows it found."""
        if not rows:
            return lambda: 0
        part = _Written(many, rows)
        self._parts.append(part)
        return lambda: part.changed

    def send(self) -> None:
        """Run what was added, in its order. Errors are the driver's own, or SQLAlchemy's."""
        parts, self._parts = self._parts, []
        if parts and self._connection.dialect.name == "postgresql":
            _in_a_pipeline(self._connection, parts)
        else:
            for part in parts:
                part.run(self._connection)


def answered(connection: Connection, ask: Callable[[RoundTrip], Later[T]]) -> T:
    """Return the answer to one question, in a trip of its own."""
    trip = RoundTrip(connection)
    later = ask(trip)
    trip.send()
    return later()


class _Part:
    """One statement, and the rows that it gave."""

    def __init__(self, statement: Executable, given: Mapping[str, Any]) -> None:
        self._statement = statement
        self._given = given
        self.rows: Rows = ()
        self.changed = 0

    def whole(self) -> tuple[Executable, Mapping[str, Any]]:
        """Return the statement and its parameters."""
        return self._statement, self._given

    def run(self, connection: Connection) -> None:
        """Run it alone, on SQLite."""
        compiled = _compiled(self._statement, _alike(connection.dialect))
        given = compiled.construct_params(dict(self._given))
        cursor = driver_of(connection).execute(compiled.string, [given[name] for name in compiled.positiontup])
        self.rows = cursor.fetchall() if cursor.description else ()


class _Written:
    """One statement that takes many rows."""

    def __init__(self, many: ManyRows, rows: Sequence[Mapping[str, Any]]) -> None:
        self._many = many
        self._own = rows
        self.rows: Rows = ()
        self.changed = 0

    def whole(self) -> tuple[Executable, Mapping[str, Any]]:
        """Return the statement and its parameters."""
        return self._many.from_json, rows_as_json(self._own)

    def run(self, connection: Connection) -> None:
        """Run it alone, on SQLite."""
        self.changed = self._many.run(connection, self._own)


def _in_a_pipeline(connection: Connection, parts: Sequence[_Part | _Written]) -> None:
    driver = driver_of(connection)
    cursors = []
    with driver.pipeline():
        for part in parts:
            statement, given = part.whole()
            compiled = _compiled(statement, _alike(connection.dialect))
            cursors.append(driver.cursor())
            cursors[-1].execute(compiled.string.encode(), compiled.construct_params(dict(given)))
    for part, cursor in zip(parts, cursors, strict=True):
        part.rows = cursor.fetchall() if cursor.description else ()
        part.changed = cursor.rowcount
        cursor.close()


def _alike(dialect: Dialect) -> Dialect:
    """Return the first dialect of this kind: each engine has one of its own, and all compile a statement alike."""
    kind = (dialect.name, dialect.driver, dialect.server_version_info)
    return _kinds.setdefault(kind, dialect)


_kinds: dict[tuple[object, ...], Dialect] = {}


@lru_cache(maxsize=AT_MOST)
def _compiled(statement: Any, dialect: Dialect) -> Any:
    """Return the statement in the words of the driver."""
    return statement.compile(dialect=dialect)
