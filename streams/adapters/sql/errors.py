"""Which errors of a database mean "try again" and which mean "never"."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import SQLAlchemyError, StatementError

from streams.errors import DatabaseUnavailable, RefusedByDatabase

UNIQUE_VIOLATION = "23505"
FOREIGN_KEY_VIOLATION = "23503"
SQLITE_RACES = {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_FOREIGNKEY"}
_REFUSES_US = re.compile(
    r'password authentication failed|no pg_hba\.conf entry|(?:database|role) ".*" does not exist|no password supplied'
)
"""What PostgreSQL says to somebody whom it will not have, however often it is asked; it gives no state with it."""
_NO_TLS = re.compile(r"does not support SSL|certificate|private key|sslmode")
"""What PostgreSQL's client says where no secure connection comes about, and none ever will."""
_POOLER = "unsupported startup parameter"
"""What PgBouncer says to a client that sets what its session is to be."""
_NOT_OURS = ("SQLITE_CANTOPEN", "SQLITE_READONLY")
_FULL = "the database's disk is full ({}): make room there; nothing that was stored is lost"
_TO_MEND = {
    "53100": _FULL,
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": "the database's disk is full or fails ({}): make room beside the database's file, or mend it",
    "25006": "the database takes no changes ({}): is it a standby? SENTINEL_DATABASE_URL has to name the primary",
    "3F000": "search_path names no schema that is there ({}): make it, or name another: ?options=-csearch_path%3DNAME",
    "42501": "the database's user lacks a right ({}): have the owner of the tables grant it",
}
"""What states of PostgreSQL and names of SQLite mean that a person has to mend, with room for their own words."""
TOO_LARGE = "54"  # the class of SQLSTATE "program limit exceeded": the record does not fit, now or later


@contextmanager
def translated() -> Iterator[None]:
    """Turn every error of the database into one of :mod:`streams.errors`; anything else passes.

    :class:`RefusedByDatabase` when the content is at fault: NUL in text, a lone surrogate, a number or text too long.
    :class:`DatabaseUnavailable` for the rest, a lost race for a unique key too: the next try reads what won.
    The original error is not chained: PostgreSQL's details quote rows, and logs must not.
    """
    try:
        yield
    except (OverflowError, UnicodeEncodeError) as exc:  # sqlite3 and psycopg raise these bare
        raise _refused(exc) from None
    except StatementError as exc:
        raise (_refused(exc.orig) if _content_is_at_fault(exc.orig) else _unavailable(exc.orig)) from None
    except SQLAlchemyError as exc:
        raise _unavailable(exc) from None
    except (psycopg.Error, sqlite3.Error) as exc:  # bare, where statements go to the driver itself
        raise (_refused(exc) if _content_is_at_fault(exc) else _unavailable(exc)) from None


def _content_is_at_fault(cause: BaseException | None) -> bool:
    if isinstance(cause, psycopg.IntegrityError):
        return cause.sqlstate not in {UNIQUE_VIOLATION, FOREIGN_KEY_VIOLATION}
    if isinstance(cause, sqlite3.IntegrityError):
        return cause.sqlite_errorname not in SQLITE_RACES
    if isinstance(cause, psycopg.OperationalError):
        return (cause.sqlstate or "").startswith(TOO_LARGE)
    return isinstance(cause, psycopg.DataError | sqlite3.DataError | OverflowError | UnicodeEncodeError)


def _refused(cause: BaseException | None) -> RefusedByDatabase:
    return RefusedByDatabase(f"the database can never store this record: {_first_line(cause)}")


def _unavailable(cause: BaseException | None) -> DatabaseUnavailable:
    said = _first_line(cause)
    if _POOLER in said:
        msg = f"a pooler stands before the database ({said}): have SENTINEL_DATABASE_URL name PostgreSQL itself"
        return DatabaseUnavailable(msg)
    if (means := _TO_MEND.get(_state(cause))) is not None:
        return DatabaseUnavailable(means.format(said))
    if _state(cause) in _NOT_OURS:
        return DatabaseUnavailable(
            f"the database's file cannot be used ({said}): see SENTINEL_DATABASE_URL, and rights"
        )
    if _REFUSES_US.search(said):
        return DatabaseUnavailable(f"the database refuses us ({said}): set SENTINEL_DATABASE_URL right")
    if (
        getattr(cause, "sqlstate", None) is None
        and isinstance(cause, psycopg.OperationalError)
        and _NO_TLS.search(said)
    ):
        to_do = "set sslmode, sslrootcert and host in SENTINEL_DATABASE_URL right, or mend the server's certificate"
        return DatabaseUnavailable(f"no secure connection to the database ({said}): {to_do}")
    return DatabaseUnavailable(f"the database failed, try again: {said}")


def no_changes() -> DatabaseUnavailable:
    """Return the error of a database that can be read and not written."""
    return DatabaseUnavailable(_TO_MEND["25006"].format("it is read-only"))


def _state(cause: BaseException | None) -> str:
    """Return PostgreSQL's state, or the name of SQLite's error without what it adds: SQLITE_IOERR of _SHMSIZE."""
    named: str = getattr(cause, "sqlite_errorname", "")
    return getattr(cause, "sqlstate", None) or "_".join(named.split("_")[:2])


def _first_line(cause: BaseException | None) -> str:
    """Return the class and the first line of the message: further lines of PostgreSQL quote content."""
    if isinstance(cause, UnicodeEncodeError):
        return "UnicodeEncodeError: a text holds a lone surrogate"  # its own message quotes the text
    lines = str(cause).splitlines()
    return f"{type(cause).__name__}: {lines[0] if lines else ''}".rstrip(": ")
