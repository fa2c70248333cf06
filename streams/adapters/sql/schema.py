"""The version of the schema: bring it up to date, and refuse to work on another one."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from streams.adapters.sql.engine import open_engine, reading, writing
from streams.errors import SchemaMismatch

MIGRATIONS = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 0x5265_6675_6E64_5365  # one upgrade of a PostgreSQL database at a time; "RefundSe"
UPGRADE_LIMIT_MS = 3_600_000
NEWER = "this program is older than the database: install the newer version of refund-sentinel"


def upgrade(url: str) -> list[str]:
    """Return the revisions that were applied, oldest first: none when the schema was up to date.

    Safe to repeat, and when several do it at once: it is one transaction behind one lock. Raises
    :class:`SchemaMismatch` when the database is newer than this program, and errors as :func:`open_engine`.
    """
    engine = open_engine(url)
    try:
        with writing(engine) as connection:
            _wait_for_other_upgrades(connection)
            scripts = ScriptDirectory(str(MIGRATIONS))
            missing = _missing(scripts, _revision(connection))
            if missing:
                config = Config(attributes={"connection": connection})
                config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
                command.upgrade(config, "head")
            return missing
    finally:
        engine.dispose()


def require_current(engine: Engine) -> None:
    """Return when the schema is the one that this program was written for, else raise :class:`SchemaMismatch`."""
    with reading(engine) as connection:
        revision = _revision(connection)
    missing = _missing(ScriptDirectory(str(MIGRATIONS)), revision)
    if missing:
        state = "has no tables yet" if revision is None else "is older than this program"
        msg = f"the database {state}: run: refund-sentinel db upgrade"
        raise SchemaMismatch(msg)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _missing(scripts: ScriptDirectory, revision: str | None) -> list[str]:
    known = [script.revision for script in scripts.walk_revisions()][::-1]
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
