"""Cases, to list and to show."""

import pytest

from streams.cases.query import CaseQuery
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
