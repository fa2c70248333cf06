"""The version of the schema: bring it up to date, and refuse to work on another one.

Every command asks for the version, so that is known by the migrations' names; Alembic is loaded to apply them alone.
"""

from collections.abc import Callable, Collection
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from schemas.units import HOUR_MS
from streams.adapters.sql import version_table
from streams.adapters.sql.engine import open_engine, reading, writing
from streams.errors import SchemaMismatch

MIGRATIONS = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 0x5265_6675_6E64_5365  # one upgrade of a PostgreSQL database at a time; "RefundSe"
UPGRADE_LIMIT_MS = HOUR_MS
NEWER = "this program is older than the database: install the newer version of refund-sentinel"
FORBIDDEN = "42501"
"""PostgreSQL's state for a right that the user does not have."""
THERE = frozenset({"42P07", "42701", "42710"})
"""PostgreSQL's states for a table, column or other object that exists; what it says is in the server's language."""
RIGHTS = (
    "have the database's owner say GRANT CREATE, USAGE ON SCHEMA public TO that user, "
    "and run: refund-sentinel db upgrade"
)
OF_ITS_OWN = "give refund-sentinel a database of its own, or a schema (?options=-csearch_path%3DNAME)"


def upgrade(url: str, tell: Callable[[str], None] = lambda _: None) -> list[str]:
    """Return the revisions that were applied, oldest first: none when the schema was up to date.

    Safe to repeat, and when several do it at once: it is one transaction behind one lock. ``tell`` is given a sentence
    on what else was done or found. Raises :class:`SchemaMismatch` when the database is newer than this program, belongs
    to another one, or cannot keep every text, and errors as :func:`open_engine`.
    """
    engine = open_engine(url)
    try:
        with writing(engine) as connection:
            _require_unicode(connection)
            _wait_for_other_upgrades(connection)
            _take_over_what_is_ours(connection, tell)
            missing = _missing(version_table.revision(connection))
            if missing:
                _apply(connection)
            return missing
    finally:
        engine.dispose()


def _apply(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - it takes a tenth of a second to load
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        command.upgrade(config, "head")
    except DBAPIError as exc:
        said, state = next(iter(str(exc.orig).splitlines()), ""), getattr(exc.orig, "sqlstate", None)
        if state == FORBIDDEN:
            msg = f"the database's user may not make tables ({said}): {RIGHTS}"
            raise SchemaMismatch(msg) from None
        if state in THERE or "already exists" in said:
            msg = f"the database has tables of another program under names that are needed ({said}): {OF_ITS_OWN}"
            raise SchemaMismatch(msg) from None
        raise


def require_current(engine: Engine) -> None:
    """Raise :class:`SchemaMismatch` unless the schema is the one that this program was written for."""
    with reading(engine) as connection:
        _require_unicode(connection)
        revision = version_table.revision(connection)
        old = revision is None and version_table.once_held(connection, revisions()) is not None
    if _missing(revision):
        state = "has no tables yet" if revision is None and not old else "is older than this program"
        msg = f"the database {state}: run: refund-sentinel db upgrade"
        raise SchemaMismatch(msg)


def revisions() -> list[str]:
    """Return our revisions, oldest first: the files of the migrations are named by them."""
    return sorted(path.name[1:5] for path in (MIGRATIONS / "versions").glob("r[0-9][0-9][0-9][0-9]_*.py"))


def _take_over_what_is_ours(connection: Connection, tell: Callable[[str], None]) -> None:
    """Move the version table where it stands under its old name, and refuse a database whose tables are not ours."""
    if version_table.revision(connection) is not None:
        return
    if version_table.once_held(connection, revisions()) is not None:
        version_table.move(connection)
        tell(f"the version of the schema is kept in {version_table.VERSION_TABLE} from now on")
        return
    others = version_table.others(connection)
    if others:
        tell(
            f"{version_table.ALEMBICS} is another program's (revision {', '.join(others)}) and stays as it is; "
            f"refund-sentinel keeps its own version in {version_table.VERSION_TABLE}"
        )
    if taken := version_table.names_in_use(connection):
        raise SchemaMismatch(in_the_way(taken))


def in_the_way(tables: Collection[str]) -> str:
    """Return what is wrong with a database that has these tables of ours, or of our names, and no revision."""
    if set(tables) >= version_table.OF_THE_FIRST_REVISION:
        return (
            f"the database has the tables of refund-sentinel, and no revision in {version_table.VERSION_TABLE}: "
            "put back a whole backup, that table with it"
        )
    names = ", ".join(sorted(tables))
    return f"the database has tables of another program under names that are needed ({names}): {OF_ITS_OWN}"


def _require_unicode(connection: Connection) -> None:
    """Return when the database keeps every text. SQLite always does, whichever of its encodings it has."""
    if connection.dialect.name != "postgresql":
        return
    encoding = connection.scalar(text("SHOW server_encoding"))
    if encoding != "UTF8":
        msg = (
            f"the database keeps text as {encoding} and refund-sentinel needs UTF8: make one with "
            "CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0, and run: refund-sentinel db upgrade"
        )
        raise SchemaMismatch(msg)


def _missing(revision: str | None) -> list[str]:
    known = revisions()
    if revision is None:
        return known
    if revision not in known:
        raise SchemaMismatch(NEWER)
    return known[known.index(revision) + 1 :]


def _wait_for_other_upgrades(connection: Connection) -> None:
    if connection.dialect.name != "postgresql":
        return  # BEGIN IMMEDIATE has waited already
    for limit in ("lock_timeout", "statement_timeout"):
        connection.execute(text(f"SET LOCAL {limit} = {UPGRADE_LIMIT_MS}"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
