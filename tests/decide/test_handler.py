from collections.abc import Sequence

import pytest

from schemas.codec import encode
from schemas.errors import ContractError
from schemas.records import RefundDecided, RefundOutcome
from schemas.records.base import Record
from streams.adapters.sql.database_thread import Database
from streams.decide.handler import Decide
from streams.delivery.messages import Incoming, Outgoing
from streams.delivery.stage import Answer
from streams.errors import RefusedByDatabase
from streams.metrics import Metrics
from streams.ports import Question
from streams.settings import Settings
from tests.agents.fakes import Shelf
from tests.builders import AT_MS, a_request, an_evidence


def incoming(value: Record | bytes | None, offset: int = 0) -> Incoming:
    return Incoming(
        topic="refund.evidence.v1",
        partition=0,
        offset=offset,
        generation=1,
        key=b"b-1",
        value=encode(value) if isinstance(value, Record) else value,
        timestamp_ms=AT_MS,
        acknowledge=lambda: None,
        stale=lambda: False,
    )


def judge_nothing(_: Question) -> RefundDecided:
    raise AssertionError


def deciding(shelf: Shelf, metrics: Metrics | None = None) -> Decide:
    used = metrics or Metrics()
    return Decide(shelf, shelf, judge_nothing, Database(Settings(), used), used)


def messages(answers: Sequence[Answer]) -> list[Outgoing]:
    return [message for answer in answers if not isinstance(answer, Exception) for message in answer]


async def test_a_batch_is_one_transaction_and_its_decisions_go_out_under_the_buyers_keys() -> None:
    shelf = Shelf()
    batch = [incoming(an_evidence(a_request(f"rr-{number}", buyer_id=f"b-{number}"))) for number in range(3)]

    answers = await deciding(shelf).decide(batch)

    assert shelf.batches == [3]
    assert [message.key for message in messages(answers)] == [b"b-0", b"b-1", b"b-2"]
    assert [message.value for message in messages(answers)] == [one.message for one in shelf.decided.values()]


async def test_what_cannot_be_read_is_answered_with_why_and_the_rest_is_decided() -> None:
    batch = [incoming(an_evidence(a_request("rr-1"))), incoming(b"not JSON"), incoming(an_evidence(a_request("rr-2")))]

    answers = await deciding(Shelf()).decide(batch)

    assert isinstance(answers[1], ContractError)
    assert len(messages(answers)) == 2


async def test_a_record_that_the_database_refuses_costs_itself_and_no_other() -> None:
    shelf = Shelf(refused={"rr-1"})
    batch = [incoming(an_evidence(a_request(f"rr-{number}"))) for number in range(4)]

    answers = await deciding(shelf).decide(batch)

    assert [type(answer) for answer in answers] == [list, RefusedByDatabase, list, list]
    assert shelf.batches == [1, 1, 1]


async def test_a_database_that_is_away_is_asked_again() -> None:
    shelf, metrics = Shelf(away=2), Metrics()

    answers = await deciding(shelf, metrics).decide([incoming(an_evidence())])

    assert len(messages(answers)) == 1
    assert metrics.registry.get_sample_value("sentinel_database_retries_total") == 2


async def test_a_sent_decision_is_counted_by_its_verdict_once_it_is_confirmed() -> None:
    metrics = Metrics()
    (message,) = messages(await deciding(Shelf(), metrics).decide([incoming(an_evidence())]))
    assert metrics.registry.get_sample_value("sentinel_decisions_total", {"verdict": "CLEAR"}) == 0

    assert message.on_confirmed is not None
    message.on_confirmed()

    assert metrics.registry.get_sample_value("sentinel_decisions_total", {"verdict": "CLEAR"}) == 1
    assert metrics.registry.get_sample_value("sentinel_decision_latency_seconds_count") == 1


@pytest.mark.parametrize("value", [None, b"", b"{}"])
async def test_outcomes_are_stored_and_unreadable_ones_say_why(value: bytes | None) -> None:
    shelf = Shelf()
    outcome = RefundOutcome(
        outcome_id="o-1",
        request_id="rr-1",
        buyer_id="b-1",
        outcome="paid",
        occurred_at_ms=AT_MS,
        amount_minor=12_900,
        currency="CNY",
    )

    answers = await deciding(shelf).take_up([incoming(outcome), incoming(value)])

    assert shelf.outcomes == [outcome]
    assert answers[0] == []
    assert isinstance(answers[1], ContractError)


async def test_evidence_of_a_follow_up_is_kept_in_its_place_among_decisions_and_nothing_is_sent_for_it() -> None:
    shelf = Shelf(unsent={7})
    later = [an_evidence(a_request("rr-1"), case_id="c-1", follow_up=number) for number in (1, 7)]
    batch = [later[0], an_evidence(a_request("rr-2")), later[1], an_evidence(a_request("rr-3"))]

    answers = await deciding(shelf).decide([incoming(each) for each in batch])

    assert shelf.follow_ups == later[:1]
    assert [name for name, _ in shelf.decided] == ["rr-2", "rr-3"]
    assert answers[0] == []
    assert [message.value for message in messages([answers[1], answers[3]])] == [
        one.message for one in shelf.decided.values()
    ]
    assert isinstance(answers[2], RefusedByDatabase)
