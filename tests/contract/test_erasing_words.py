"""What people wrote about a person's cases, and what the judge saw: gone from every table once the key goes."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import inspect

from schemas.records import StatedReason
from streams.adapters.sql.cases.erasures import SqlErasureRecords
from streams.adapters.sql.kept import SqlKeptEvidence
from streams.cases.acts import AuditAct
from streams.cases.asked import Asked, Wanted
from streams.cases.looks import Given
from streams.cases.record.erasure import Plan
from streams.cases.reviewing.assignment import Reviewer
from streams.cases.reviewing.conflicts import Conflict
from streams.casework.record.erasure import finish
from tests.contract.judging import NOW_MS, AJudge, some_evidence, suspecting
from tests.contract.sql import Database

LIN = AuditAct(by="lin.wei", note="request 2026-114", at_ms=NOW_MS + 900_000)
WORDS = "her sister's crockery"
GONE_BY_ITSELF = ("outbox",)
"""Tables that keep messages for days and no longer."""


@pytest.fixture
def records(database: Database) -> SqlErasureRecords:
    return SqlErasureRecords(database.engine)


def act(by: str, after_ms: int, note: str = WORDS) -> AuditAct:
    return AuditAct(by=by, note=note, at_ms=NOW_MS + after_ms)


def told(database: Database) -> Iterator[tuple[str, str]]:
    """Every cell of every table as text, as whoever has a copy of the database sees it."""
    for table in inspect(database.engine).get_table_names():
        for row in database.rows(f"SELECT * FROM {table}"):  # noqa: S608 - our own names
            for cell in row:
                yield table, bytes(cell).decode(errors="replace") if isinstance(cell, bytes) else str(cell)


def where_it_stands(database: Database) -> set[str]:
    return {table for table, text in told(database) if WORDS in text} - set(GONE_BY_ITSELF)


def judged(database: Database, request_id: str) -> list[Any]:
    return [one.kept for one in SqlKeptEvidence(database.engine).of_request(request_id)]


def worked_on(database: Database, request_id: str, buyer: str) -> None:
    """Let people write about a case wherever they may, until it is decided."""
    database.decide(suspecting(request_id), some_evidence(request_id, buyer_id=buyer))
    database.hearings.state(request_id, act("m-1", 1_000), "merchant")
    first = database.assignments.next(act("lin.wei", 2_000))
    assert first is not None
    database.assignments.skip(first.assignment.assignment_id, act("lin.wei", 3_000), conflict=True)
    second = database.assignments.next(act("chen.yu", 4_000))
    assert second is not None
    database.assignments.draft(second.assignment.assignment_id, act("chen.yu", 5_000), WORDS)
    database.assignments.hold(second.assignment.assignment_id, act("chen.yu", 6_000))
    database.assignments.know(Reviewer(name="wu.min"), act("senior", 7_000))
    database.assignments.hand_over(second.assignment.assignment_id, act("chen.yu", 7_000), "wu.min")
    asked = Given(verdict="MORE_EVIDENCE", rule="R-1", asked=(Asked(Wanted.ANGLE, WORDS),), fields={"seen": WORDS})
    database.verdicts.give(request_id, act("wu.min", 8_000), asked)
    database.verdicts.decide(request_id, act("wu.min", 9_000), "REFUSE", "R-1", fields={"seen": WORDS}, heard=True)
    database.assignments.exclude(
        Conflict(reviewer="li.na", scope="buyer", subject_id=buyer, note=WORDS, named_by="li.na", named_at_ms=NOW_MS)
    )


def test_nothing_that_people_wrote_about_an_erased_persons_case_is_left_in_any_table(
    database: Database, records: SqlErasureRecords
) -> None:
    worked_on(database, "rr-1", "b-1")
    worked_on(database, "rr-2", "b-2")
    assert where_it_stands(database) == {"drafts", "assignments", "conflicts", "verdicts"}

    finish(database.casework, records.begin(LIN), Plan((), {}, ("b-1",)), [], LIN)

    of_whom = {
        "drafts": "SELECT case_id FROM drafts",
        "assignments": "SELECT DISTINCT case_id FROM assignments WHERE note <> ''",
        "conflicts": "SELECT DISTINCT subject_id FROM conflicts WHERE note <> '' AND scope = 'case'",
        "verdicts": "SELECT DISTINCT case_id FROM verdicts WHERE content LIKE '%sister%'",
    }
    [other] = database.rows("SELECT case_id FROM cases WHERE person = 'b-2'")
    assert all(database.rows(statement) == [other] for statement in of_whom.values())
    assert database.rows("SELECT subject_id FROM conflicts WHERE note <> '' AND scope = 'buyer'") == [("b-2",)]
    assert [one.given.verdict for one in database.cases.show("rr-1").verdicts] == ["MORE_EVIDENCE", "REFUSE"]
    assert (records.readable(["b-1"]), records.readable(["b-2"]) > 0) == (0, True)


def test_what_the_judge_saw_of_a_claim_without_photos_goes_with_what_was_said(
    database: Database, records: SqlErasureRecords
) -> None:
    reason = StatedReason(code="NOT_RECEIVED", text=WORDS)
    for request_id, buyer in (("rr-1", "b-1"), ("rr-2", "b-2")):
        evidence = some_evidence(request_id, buyer_id=buyer, claim_media=[], reason=reason)
        database.decide(AJudge(), evidence)
    assert records.readable(["b-1"]) > 0, "else there would be nothing to erase"

    finish(database.casework, records.begin(LIN), Plan((), {}, ("b-1",)), [], LIN)

    assert judged(database, "rr-1") == [None]
    assert judged(database, "rr-2") != [None]
    assert (records.readable(["b-1"]), records.readable(["b-2"]) > 0) == (0, True)


def test_a_record_of_the_judge_that_is_damaged_is_erased_whole(database: Database, records: SqlErasureRecords) -> None:
    database.decide(AJudge(), some_evidence("rr-1"))
    database.change("UPDATE kept_evidence SET packed = :packed", packed=b"\x01broken")

    finish(database.casework, records.begin(LIN), Plan((), {}, ("b-1",)), [], LIN)

    assert database.rows("SELECT count(*) FROM kept_evidence") == [(0,)]
