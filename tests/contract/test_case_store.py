"""Cases, to list and to show."""

from typing import Any

import pytest

from streams.cases.record.query import CaseOrder, CaseQuery
from streams.cases.states import CaseState
from streams.casework import files
from streams.errors import OperatorError
from tests.contract.judging import NOW_MS, changed, some_evidence, suspecting
from tests.contract.sql import Database

OPENED = [f"rr-{n}" for n in range(7)]


@pytest.fixture
def listed(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Seven cases, two of them opened in the same millisecond, listed in pages of three."""
    monkeypatch.setattr(files, "PAGE", 3)
    for n, request_id in enumerate(OPENED):
        database.decide(suspecting(request_id), some_evidence(request_id), now_ms=NOW_MS + max(n, 1))
    return database


def test_all_cases_are_listed_newest_first_across_pages(listed: Database) -> None:
    given = [case.request_id for case in listed.cases.list_cases()]

    assert given[:5] == OPENED[:1:-1]
    assert sorted(given) == OPENED


@pytest.mark.parametrize("limit", [1, 3, 4, 6])
def test_a_limit_ends_the_list(listed: Database, limit: int) -> None:
    assert len(list(listed.cases.list_cases(limit=limit))) == limit


def test_a_state_selects_the_cases_in_it(listed: Database) -> None:
    listed.change("UPDATE cases SET state = 'READY' WHERE request_id = 'rr-4'")

    assert [case.request_id for case in listed.cases.list_cases(CaseQuery(state=CaseState.READY))] == ["rr-4"]
    assert len(list(listed.cases.list_cases(CaseQuery(state=CaseState.AWAITING_MERCHANT)))) == len(OPENED) - 1
    assert list(listed.cases.list_cases(CaseQuery(state=CaseState.CLOSED))) == []


def request_ids(database: Database, **asked: Any) -> list[str]:
    return [case.request_id for case in database.cases.list_cases(CaseQuery(**asked))]


@pytest.fixture
def varied(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Five cases that differ in all that may be asked for, listed in pages of two."""
    monkeypatch.setattr(files, "PAGE", 2)
    given = [("rr-0", "b-1", "m-1", "o-1"), ("rr-1", "b-1", "m-2", "o-2"), ("rr-2", "b-2", "m-1", "o-1")]
    given += [("rr-3", "b-3", "m-3", "o-3"), ("rr-4", "b-3", "m-3", "o-4")]
    for place, (request_id, buyer_id, merchant_id, order_id) in enumerate(given):
        evidence = some_evidence(request_id, buyer_id=buyer_id, merchant_id=merchant_id, order_id=order_id)
        database.decide(suspecting(request_id), evidence, now_ms=NOW_MS + place * 1_000)
    scores = {"rr-0": 10, "rr-1": 90, "rr-2": 50, "rr-3": 90, "rr-4": 10}
    due = {"rr-0": None, "rr-1": NOW_MS + 3, "rr-2": NOW_MS + 1, "rr-3": None, "rr-4": NOW_MS + 3}
    for request_id, score in scores.items():
        database.change(
            "UPDATE cases SET score = :score, due_at_ms = :due WHERE request_id = :id",
            score=score,
            due=due[request_id],
            id=request_id,
        )
    database.change("UPDATE cases SET reason_codes = 'AI_LABEL USED_BEFORE' WHERE request_id IN ('rr-1', 'rr-4')")
    database.change("UPDATE cases SET reason_codes = 'USED_BEFORE_X' WHERE request_id = 'rr-3'")
    return database


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"request_id": "rr-2"}, ["rr-2"]),
        ({"buyer_id": "b-1"}, ["rr-1", "rr-0"]),
        ({"merchant_id": "m-1"}, ["rr-2", "rr-0"]),
        ({"order_id": "o-1"}, ["rr-2", "rr-0"]),
        ({"order_id": "o-1", "buyer_id": "b-2"}, ["rr-2"]),
        ({"reason": "AI_LABEL"}, ["rr-4", "rr-1"]),
        ({"reason": "USED_BEFORE"}, ["rr-4", "rr-2", "rr-1", "rr-0"]),
        ({"reason": "USED%"}, []),
        ({"opened_before_ms": NOW_MS + 2_000}, ["rr-1", "rr-0"]),
        ({"opened_after_ms": NOW_MS + 2_000}, ["rr-4", "rr-3"]),
        ({"opened_after_ms": NOW_MS, "opened_before_ms": NOW_MS + 2_000}, ["rr-1"]),
        ({"merchant_id": "m-none"}, []),
    ],
)
def test_cases_are_found_by_what_people_know_of_them(
    varied: Database, asked: dict[str, Any], expected: list[str]
) -> None:
    assert request_ids(varied, **asked) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (CaseOrder.NEWEST, ["rr-4", "rr-3", "rr-2", "rr-1", "rr-0"]),
        (CaseOrder.AGE, ["rr-0", "rr-1", "rr-2", "rr-3", "rr-4"]),
        (CaseOrder.SCORE, ["rr-1", "rr-3", "rr-2", "rr-0", "rr-4"]),
        (CaseOrder.DUE, ["rr-2", "rr-1", "rr-4", "rr-0", "rr-3"]),
    ],
)
def test_cases_are_listed_in_the_order_that_is_asked_for_across_pages(
    varied: Database, order: CaseOrder, expected: list[str]
) -> None:
    assert request_ids(varied, order=order) == expected


