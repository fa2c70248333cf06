"""Cases that waited without an end have one from the upgrade on, and keep their place in life."""

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from schemas.units import HOUR_MS
from streams.adapters.sql.cases.case_files import SqlCaseRecords
from streams.adapters.sql.engine import open_engine, writing
from streams.adapters.sql.schema import require_current, upgrade
from streams.casework.files import CaseFiles
from tests.databases import upgrade_to

DIGEST = "sha256:" + "0" * 64
STATES = ("AWAITING_MERCHANT", "NEEDS_BUYER_EVIDENCE", "READY", "DECIDED", "CLOSED")
CASE = (
    "INSERT INTO cases (case_id, request_id, request_digest, person, order_id, buyer_id, merchant_id, state, version,"
    " score, reason_codes, amount_minor, currency, opened_at_ms, due_at_ms) VALUES (:name, :name, :digest, 'p', 'o',"
    " 'b', 'm', :state, 1, 50, 'A', 100, 'CNY', 1, :due)"
)
CLAIM = (
    "INSERT INTO claims (request_id, request_digest, person, buyer_id, order_id, merchant_id, product_id, category,"
    " kind, amount_minor, freight_minor, currency, requested_at_ms, appended_at_ms, decided_at_ms, photos) VALUES"
    " (:name, :digest, 'p', 'b', 'o', 'm', 'p', 'toys', 'refund_only', 100, 0, 'CNY', 1, 1, 1, '')"
)


@pytest.fixture
def old(empty_url: str) -> Iterator[Engine]:
    """A database of revision 0006 with a case in each state, and one that has a deadline."""
    engine = open_engine(empty_url)
    with writing(engine) as connection:
        upgrade_to(connection, "0006")
        for name, state, due in [*((state, state, None) for state in STATES), ("due", "AWAITING_MERCHANT", 77)]:
            given = {"name": name, "digest": DIGEST, "state": state, "due": due, "none": b""}
            connection.execute(
                text("INSERT INTO decisions VALUES (:name, :digest, :name, 'REVIEW', false, '0', 1, :none)"), given
            )
            connection.execute(text(CLAIM), given)
            connection.execute(text(CASE), given)
    yield engine
    engine.dispose()


def test_waits_without_an_end_begin_with_the_upgrade(empty_url: str, old: Engine) -> None:
    before_ms = time.time_ns() // 1_000_000
    assert upgrade(empty_url)[0] == "0007"
    after_ms = time.time_ns() // 1_000_000

    require_current(old)
    cases = {case.request_id: case for case in CaseFiles(SqlCaseRecords(old)).list_cases()}
    assert {case.category for case in cases.values()} == {"toys"}
    assert cases["NEEDS_BUYER_EVIDENCE"].state == "AWAITING_BUYER_EVIDENCE"
    for name, hours in {"AWAITING_MERCHANT": 48, "NEEDS_BUYER_EVIDENCE": 72, "DECIDED": 168}.items():
        due_at_ms = cases[name].due_at_ms
        assert due_at_ms is not None
        assert before_ms <= due_at_ms - hours * HOUR_MS <= after_ms
    assert (cases["due"].due_at_ms, cases["READY"].due_at_ms, cases["CLOSED"].due_at_ms) == (77, None, None)
