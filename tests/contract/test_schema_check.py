"""What a database has of the schema: current, behind, newer, or left half done; on both databases."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.schema import upgrade
from streams.adapters.sql.schema_check import schema_of
from streams.cli.db import app
from streams.errors import SchemaMismatch

CHANGED = {
    "a table that an applied revision made": ("DROP TABLE erasures", "0003", "missing", "erasures"),
    "a column that an applied revision made": ("ALTER TABLE audit DROP COLUMN salt", "0001", "missing", "audit.salt"),
    "an index that an applied revision made": (
        "DROP INDEX ix_cases_due_at_ms",
        "0007",
        "missing",
        "cases.ix_cases_due_at_ms",
    ),
}


def test_a_database_that_is_up_to_date_is_current(engine: Engine) -> None:
    found = schema_of(engine)

    assert (found.current, found.left, found.half_done) == (True, (), ())


def test_an_empty_database_has_everything_left(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENTINEL_DATABASE_URL", empty_url)

    told = CliRunner().invoke(app, ["current", "--json"])

    found = json.loads(told.stdout)
    assert (told.exit_code, found["revision"], found["left"][0], found["current"]) == (0, None, "0001", False)
    checked = CliRunner().invoke(app, ["check"])
    assert isinstance(checked.exception, SchemaMismatch)
    assert "db upgrade" in str(checked.exception)


@pytest.fixture
def changed(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], SchemaMismatch]:
    """A database of its own that is upgraded and then changed; gives what `db check` says."""

    def one(statement: str) -> SchemaMismatch:

        upgrade(empty_url)
        engine = open_engine(empty_url)
        with engine.begin() as connection:
            for part in statement.split(";"):
                connection.execute(text(part))
        engine.dispose()
        monkeypatch.setenv("SENTINEL_DATABASE_URL", empty_url)
        told = CliRunner().invoke(app, ["check"])
        assert isinstance(told.exception, SchemaMismatch)
        return told.exception

    return one


@pytest.mark.parametrize("what", CHANGED)
def test_a_half_done_revision_is_named(what: str, changed: Callable[[str], SchemaMismatch]) -> None:
    statement, revision, how, name = CHANGED[what]

    said = str(changed(statement))

    assert f"revision {revision} is half done: {name} {how}" in said


def test_what_a_revision_made_before_it_was_counted_is_named(changed: Callable[[str], SchemaMismatch]) -> None:
    said = str(changed("UPDATE refund_sentinel_version SET version_num = '0002'"))

    assert "revision 0003 is half done: erasures there" in said


def test_a_newer_database_is_said_to_be_newer(changed: Callable[[str], SchemaMismatch]) -> None:
    assert "older than the database" in str(changed("UPDATE refund_sentinel_version SET version_num = '9999'"))


def test_what_a_half_done_database_has_left_is_not_what_an_empty_one_has(
    empty_url: str, changed: Callable[[str], SchemaMismatch], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = str(changed("DROP TABLE refund_sentinel_version"))

    assert "the tables of refund-sentinel, and no revision in refund_sentinel_version: put back a whole backup" in said
    assert "left to be applied" not in said
    monkeypatch.setenv("SENTINEL_DATABASE_URL", empty_url)
    told = CliRunner().invoke(app, ["current"]).stdout
    assert "no revision in refund_sentinel_version" in told
    assert "left to be applied" not in told
    with pytest.raises(SchemaMismatch, match="put back a whole backup"):
        upgrade(empty_url)


def test_tables_of_another_program_are_told_before_anybody_upgrades(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE claims (id INTEGER)"))
    engine.dispose()
    monkeypatch.setenv("SENTINEL_DATABASE_URL", empty_url)

    assert "another program under names that are needed (claims)" in str(CliRunner().invoke(app, ["check"]).exception)


def test_a_revision_kept_where_it_once_was_counts(changed: Callable[[str], SchemaMismatch]) -> None:
    old = "UPDATE refund_sentinel_version SET version_num = '0002'; ALTER TABLE refund_sentinel_version RENAME TO {}"

    said = str(changed(old.format("alembic_version")))

    assert "revision 0003 is half done: erasures there" in said
    assert "version" not in said.replace("revision", "")