def test_a_case_is_shown_by_the_id_of_its_request_too(database: Database) -> None:
    [decision] = database.decide(suspecting("rr-1"), some_evidence("rr-1"))

    assert database.cases.show("rr-1") == database.cases.show(str(decision.case_id))
    assert database.cases.cluster("rr-1") == database.cases.cluster(str(decision.case_id))


def test_of_several_cases_of_a_request_the_newest_is_shown_beside_the_others_and_none_is_changed(
    database: Database,
) -> None:
    first = some_evidence("rr-1")
    [older] = database.decide(suspecting("rr-1"), first)
    [newer] = database.decide(suspecting("rr-1"), changed(first), now_ms=NOW_MS + 1)

    shown = database.cases.show("rr-1")

    assert (shown.case.case_id, [case.case_id for case in shown.related]) == (newer.case_id, [older.case_id])
    with pytest.raises(OperatorError, match=f"has 2 cases: name one of them: {newer.case_id}, {older.case_id}"):
        database.confirm_forgery("rr-1", NOW_MS)


def test_a_request_without_a_case_says_what_was_decided(database: Database) -> None:
    database.decide(suspecting(), some_evidence("rr-1"))

    with pytest.raises(OperatorError, match="request rr-1 was decided CLEAR: it has no case"):
        database.cases.show("rr-1")


def test_an_unknown_case_is_an_error_that_says_where_to_look(database: Database) -> None:
    with pytest.raises(OperatorError, match="refund-sentinel case list"):
        database.cases.show("c-none")


def test_a_case_comes_with_all_that_was_sent_under_its_request_id(database: Database) -> None:
    first = some_evidence("rr-1")
    [clear] = database.decide(suspecting(), first)
    [review] = database.decide(suspecting(), changed(first), now_ms=NOW_MS + 1)
    assert review.case_id is not None

    found = database.cases.show(review.case_id)

    assert [claim.request_digest for claim in found.contents] == [clear.request_digest, review.request_digest]
    assert found.claim.amount_minor == first.request.amount_minor + 1
    assert found.related == ()


def test_a_case_comes_with_the_other_cases_of_its_picture_newest_first(database: Database) -> None:
    judge = suspecting("rr-1", "rr-2", "rr-3", "rr-4")
    decisions = [
        database.decide(judge, some_evidence(request_id, like=like), now_ms=NOW_MS + place)[0]
        for place, (request_id, like) in enumerate(
            [("rr-1", ()), ("rr-2", ("rr-1",)), ("rr-3", ("rr-2",)), ("rr-4", ())]
        )
    ]
    shown = decisions[1].case_id
    assert shown is not None

    assert [case.request_id for case in database.cases.show(shown).related] == ["rr-3", "rr-1"]
