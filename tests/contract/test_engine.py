"""How each database is opened, and which addresses are refused."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, make_url

from streams.adapters.sql.engine import POSTGRESQL_POOL, open_engine, ping, reading, writing
from streams.adapters.sql.errors import translated
from streams.errors import DatabaseUnavailable, SettingsError
from tests.real.postgres import Postgres


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true"])
def test_sqlite_in_memory_is_refused_because_it_dies_with_the_process(url: str) -> None:
    with pytest.raises(SettingsError, match=r"SENTINEL_DATABASE_URL: SQLite needs a plain file"):
        open_engine(url)


@pytest.mark.parametrize(
    "url",
    [
        "not a url with secret",
        "mysql://ops:secret@db/claims",
        "postgresql+psycopg2://ops:secret@db/claims",
        "sqlite+aiosqlite:///secret.db",
        "postgresql://ops:secret@db:port/claims",
        "postgresql://ops:secret@db/claims?conect_timeout=5",
        "",
    ],
)
def test_an_address_that_cannot_be_used_is_one_line_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError) as caught, reading(open_engine(url)):
        pytest.fail("it was opened")

    message = str(caught.value)
    assert message.startswith("SENTINEL_DATABASE_URL: ")
    assert "postgresql://user:password@host:port/database" in message
    assert "secret" not in message
    assert "\n" not in message


def test_the_folder_of_a_sqlite_file_is_made(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/a/b/sentinel.db")

    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE t (n)")
    engine.dispose()

    assert (tmp_path / "a" / "b" / "sentinel.db").exists()


def test_a_folder_that_cannot_be_made_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SettingsError, match="choose another place"):
        open_engine(f"sqlite:///{tmp_path}/file/sentinel.db")


def test_sqlite_keeps_what_it_committed_and_lets_readers_read(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/sentinel.db")

    with reading(engine) as connection:
        asked = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()

    assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_a_sqlite_writer_takes_the_lock_at_its_beginning_and_leaves_readers_alone(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/sentinel.db?timeout=0.05")
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE t (n)")

    with writing(engine):
        with reading(engine) as other:
            assert other.exec_driver_sql("SELECT count(*) FROM t").scalar() == 0
        with pytest.raises(DatabaseUnavailable, match="locked"):
            begin_writing(engine)
    engine.dispose()


def begin_writing(engine: Engine) -> None:
    with writing(engine):
        pytest.fail("two writers at once")


@pytest.mark.postgres
@pytest.mark.parametrize("url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_stopped_worker_does_not_hold_postgresqls_locks_for_ever(engine: Engine) -> None:
    names = ("idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout", "transaction_isolation")

    with reading(engine) as connection:
        asked = [connection.exec_driver_sql(f"SHOW {name}").scalar() for name in names]

    assert asked == ["30s", "20s", "30s", "read committed"]


@pytest.mark.postgres
def test_many_who_come_at_once_share_the_connections_that_are_there(postgres: Postgres) -> None:
    engine = open_engine(postgres.new_database())

    def who_answers(_: int) -> int:
        with reading(engine) as connection:
            connection.exec_driver_sql("SELECT pg_sleep(0.01)")
            return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())

    with ThreadPoolExecutor(40) as pool:
        first, second = (set(pool.map(who_answers, range(80))) for _ in range(2))
    engine.dispose()

    assert len(first | second) <= POSTGRESQL_POOL["pool_size"], "none is opened for one transaction alone"


@pytest.mark.postgres
def test_what_is_committed_survives_a_crash_whatever_the_database_was_told(postgres: Postgres) -> None:
    url = postgres.new_database()
    first = open_engine(url)
    with writing(first) as connection:
        name = make_url(url).database
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    first.dispose()

    asked = []
    for address in (url, f"{url}?options=-c%20synchronous_commit%3Dlocal"):
        engine = open_engine(address)
        with reading(engine) as connection:
            asked.append(connection.exec_driver_sql("SHOW synchronous_commit").scalar())
        engine.dispose()

    assert asked == ["on", "local"]


@pytest.mark.postgres
def test_a_database_that_takes_no_changes_is_said_to_be_one(postgres: Postgres) -> None:
    engine = open_engine(f"{postgres.new_database()}?options=-c%20default_transaction_read_only%3Don")
    with (
        pytest.raises(DatabaseUnavailable, match=r"takes no changes .* is it a standby\? .* has to name the primary"),
        writing(engine) as connection,
    ):
        connection.exec_driver_sql("CREATE TABLE one (two integer)")
    engine.dispose()


@pytest.mark.postgres
def test_a_schema_that_is_not_there_is_named_as_such(postgres: Postgres) -> None:
    engine = open_engine(f"{postgres.new_database()}?options=-csearch_path%3Dnowhere")
    with pytest.raises(DatabaseUnavailable, match="search_path names no schema that is there"), writing(engine) as made:
        made.exec_driver_sql("CREATE TABLE one (two integer)")
    engine.dispose()


def test_a_file_that_cannot_be_opened_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "nowhere" / "one.db")
    with (
        pytest.raises(DatabaseUnavailable, match=r"file cannot be used .*: see SENTINEL_DATABASE_URL, and rights"),
        reading(open_engine(f"sqlite:///{tmp_path}/link.db")),
    ):
        pass


def test_a_pooler_that_refuses_what_a_session_is_to_be_is_named() -> None:
    said = "connection failed: FATAL:  unsupported startup parameter in options: lock_timeout"
    with pytest.raises(DatabaseUnavailable, match="a pooler stands before the database"), translated():
        raise psycopg.OperationalError(said)


@pytest.mark.parametrize("url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_an_operators_own_options_win(url: str) -> None:
    engine = open_engine(f"{url}?options=-c%20lock_timeout%3D7s&application_name=ours")

    with reading(engine) as connection:
        asked = [connection.exec_driver_sql(f"SHOW {name}").scalar() for name in ("lock_timeout", "application_name")]
    engine.dispose()

    assert asked == ["7s", "ours"]


@pytest.mark.parametrize("content", [b"notes on a shelf", b"PK\x03\x04 and more"])
def test_a_file_that_is_no_database_is_named_as_such_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.db"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"notes\.db is no database of SQLite's: name another file"):
        open_engine(f"sqlite:///{path}")
    assert path.read_bytes() == content


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is no database of SQLite's"):
        open_engine(f"sqlite:///{tmp_path}")


def test_a_host_that_no_resolver_takes_is_a_wrong_setting() -> None:
    with pytest.raises(SettingsError, match=r"'db\.\.example' is no name of a host"):
        open_engine("postgresql://db..example/refunds")


def test_a_password_that_stands_bare_in_the_address_is_said_to_need_codes_and_is_not_shown() -> None:
    with pytest.raises(SettingsError, match=r"is written with percent codes: @ is %40") as refused:
        open_engine("postgresql://sentinel:p@55word@db/refunds")
    assert "55word" not in str(refused.value)
    open_engine("postgresql://sentinel:p%4055word@db/refunds").dispose()


@pytest.mark.postgres
def test_a_database_or_user_that_is_not_there_is_said_to_be_a_wrong_setting(postgres: Postgres) -> None:
    nobody = make_url(postgres.url()).set(username="nobody_at_all").render_as_string(hide_password=False)
    for url, what in ((postgres.url("no_such_database"), "database"), (nobody, "role")):
        with (
            pytest.raises(DatabaseUnavailable, match=rf"refuses us .*{what} .* set SENTINEL_DATABASE_URL right"),
            reading(open_engine(url)),
        ):
            pass


@pytest.mark.postgres
def test_a_database_that_takes_no_changes_does_not_answer_for_whoever_has_to_write(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.new_database()
    ping(engine := open_engine(url))
    engine.dispose()
    ping(file := open_engine(f"sqlite:///{tmp_path}/sentinel.db"))

    with pytest.raises(DatabaseUnavailable, match=r"takes no changes .*read-only"):
        ping(engine := open_engine(f"{url}?options=-cdefault_transaction_read_only%3Don"))
    engine.dispose()
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write everything
    with pytest.raises(DatabaseUnavailable, match=r"takes no changes .*read-only"):
        ping(file)
    file.dispose()
