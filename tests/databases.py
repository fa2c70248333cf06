"""Databases at a revision: migrations run once in a process, and what they make of SQLite's file is copied."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from streams.adapters.sql.schema import MIGRATIONS, upgrade


def new_sqlite(file: Path) -> str:
    """Return the URL of a new SQLite database in ``file``, with all tables and no rows."""
    file.write_bytes(_with_all_tables())
    return f"sqlite:///{file}"


def upgrade_to(connection: Connection, revision: str) -> None:
    """Bring an empty database to an earlier revision, as a program of that time left it."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, revision)


@cache
def _with_all_tables() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "sentinel.db"
        upgrade(f"sqlite:///{file}")
        return file.read_bytes()
