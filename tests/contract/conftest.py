"""Every store is tested on both databases, by the same tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.schema import upgrade
from tests.builders import AT_MS
from tests.contract.judging import a_policy
from tests.contract.sql import Database


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without any tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/sentinel.db"
    return str(request.getfixturevalue("postgres").new_database())


@pytest.fixture
def open_database(empty_url: str) -> Iterator[Callable[[], Engine]]:
    """Opens one more engine on the same database, whose schema is up to date, as a further worker would."""
    upgrade(empty_url)
    opened: list[Engine] = []

    def open_one() -> Engine:
        opened.append(open_engine(empty_url))
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
