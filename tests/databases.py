"""SQLite databases with all tables: every migration runs once in a process, and its file is copied."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from streams.adapters.sql.schema import upgrade


def new_sqlite(file: Path) -> str:
    """Return the URL of a new SQLite database in ``file``, with all tables and no rows."""
    file.write_bytes(_with_all_tables())
    return f"sqlite:///{file}"


@cache
def _with_all_tables() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "sentinel.db"
        upgrade(f"sqlite:///{file}")
        return file.read_bytes()
