"""What people wrote about a person's cases, and what the judge saw: gone from every table once the key goes."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import inspect

from schemas.records import StatedReason
from streams.access.idempotency import Answer, Once
from streams.adapters.sql.api_keys import SqlAnswers
from streams.adapters.sql.cases.erasures import SqlErasureRecords
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.kept import SqlKeptEvidence
from streams.adapters.sql.outbox import SqlOutbox
from streams.adapters.sql.schema import upgrade
from streams.adapters.sql.trials import SqlTrials
from streams.adapters.sql.webhooks import SqlWebhooks
from streams.cases.acts import AuditAct
from streams.cases.asked import Asked, Wanted
from streams.cases.looks import Given
from streams.cases.record.erasure import Plan
from streams.cases.reviewing.assignment import Reviewer
from streams.cases.reviewing.conflicts import Conflict
from streams.casework.record.erasure import finish
from streams.judgement.ports import Trial
from streams.judgement.tally import Example, Tally, read_tally, written
from streams.judgement.versions import read
from streams.policy.packaged import load_default
from streams.webhooks.records import Webhook
from tests.contract.judging import NOW_MS, AJudge, some_evidence, suspecting
from tests.contract.sql import Database

LIN = AuditAct(by="lin.wei", note="request 2026-114", at_ms=NOW_MS + 900_000)
WORDS = "her sister's crockery"


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
                text = bytes(cell).decode(errors="replace") if isinstance(cell, bytes) else str(cell)
                yield table, text if table != "answers" else text + packed_in(text)


def packed_in(text: str) -> str:
    """What is in an answer: its body stands there in base64."""
    found = msgspec.json.decode(text, type=Answer).body if text.startswith("{") else b""
    return found.decode()


def where_it_stands(database: Database) -> set[str]:
    return {table for table, text in told(database) if WORDS in text}


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


COPIES = ("outbox", "webhook_deliveries", "answers")


def sent_and_repeated(database: Database) -> None:
    """Let all messages be sent, each to a webhook too, and both calls that told of the cases be repeatable."""
    webhooks, relay = SqlWebhooks(database.engine), SqlOutbox(database.engine)
    webhooks.save(Webhook(webhook_id="w-1", url="https://a.example/", secrets=("s",), made_at_ms=1, made_by="x"))
    relay.sent([one.outbox_id for one in relay.waiting(1_000)], NOW_MS)
    database.change("UPDATE webhook_deliveries SET state = 'DELIVERED'")
    calls = Once(SqlAnswers(database.engine), lambda _: Answer(status=400))
    for request_id in ("rr-1", "rr-2"):
        case_id = database.cases.show(request_id).case.case_id
        body = msgspec.json.encode({"case_id": case_id, "asked": [WORDS]})
        calls.answer("k-1", request_id, b"digest", NOW_MS, partial(Answer, status=200, body=body))


def test_nothing_that_people_wrote_about_an_erased_persons_case_is_left_in_any_table(
    database: Database, records: SqlErasureRecords
) -> None:
    worked_on(database, "rr-1", "b-1")
    worked_on(database, "rr-2", "b-2")
    sent_and_repeated(database)
    assert where_it_stands(database) == {
        *("drafts", "assignments", "conflicts", "verdicts"),
        *("outbox", "webhook_deliveries", "answers"),
    }

    finish(database.casework, records.begin(LIN), Plan((), {}, ("b-1",)), [], LIN)

    of_whom = {
        "drafts": "SELECT case_id FROM drafts",
        "assignments": "SELECT DISTINCT case_id FROM assignments WHERE note <> ''",
        "conflicts": "SELECT DISTINCT subject_id FROM conflicts WHERE note <> '' AND scope = 'case'",
        "verdicts": "SELECT DISTINCT case_id FROM verdicts WHERE content LIKE '%sister%'",
    }
    of_others = [text for table, text in told(database) if table in COPIES and WORDS in text]
    [other] = database.rows("SELECT case_id FROM cases WHERE person = 'b-2'")
    assert all(database.rows(statement) == [other] for statement in of_whom.values())
    assert database.rows("SELECT subject_id FROM conflicts WHERE note <> '' AND scope = 'buyer'") == [("b-2",)]
    assert len(of_others) == len(COPIES)
    assert all(other[0] in text for text in of_others)
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


def test_a_call_that_is_repeated_after_its_answer_was_erased_is_not_done_again(
    database: Database, records: SqlErasureRecords
) -> None:
    worked_on(database, "rr-1", "b-1")
    worked_on(database, "rr-2", "b-2")
    sent_and_repeated(database)
    finish(database.casework, records.begin(LIN), Plan((), {}, ("b-1",)), [], LIN)

    calls = Once(SqlAnswers(database.engine), lambda _: Answer(status=400))
    told = [calls.answer("k-1", name, b"digest", NOW_MS, pytest.fail).status for name in ("rr-1", "rr-2")]

    assert told == [410, 200]


def test_examples_of_trials_name_no_photos_of_an_erased_person(database: Database, records: SqlErasureRecords) -> None:
    trials, policy = SqlTrials(database.engine), read(load_default()[1])
    example = Example("rr-1", "CLEAR", "REVIEW", (), ("USED_BEFORE",), ("claims/her-sister.jpg",))
    tally = written(Tally(judged=2, examples=[example, msgspec.structs.replace(example, request_id="rr-2")]))
    for name in ("rr-1", "rr-2"):
        database.decide(AJudge(), some_evidence(name, buyer_id=f"b-{name}"))
    trial = Trial(
        trial_id=0,
        kind="backtest",
        policy_sha256=policy.sha256,
        begun_at_ms=1,
        begun_by="lin",
        since_ms=0,
        before_ms=None,
        place=0,
        ended_at_ms=None,
        tally=tally,
    )
    trials.begin("backtest", policy, trial)

    finish(database.casework, records.begin(LIN), Plan((), {}, ("b-rr-1",)), [], LIN)

    [(left,)] = database.rows("SELECT tally FROM policy_trials")
    assert [one.request_id for one in read_tally(left).examples] == ["rr-2"]
    assert read_tally(left).judged == 2


def test_what_was_erased_stands_in_no_file_of_an_sqlite_database(tmp_path: Path) -> None:
    file = tmp_path / "sentinel.db"
    upgrade(f"sqlite:///{file}")
    database = Database(open_engine(f"sqlite:///{file}"))
    database.policies.seed(read(load_default()[1]), 1)
    worked_on(database, "rr-1", "b-1")
    database.outbox.sent([one.outbox_id for one in database.outbox.waiting(1_000)], NOW_MS)
    records = SqlErasureRecords(database.engine)
    [(key,)] = database.rows("SELECT key FROM person_keys WHERE person = 'b-1'")
    assert any(bytes(key) in one.read_bytes() for one in tmp_path.iterdir())

    finish(database.casework, records.begin(LIN), Plan((), {}, ("b-1",)), [], LIN)

    assert records.overwritten()
    assert [one.name for one in tmp_path.iterdir() if bytes(key) in one.read_bytes()] == []
    assert [one.name for one in tmp_path.iterdir() if b"crockery" in one.read_bytes()] == []
    with database.engine.connect() as reading:
        reading.exec_driver_sql("SELECT count(*) FROM cases").all()
        database.change("UPDATE cases SET category = 'toys'")
        assert not records.overwritten(), "somebody reads what is in the log"
    database.engine.dispose()
