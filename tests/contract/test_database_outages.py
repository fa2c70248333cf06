"""A database that goes away costs tries, never a decision and never a second one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from schemas.records import RefundDecided
from streams.adapters.sql.decision_store import SqlDecisionStore
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.schema import upgrade
from streams.errors import DatabaseUnavailable, RefusedByDatabase
from streams.ports import Question
from tests.builders import AT_MS, with_changes
from tests.contract.judging import NOW_MS, AJudge, a_policy, decided, some_evidence, suspecting
from tests.contract.sql import Database
from tests.databases import new_sqlite
from tests.real import parts
from tests.real.postgres import Postgres


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A PostgreSQL to kill."""
    parts.need("PostgreSQL")
    with Postgres() as server:
        yield server


@pytest.fixture
def database(server: Postgres) -> Iterator[Database]:
    url = server.new_database()
    upgrade(url)
    engine = open_engine(url)
    PolicyStore(engine).seed(a_policy(), AT_MS)
    yield Database(engine)
    engine.dispose()


@pytest.mark.postgres
def test_a_database_killed_in_the_middle_of_a_batch_stores_nothing_and_answers_after_its_restart(
    server: Postgres, database: Database
) -> None:
    def killing(question: Question) -> RefundDecided:
        server.kill()
        return decided(question, review=True)

    with pytest.raises(DatabaseUnavailable):
        database.store.decide([some_evidence()], killing, NOW_MS)
    with pytest.raises(DatabaseUnavailable):
        database.store.ping()
    server.start()

    assert database.counts()["decisions"] == 0
    first = database.store.decide([some_evidence()], AJudge(), NOW_MS)
    assert database.store.decide([some_evidence()], suspecting("rr-1"), NOW_MS) == first


@pytest.mark.postgres
def test_a_database_restarted_between_batches_costs_one_try(server: Postgres, database: Database) -> None:
    first = database.store.decide([some_evidence()], AJudge(), NOW_MS)
    server.restart()

    with pytest.raises(DatabaseUnavailable):
        database.store.decide([some_evidence()], AJudge(), NOW_MS)

    assert database.store.decide([some_evidence()], AJudge(), NOW_MS) == first


@pytest.mark.postgres
def test_a_session_that_the_server_ends_costs_one_try(server: Postgres, database: Database) -> None:
    def ending_the_session(question: Question) -> RefundDecided:
        server.run_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'refund-sentinel'"
        )
        return decided(question, review=True)

    with pytest.raises(DatabaseUnavailable):
        database.store.decide([some_evidence()], ending_the_session, NOW_MS)

    assert len(database.store.decide([some_evidence()], AJudge(), NOW_MS)) == 1


@pytest.mark.postgres
def test_nul_in_a_text_is_refused_by_postgresql(database: Database) -> None:
    evidence = some_evidence()
    refused = with_changes(evidence, request=with_changes(evidence.request, category="cera\0mics"))

    with pytest.raises(RefusedByDatabase):
        database.store.decide([refused], AJudge(), NOW_MS)

    assert database.counts()["claims"] == 0


@pytest.mark.postgres
def test_a_text_longer_than_its_column_is_refused_and_never_cut(database: Database) -> None:
    evidence = some_evidence()
    refused = with_changes(evidence, request=with_changes(evidence.request, category="c" * 65))

    with pytest.raises(RefusedByDatabase):
        database.store.decide([refused], AJudge(), NOW_MS)


def test_a_sqlite_file_that_another_process_holds_too_long_is_unavailable(tmp_path: Path) -> None:
    url = f"{new_sqlite(tmp_path / 'sentinel.db')}?timeout=0.05"
    holder, waiting = open_engine(url), open_engine(url)
    PolicyStore(holder).seed(a_policy(), AT_MS)

    holding = holder.connect().execution_options(sentinel_begin="BEGIN IMMEDIATE")
    with holding.begin(), pytest.raises(DatabaseUnavailable, match="locked"):
        SqlDecisionStore(waiting, b"key").decide([some_evidence()], AJudge(), NOW_MS)

    assert len(SqlDecisionStore(waiting, b"key").decide([some_evidence()], AJudge(), NOW_MS)) == 1
    holding.close()
    holder.dispose()
    waiting.dispose()


def test_a_full_disk_stores_nothing_of_a_batch_and_all_of_it_once_there_is_room(tmp_path: Path) -> None:
    engine = open_engine(new_sqlite(tmp_path / "sentinel.db"))
    PolicyStore(engine).seed(a_policy(), AT_MS)
    database = Database(engine)
    batch = [some_evidence(f"rr-{number}") for number in range(40)]

    def room_for(pages: int) -> None:
        engine.dispose()
        event.listen(engine, "connect", lambda connection, _: connection.execute(f"PRAGMA max_page_count = {pages}"))

    room_for(1)  # what is there already stays: not a page more
    with pytest.raises(DatabaseUnavailable, match="full"):
        database.store.decide(batch, AJudge(), NOW_MS)
    assert database.counts()["decisions"] == 0

    room_for(1_000_000)
    assert len(database.store.decide(batch, AJudge(), NOW_MS)) == len(batch)
    assert database.counts()["decisions"] == len(batch)
    engine.dispose()


def test_nobody_listening_is_unavailable() -> None:
    engine = open_engine("postgresql://nobody:secret@127.0.0.1:1/none")

    with pytest.raises(DatabaseUnavailable) as caught:
        SqlDecisionStore(engine, b"key").decide([some_evidence()], AJudge(), NOW_MS)

    assert "secret" not in str(caught.value)
