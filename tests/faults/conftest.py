"""Databases that fault tests may take away."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.scene import Database, Postgresql, Sqlite
from tests.real import parts
from tests.real.postgres import Postgres


@pytest.fixture(autouse=True)
def _quiet_clients() -> None:
    """The test's own clients say a lot while a broker is away on purpose."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A PostgreSQL of this module's own: it is killed and stopped."""
    parts.need("PostgreSQL")
    with Postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return Sqlite(tmp_path)
    return Postgresql(request.getfixturevalue("server"))
