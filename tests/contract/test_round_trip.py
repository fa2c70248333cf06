"""Statements that are sent at once do what they do one by one, and a batch takes a few trips however large it is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import Engine, event, select, text

from streams.adapters.sql.bulk_insert import BulkInsert
from streams.adapters.sql.engine import reading, writing
from streams.adapters.sql.round_trip import RoundTrip, answered
from streams.adapters.sql.tables import review_demands
from streams.errors import DatabaseUnavailable, RefusedByDatabase
from tests.contract.judging import some_evidence, suspecting
from tests.contract.sql import Database

NAMES = select(review_demands.c.request_id).order_by(review_demands.c.request_id)
COUNTED = text("SELECT count(*) FROM review_demands WHERE party = :party")


def a_row(request_id: str) -> dict[str, str | int]:
    return {"request_id": request_id, "party": "buyer", "demanded_by": "b-1", "demanded_at_ms": 1}


@pytest.fixture
def insert(engine: Engine) -> BulkInsert:
    return BulkInsert(engine.dialect, review_demands, [column.name for column in review_demands.c])


def test_each_statement_sees_what_those_before_it_did(engine: Engine, insert: BulkInsert) -> None:
    with writing(engine) as connection:
        trip = RoundTrip(connection)
        before = trip.ask(COUNTED, {"party": "buyer"}, lambda rows: rows[0][0])
        trip.write(insert, [a_row("rr-1"), a_row("rr-2")])
        trip.write(insert, [])
        trip.tell(text("DELETE FROM review_demands WHERE request_id = :name"), {"name": "rr-1"})
        after = trip.ask(COUNTED, {"party": "buyer"}, lambda rows: rows[0][0])
        names = trip.ask(NAMES, {}, lambda rows: [one for (one,) in rows])
        trip.send()
        trip.send()  # nothing is left
        assert (before(), after(), names()) == (0, 1, ["rr-2"])
    with reading(engine) as connection:
        assert answered(connection, lambda trip: trip.ask(NAMES, {}, len)) == 1


def write_each(engine: Engine, insert: BulkInsert, *rows: dict[str, str | int]) -> None:
    with writing(engine) as connection:
        trip = RoundTrip(connection)
        for row in rows:
            trip.write(insert, [row])
        trip.send()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [(a_row("nul\0") | {"demanded_at_ms": 2**70}, RefusedByDatabase), (a_row("rr-1"), DatabaseUnavailable)],
    ids=["a number that is too large", "a key that is there"],
)
def test_what_one_of_them_breaks_undoes_all_and_the_next_transaction_is_a_new_one(
    engine: Engine, insert: BulkInsert, wrong: dict[str, str | int], error: type[Exception]
) -> None:
    with pytest.raises(error):
        write_each(engine, insert, a_row("rr-1"), wrong, a_row("rr-3"))
    with writing(engine) as connection:
        trip = RoundTrip(connection)
        trip.write(insert, [a_row("rr-4")])
        names = trip.ask(NAMES, {}, lambda rows: [one for (one,) in rows])
        trip.send()
        assert names() == ["rr-4"]


@pytest.mark.postgres
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_batch_of_fifty_takes_no_more_trips_than_a_batch_of_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.decide(suspecting("rr-1"), some_evidence("rr-1"))  # from here on the policy and the key are known
    with trips(database.engine, monkeypatch) as one:
        database.decide(suspecting("rr-2"), some_evidence("rr-2", buyer_id="b-2"))
    many = [some_evidence(f"rr-{n}", buyer_id=f"b-{n}") for n in range(3, 53)]
    with trips(database.engine, monkeypatch) as fifty:
        database.decide(suspecting(*(f"rr-{n}" for n in range(3, 53))), *many)
    assert one() == fifty() <= 8


@contextmanager
def trips(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """Give how many trips were made: statements alone, and pipelines."""
    made: list[str] = []
    pipeline = psycopg.Connection.pipeline

    def counted(connection: psycopg.Connection[object]) -> object:
        made.append("pipeline")
        return pipeline(connection)

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        made.append(statement)

    with monkeypatch.context() as patched:
        patched.setattr(psycopg.Connection, "pipeline", counted)
        event.listen(engine, "before_cursor_execute", note)
        yield lambda: len(made)
        event.remove(engine, "before_cursor_execute", note)
