"""Engines for the two databases, with what makes each safe here, and the only two ways to open a transaction."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text

from streams.adapters.sql.database_url import SETTING, parsed_url, require_file, require_parameters
from streams.adapters.sql.errors import no_changes, translated
from streams.errors import SettingsError

BUSY_S = 30
_MAGIC = b"SQLite format 3\x00"
WAL_PAGES = 8_000
"""Pages of 4 KiB that SQLite's log may hold before they are copied: a batch writes hundreds, many of them anew."""
CHECKPOINT_MS, CHECKPOINTS = 1_000, 5
"""How long a checkpoint waits for readers, and how often one is tried: nobody writes while it waits."""
CACHE_KIB = 65_536
"""Memory for pages that SQLite has read, a connection at most: 2 MB, its own default, are a batch's alone."""
STATEMENTS_KEPT = 512
"""Statements whose plan SQLite's driver keeps; it makes do with 128 else."""
POSTGRESQL_SESSION = {
    "idle_in_transaction_session_timeout": "30s",  # a stopped worker must not keep its locks
    "lock_timeout": "20s",
    "statement_timeout": "30s",
    # A plan made once, while the tables were empty, reads them whole for ever: twice as slow after 12,000 requests.
    "plan_cache_mode": "force_custom_plan",
    # A commit survives a crash of the server, whatever was set for the role or the database: what it decided was sent.
    "synchronous_commit": "on",
}
"""Set for each connection; ``?options=-c%20NAME%3DVALUE`` in the database's address wins."""

COUNTING_MS = 300_000

POSTGRESQL_CONNECTION = {
    "connect_timeout": 10,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    "application_name": "refund-sentinel",
}
"""How a server that is gone without a word is noticed, within half a minute."""

POSTGRESQL_POOL = {"pool_size": 15, "max_overflow": 0, "pool_use_lifo": True}
"""Connections that are opened when needed, and kept. Any beyond would be opened for one transaction and closed again: a
new server process that knows no table yet, for each of the ten transactions of a page, just when many pages wait. The
one given back last is taken first: its server process has read the tables' descriptions."""

_at_hand: ContextVar[tuple[Engine, Connection] | None] = ContextVar("transaction at hand", default=None)
"""The transaction that :func:`joining` opened around the call at hand."""


def open_engine(url: str) -> Engine:
    """Return an engine for ``url``; nothing is connected yet, and a SQLite file's folder is made.

    Raises :class:`SettingsError` in one line that never shows the password.
    """
    parsed = parsed_url(url)
    return _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgresql(parsed)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Yield a connection whose transaction is committed at the end; whatever is raised rolls it back.

    SQLite takes its one write lock at the beginning, so that nothing read in it can be out of date. Errors of the
    database come out as :class:`streams.errors.DatabaseUnavailable` or :class:`streams.errors.RefusedByDatabase`.
    Within :func:`joining` it is a part of that transaction: what is raised rolls back the part alone.
    """
    if (around := _joined(engine)) is not None:
        with translated(), around.begin_nested():
            yield around
        return
    with translated(), engine.execution_options(sentinel_begin="BEGIN IMMEDIATE").begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Yield a connection to read by; SQLite's writers are not held up. Errors as in :func:`writing`."""
    if (around := _joined(engine)) is not None:
        with translated():
            yield around
        return
    with translated(), engine.begin() as connection:
        yield connection


