"""Outcomes are stored once, whatever is repeated."""

import pytest

from streams.errors import RefusedByDatabase
from tests.contract.judging import NOW_MS, an_outcome
from tests.contract.sql import Database

STORED = "SELECT outcome_id, outcome, amount_minor, recorded_at_ms FROM outcomes ORDER BY outcome_id"


def test_an_outcome_of_an_unknown_request_is_stored(database: Database) -> None:
    database.store.record_outcomes([an_outcome()], NOW_MS)

    assert database.rows(STORED) == [("out-1", "paid", 12_900, NOW_MS)]


def test_a_repeated_outcome_changes_nothing(database: Database) -> None:
    database.store.record_outcomes([an_outcome(), an_outcome()], NOW_MS)
    database.store.record_outcomes([an_outcome(outcome="returned"), an_outcome("out-2")], NOW_MS + 1)

    assert database.rows(STORED) == [("out-1", "paid", 12_900, NOW_MS), ("out-2", "paid", 12_900, NOW_MS + 1)]


def test_no_outcomes_are_no_work(database: Database) -> None:
    database.store.record_outcomes([], NOW_MS)

    assert database.rows(STORED) == []


def test_an_outcome_that_the_database_refuses_stores_none_of_its_batch(database: Database) -> None:
    with pytest.raises(RefusedByDatabase):
        database.store.record_outcomes([an_outcome("out-1"), an_outcome("out-2", amount_minor=2**63)], NOW_MS)

    assert database.rows(STORED) == []
