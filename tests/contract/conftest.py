"""Every store is tested on both databases, by the same tests."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.schema import upgrade
from streams.adapters.sql.tables import metadata
from tests.builders import AT_MS
from tests.contract.judging import a_policy
from tests.contract.sql import Database
from tests.real.postgres import Postgres

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without any tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/sentinel.db"
    return str(request.getfixturevalue("postgres").new_database())


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables, to be copied."""
    file = tmp_path_factory.mktemp("sqlite") / "sentinel.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_url(postgres: Postgres) -> str:
    """A database with all tables, to be emptied: making one takes PostgreSQL a second."""
    url = postgres.new_database()
    upgrade(url)
    return url


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with all tables and no rows."""
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("sqlite_file"), tmp_path)
        return f"sqlite:///{file}"
    url = str(request.getfixturevalue("postgres_url"))
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY"))
    engine.dispose()
    return url


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
def engine(open_database: Callable[[], Engine]) -> Engine:
    return open_database()


@pytest.fixture
def database(engine: Engine) -> Database:
    """A database with an active policy."""
    PolicyStore(engine).seed(a_policy(), AT_MS)
    return Database(engine)
