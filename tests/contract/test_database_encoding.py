"""Every text is kept as it was written: a database that cannot do that is refused in one line, and nothing is made."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from streams.adapters.sql.engine import open_engine, reading, writing
from streams.adapters.sql.schema import require_current, upgrade
from streams.errors import SchemaMismatch
from tests.real.postgres import Postgres

TEXT = "杯子裂了 – größer 😀"


def a_database(postgres: Postgres, encoding: str) -> str:
    name = f"as_{encoding.lower()}"
    postgres.run_sql(f"DROP DATABASE IF EXISTS {name}")
    postgres.run_sql(f"CREATE DATABASE {name} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    return postgres.url(name)


@pytest.mark.postgres
@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1", "WIN1252", "EUC_CN"])
def test_a_database_of_another_encoding_is_refused_with_what_to_do(postgres: Postgres, encoding: str) -> None:
    url = a_database(postgres, encoding)
    engine = open_engine(url)

    for opened in (lambda: upgrade(url), lambda: require_current(engine)):
        with pytest.raises(SchemaMismatch, match=rf"keeps text as {encoding} and .* needs UTF8: .*CREATE DATABASE"):
            opened()

    assert inspect(engine).get_table_names() == []
    engine.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize("said_by", ["address", "role", "environment"])
def test_whoever_asks_for_another_encoding_of_the_connection_is_not_heard(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch, said_by: str
) -> None:
    url = postgres.new_database()
    match said_by:
        case "address":
            url += "?client_encoding=latin1"
        case "role":
            postgres.run_sql(f"ALTER DATABASE {url.rpartition('/')[2]} SET client_encoding = 'LATIN1'")
        case _:
            monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")

    upgrade(url)

    assert kept(url) == TEXT


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_sqlite_keeps_every_text_whichever_encoding_its_file_has(tmp_path: Path, encoding: str) -> None:
    url = f"sqlite:///{tmp_path}/sentinel.db"
    raw = create_engine(url)
    with raw.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA encoding = '{encoding}'")
        connection.exec_driver_sql("CREATE TABLE first (n)")
    raw.dispose()

    upgrade(url)

    engine = open_engine(url)
    require_current(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA encoding").scalar() == encoding
    engine.dispose()
    assert kept(url) == TEXT


def kept(url: str) -> str:
    engine = open_engine(url)
    with writing(engine) as connection:
        connection.execute(text("INSERT INTO leases (name, owner, until_ms) VALUES ('t', :text, 1)"), {"text": TEXT})
    with reading(engine) as connection:
        found = str(connection.scalar(text("SELECT owner FROM leases WHERE name = 't'")))
    engine.dispose()
    return found
