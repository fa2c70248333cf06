"""Every store is tested on both databases, by the same tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from streams.adapters.sql.engine import open_engine, writing
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.schema import upgrade
from streams.adapters.sql.tables import metadata
from streams.adapters.sql.version_table import VERSION_TABLE
from tests.builders import AT_MS
from tests.contract.judging import a_policy
from tests.contract.sql import Database
from tests.databases import new_sqlite, upgrade_to
from tests.real.postgres import Postgres

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without any tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/sentinel.db"
    return str(request.getfixturevalue("postgres").new_database())


@pytest.fixture(scope="session")
def sqlite_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each test's file is, one after the other."""
    return tmp_path_factory.mktemp("sqlite")


@pytest.fixture(scope="session")
def postgres_url(postgres: Postgres) -> str:
    """A database with all tables, to be emptied: making one takes PostgreSQL a second."""
    url = postgres.new_database()
    upgrade(url)
    return url


@pytest.fixture(scope="session")
def kept_engines() -> Iterator[Callable[[str], Engine]]:
    """Gives the one engine of a database: it compiles each statement once, and not in every test."""
    opened: dict[str, Engine] = {}

    def kept(url: str) -> Engine:
        if url not in opened:
            opened[url] = open_engine(url)
        return opened[url]

    yield kept
    for engine in opened.values():
        engine.dispose()


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, kept_engines: Callable[[str], Engine]) -> Iterator[str]:
    """The URL of a database with all tables and no rows."""
    if request.param == "postgresql":
        url = str(request.getfixturevalue("postgres_url"))
        empty(kept_engines(url))
        yield url
        kept_engines(url).dispose()
        return
    folder: Path = request.getfixturevalue("sqlite_folder")
    url = new_sqlite(folder / "test.db")
    yield url
    kept_engines(url).dispose()
    for left in folder.glob("test.db*"):
        left.unlink()


def empty(engine: Engine) -> None:
    """Take every row away, and begin every count anew.

    Most tables were never written to, and truncating one takes its time. Those that were are truncated, not emptied row
    by row: what is read without an order would else come in another one from time to time.
    """
    names = ", ".join(f"'{name}'" for name in metadata.tables)
    with engine.begin() as connection:
        connection.execute(text(_EMPTY.replace("NAMES", names)))


_EMPTY = """
DO $$
DECLARE name text; counter text; used text := '';
BEGIN
    FOREACH name IN ARRAY ARRAY[NAMES] LOOP
        IF pg_relation_size(quote_ident(name)::regclass) > 0 THEN used := used || ', ' || quote_ident(name); END IF;
    END LOOP;
    IF used <> '' THEN EXECUTE 'TRUNCATE ' || substr(used, 3) || ' CASCADE'; END IF;
    FOR counter IN SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL LOOP
        PERFORM setval(quote_ident(counter)::regclass, 1, false);
    END LOOP;
END $$
"""


@pytest.fixture
def open_database(url: str) -> Iterator[Callable[[], Engine]]:
    """Opens one more engine on the same database, as a further worker would."""
    opened: list[Engine] = []

    def open_one() -> Engine:
        opened.append(open_engine(url))
        return opened[-1]

    yield open_one
    for engine in opened:
        engine.dispose()


@pytest.fixture
def engine(url: str, kept_engines: Callable[[str], Engine]) -> Engine:
    return kept_engines(url)


@pytest.fixture
def upgraded_again(engine: Engine) -> Iterator[Callable[[str, str], None]]:
    """Runs the revisions after one, up to another, once more; the database says its own again after the test."""
    ours = text(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608 - our own name
    told = text(f"UPDATE {VERSION_TABLE} SET version_num = :revision")  # noqa: S608 - our own name
    with writing(engine) as connection:
        newest = connection.execute(ours).scalar_one()

    def again(after: str, until: str) -> None:
        with writing(engine) as connection:
            connection.execute(told, {"revision": after})
            upgrade_to(connection, until)

    yield again
    with writing(engine) as connection:
        connection.execute(told, {"revision": newest})


@pytest.fixture
def database(engine: Engine) -> Database:
    """A database with an active policy."""
    PolicyStore(engine).seed(a_policy(), AT_MS)
    return Database(engine)
