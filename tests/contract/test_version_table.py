"""The version of the schema stands in a table of our own: other programs keep theirs under Alembic's name."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, inspect, make_url, text

from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.schema import require_current, upgrade
from streams.adapters.sql.version_table import ALEMBICS, VERSION_TABLE
from streams.errors import SchemaMismatch
from tests.real.postgres import Postgres


@pytest.fixture
def engine(empty_url: str) -> Iterator[Engine]:
    engine = open_engine(empty_url)
    yield engine
    engine.dispose()


def run(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def another_programs(engine: Engine, *revisions: str) -> None:
    """Let the database be one that another program has brought up to date by Alembic."""
    run(engine, f"CREATE TABLE {ALEMBICS} (version_num VARCHAR(32) NOT NULL)")
    for revision in revisions:
        run(engine, f"INSERT INTO {ALEMBICS} VALUES ('{revision}')")  # noqa: S608 - a test's own


def as_it_once_was(engine: Engine) -> None:
    """Let the version stand where older versions of this program kept it."""
    run(engine, f"ALTER TABLE {VERSION_TABLE} RENAME TO {ALEMBICS}")


def held(engine: Engine, table: str) -> list[str]:
    with engine.connect() as connection:
        return [str(one) for one in connection.scalars(text(f"SELECT version_num FROM {table}"))]  # noqa: S608 - ours


@pytest.mark.parametrize("revisions", [["1975ea83b712"], ["0004"], ["0002", "base"], []], ids=str)
def test_another_programs_version_is_told_and_left_alone(empty_url: str, engine: Engine, revisions: list[str]) -> None:
    another_programs(engine, *revisions)
    told: list[str] = []

    upgrade(empty_url, told.append)

    require_current(engine)
    assert held(engine, ALEMBICS) == revisions
    assert [ALEMBICS in one and "another program" in one for one in told] == [True] * bool(revisions)
    assert upgrade(empty_url, told.append) == []
    assert len(told) == bool(revisions), "it is told once"


def test_a_database_of_an_older_version_is_moved_over_once_and_loses_nothing(empty_url: str, engine: Engine) -> None:
    upgrade(empty_url)
    run(engine, "INSERT INTO leases (name, owner, until_ms) VALUES ('relay', 'somebody', 7)")
    as_it_once_was(engine)
    with pytest.raises(SchemaMismatch, match=r"is older than this program: run: refund-sentinel db upgrade"):
        require_current(engine)

    told: list[str] = []
    assert upgrade(empty_url, told.append) == []

    require_current(engine)
    assert told == [f"the version of the schema is kept in {VERSION_TABLE} from now on"]
    assert not inspect(engine).has_table(ALEMBICS)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT owner FROM leases")) == "somebody"


def test_tables_of_another_program_under_our_names_are_refused_before_anything_is_made(
    empty_url: str, engine: Engine
) -> None:
    run(engine, "CREATE TABLE claims (id INTEGER)")

    with pytest.raises(SchemaMismatch, match=r"another program under names that are needed \(claims\): .*of its own"):
        upgrade(empty_url)

    assert inspect(engine).get_table_names() == ["claims"]


def test_a_table_of_another_program_under_a_later_name_is_said_and_nothing_is_made(
    empty_url: str, engine: Engine
) -> None:
    run(engine, "CREATE TABLE clusters (id INTEGER)")

    with pytest.raises(SchemaMismatch, match=r"another program under names that are needed .*clusters.*of its own"):
        upgrade(empty_url)

    assert inspect(engine).get_table_names() == ["clusters"]


@pytest.mark.postgres
def test_a_user_who_may_make_no_tables_is_told_what_the_owner_has_to_say(postgres: Postgres) -> None:
    url = postgres.new_database()
    postgres.run_sql("DROP ROLE IF EXISTS guest")
    postgres.run_sql("CREATE ROLE guest LOGIN")

    with pytest.raises(SchemaMismatch, match=r"may not make tables .*GRANT CREATE, USAGE ON SCHEMA public"):
        upgrade(make_url(url).set(username="guest").render_as_string(hide_password=False))