@contextmanager
def counting(engine: Engine) -> Iterator[Connection]:
    """Yield a connection as :func:`reading` does, each of whose statements may take :data:`COUNTING_MS`.

    For figures over a year, and trials of policies on all that is kept, which nobody waits for.
    """
    with reading(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL statement_timeout = {COUNTING_MS}"))
        yield connection


@contextmanager
def joining(engine: Engine) -> Iterator[Connection]:
    """Yield a connection as :func:`writing` does; whatever this thread reads and writes inside joins its transaction.

    So several use cases, or one of them and a note that it was done, are committed together or not at all.
    """
    with writing(engine) as connection:
        token = _at_hand.set((engine, connection))
        try:
            yield connection
        finally:
            _at_hand.reset(token)


def _joined(engine: Engine) -> Connection | None:
    at_hand = _at_hand.get()
    return at_hand[1] if at_hand is not None and at_hand[0] is engine else None


# --- SQLite ----------------------------------------------------------------------------------------------------------


def _sqlite(url: URL) -> Engine:
    name = require_file(url)
    try:
        Path(name).absolute().parent.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        msg = f"{SETTING}: the folder of {name} cannot be made ({exc.strerror}): choose another place"
        raise SettingsError(msg) from exc
    _require_database(Path(name))
    engine = create_engine(
        url,
        hide_parameters=True,  # what a request holds belongs in no log
        connect_args={"isolation_level": None, "cached_statements": STATEMENTS_KEPT}
        | ({} if "timeout" in url.query else {"timeout": BUSY_S}),
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _require_database(path: Path) -> None:
    """Return where a file is one of SQLite's, or is yet to be made; what cannot be opened says so when it is used."""
    with suppress(OSError):
        if path.is_dir() or (path.is_file() and _head(path) not in {b"", _MAGIC}):
            msg = f"{SETTING}: {path} is no database of SQLite's: name another file"
            raise SettingsError(msg)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(_MAGIC))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten: not every SQLite was built so
    cursor.execute("PRAGMA synchronous = FULL")  # a commit survives the loss of power, in WAL mode too
    if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute(f"PRAGMA cache_size = {-CACHE_KIB}")
    cursor.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
    cursor.close()


def overwritten(engine: Engine) -> bool:
    """Return whether nothing that was deleted is in the files of the database any more, as far as it can see to that.

    SQLite's log beside the file still has the pages as they were, until it is written over; False: somebody reads it.
    PostgreSQL overwrites rows by and by, as VACUUM does its work.
    """
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        connection.rollback()  # a checkpoint is none inside a transaction
        driver: Any = connection.connection.dbapi_connection
        driver.execute(f"PRAGMA busy_timeout = {CHECKPOINT_MS}")
        try:
            return any(_written_over(driver) for _ in range(CHECKPOINTS))
        finally:
            driver.execute(f"PRAGMA busy_timeout = {BUSY_S * 1_000}")


def _written_over(driver: Any) -> bool:
    busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _begin_sqlite(connection: Connection) -> None:
    # With isolation_level None the driver begins nothing by itself, so this is the only BEGIN.
    connection.exec_driver_sql(connection.get_execution_options().get("sentinel_begin", "BEGIN"))


# --- PostgreSQL ------------------------------------------------------------------------------------------------------


def _postgresql(url: URL) -> Engine:
    require_parameters(url)
    asked = url.query.get("options", "")
    session = [f"-c {name}={value}" for name, value in POSTGRESQL_SESSION.items()]
    connect = {name: value for name, value in POSTGRESQL_CONNECTION.items() if name not in url.query}
    options = " ".join([*session, *([asked] if isinstance(asked, str) else asked)])
    return create_engine(
        url,
        hide_parameters=True,
        isolation_level="READ COMMITTED",
        use_native_hstore=False,
        **POSTGRESQL_POOL,
        # Text travels as UTF-8, whatever the address, the role or the environment say.
        # No ping before each transaction: a lost connection raises DatabaseUnavailable once and empties the pool.
        connect_args=connect | {"client_encoding": "UTF8", "options": options},
    )


def ping(engine: Engine) -> None:
    """Raise :class:`streams.errors.DatabaseUnavailable` unless the database answers, and takes changes."""
    with reading(engine) as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("SELECT 1")
            takes_changes = os.access(engine.url.database or "", os.W_OK)
        else:
            takes_changes = connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "off"
    if not takes_changes:
        raise no_changes()
