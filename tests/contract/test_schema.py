"""The schema: brought up to date by whoever comes first, and refused when it is another one."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from streams.adapters.sql import schema
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.schema import require_current, upgrade
from streams.adapters.sql.tables import metadata
from streams.adapters.sql.version_table import VERSION_TABLE
from streams.errors import SchemaMismatch

APPLIED = [f"{number:04}" for number in range(1, 44)]
NEXT_REVISION = '''"""One more table."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "0043"


def upgrade() -> None:
    """Make a table that this program does not know."""
    op.create_table("of_a_newer_version", sa.Column("id", sa.Integer, primary_key=True))
'''


@pytest.fixture
def newer_migrations(tmp_path: Path) -> Path:
    """The migrations of a newer version of the program."""
    newer = Path(shutil.copytree(schema.MIGRATIONS, tmp_path / "newer"))
    (newer / "versions" / "r9999_next.py").write_text(NEXT_REVISION)
    return newer


@pytest.fixture
def engine(empty_url: str) -> Iterator[Engine]:
    engine = open_engine(empty_url)
    yield engine
    engine.dispose()


def test_an_upgrade_can_be_repeated(empty_url: str, engine: Engine) -> None:
    assert upgrade(empty_url) == APPLIED
    assert upgrade(empty_url) == []
    require_current(engine)


def test_the_names_of_the_migrations_say_their_revisions_in_order() -> None:
    scripts = ScriptDirectory(str(schema.MIGRATIONS))
    assert schema.revisions() == [script.revision for script in scripts.walk_revisions()][::-1] == APPLIED


def test_of_several_upgrades_at_once_one_does_the_work(empty_url: str, engine: Engine) -> None:
    with ThreadPoolExecutor(3) as pool:
        applied = list(pool.map(upgrade, [empty_url] * 3))

    assert sorted(applied) == [[], [], APPLIED]
    require_current(engine)


def test_the_migrations_build_exactly_the_declared_tables(empty_url: str, engine: Engine) -> None:
    upgrade(empty_url)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []


def test_a_database_without_tables_is_refused_with_what_to_do(engine: Engine) -> None:
    with pytest.raises(SchemaMismatch, match=r"has no tables yet: run: refund-sentinel db upgrade"):
        require_current(engine)


def test_a_database_that_is_too_old_is_refused_until_it_is_upgraded(
    empty_url: str, engine: Engine, newer_migrations: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(empty_url)
    monkeypatch.setattr(schema, "MIGRATIONS", newer_migrations)

    with pytest.raises(SchemaMismatch, match=r"older than this program: run: refund-sentinel db upgrade"):
        require_current(engine)

    assert upgrade(empty_url) == ["9999"]
    require_current(engine)


def test_a_database_that_is_too_new_is_neither_used_nor_upgraded(
    empty_url: str, engine: Engine, newer_migrations: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        newer.setattr(schema, "MIGRATIONS", newer_migrations)
        upgrade(empty_url)

    with pytest.raises(SchemaMismatch, match=r"older than the database: install the newer version"):
        require_current(engine)
    with pytest.raises(SchemaMismatch, match=r"install the newer version"):
        upgrade(empty_url)


def test_an_upgrade_that_fails_leaves_nothing_behind(
    empty_url: str, engine: Engine, newer_migrations: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = NEXT_REVISION + "    raise RuntimeError\n"
    (newer_migrations / "versions" / "r9999_next.py").write_text(failing)
    with monkeypatch.context() as newer:
        newer.setattr(schema, "MIGRATIONS", newer_migrations)
        with pytest.raises(RuntimeError):
            upgrade(empty_url)

    assert upgrade(empty_url) == APPLIED
    require_current(engine)
