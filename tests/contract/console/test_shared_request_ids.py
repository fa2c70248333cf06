"""Two shops' requests under one id: each party acts on its own content, and learns nothing of the other's."""

import pytest

from streams.clock import now_ms
from tests.contract.console.door import Door
from tests.contract.judging import changed, some_evidence, suspecting
from tests.contract.sql import Database


@pytest.fixture
def shared(database: Database) -> str:
    """A request that was cleared, and whose id another shop's request has too, which is under review."""
    database.decide(suspecting(), some_evidence("rr-7"), now_ms=now_ms())
    other = some_evidence("rr-7", merchant_id="m-2", buyer_id="b-2")
    database.decide(suspecting("rr-7"), other, now_ms=now_ms())
    return "rr-7"


@pytest.mark.parametrize(
    ("act", "who", "said"),
    [
        ("objections", "merchant:m-2", {"text": "not damaged"}),
        ("human-review", "merchant:m-2", {"text": "look"}),
        ("human-review", "buyer:b-2", {"text": "look"}),
    ],
)
def test_a_party_acts_on_its_own_content_alone(
    door: Door, database: Database, shared: str, act: str, who: str, said: dict[str, str]
) -> None:
    [own] = database.rows("SELECT case_id FROM cases WHERE merchant_id = 'm-2'")

    answered = door.post(who, f"/requests/{shared}/{act}", said)

    assert answered.status_code == 200, answered.text
    assert answered.json()["case"]["case_id"] == own[0]
    assert database.rows("SELECT case_id FROM cases WHERE merchant_id = 'm-1'") == []


def test_whoever_cleared_content_is_ones_own_opens_its_case(door: Door, database: Database, shared: str) -> None:
    answered = door.post("merchant:m-1", f"/requests/{shared}/objections", {"text": "not damaged"})

    assert (answered.status_code, answered.json()["opened"]) == (200, True)
    assert answered.json()["case"]["merchant_id"] == "m-1"
    assert len(database.rows("SELECT case_id FROM cases")) == 2
    again = door.post("merchant:m-1", f"/requests/{shared}/objections", {"text": "look at the handle"})
    assert (again.status_code, again.json()["opened"]) == (200, False)
    assert again.json()["case"]["case_id"] == answered.json()["case"]["case_id"]


def test_a_demand_is_noted_on_the_cases_of_ones_own_contents_alone(door: Door, database: Database, shared: str) -> None:
    more = some_evidence(shared, merchant_id="m-2", buyer_id="b-2", amount_minor=7)
    database.decide(suspecting(shared), more, now_ms=now_ms())
    third = some_evidence(shared, merchant_id="m-3", buyer_id="b-3")
    database.decide(suspecting(shared), third, now_ms=now_ms())

    answered = door.post("merchant:m-2", f"/requests/{shared}/human-review", {"text": "look"})

    assert answered.status_code == 200, answered.text
    of_whom = "SELECT merchant_id FROM audit JOIN cases USING (case_id) WHERE action = 'HUMAN_REVIEW_ASKED'"
    assert database.rows(of_whom) == [("m-2",), ("m-2",)]


def test_a_platforms_demand_is_noted_on_the_case_of_each_content(door: Door, database: Database) -> None:
    first = some_evidence("rr-9")
    database.decide(suspecting("rr-9"), first, changed(first), now_ms=now_ms())

    answered = door.post("platform", "/requests/rr-9/human-review", {"text": "look", "party": "buyer"})

    assert answered.status_code == 200, answered.text
    noted = database.rows("SELECT case_id FROM audit WHERE action = 'HUMAN_REVIEW_ASKED'")
    assert len(set(noted)) == len(noted) == 2
