"""A disk without room is named as what it is, whichever database is on it: trying again makes none."""

import sqlite3
from pathlib import Path

import psycopg
import pytest

from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.errors import translated
from streams.errors import DatabaseUnavailable


def test_a_file_that_may_not_grow_is_said_to_be_on_a_full_disk(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/a.db")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 2")
        with pytest.raises(DatabaseUnavailable, match=r"disk is full .*make room there"), translated():
            connection.exec_driver_sql("CREATE TABLE filled AS SELECT zeroblob(100000) AS with_nothing")
    engine.dispose()


def test_sqlite_that_cannot_share_its_memory_says_no_more_than_an_error_of_the_disk() -> None:
    failed = sqlite3.OperationalError("disk I/O error")
    failed.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"
    with pytest.raises(DatabaseUnavailable, match=r"full or fails .*make room"), translated():
        raise failed


def test_postgresql_without_room_is_said_to_be_full() -> None:
    failed = psycopg.errors.DiskFull("could not extend file")
    with pytest.raises(DatabaseUnavailable, match=r"disk is full .*make room there"), translated():
        raise failed
