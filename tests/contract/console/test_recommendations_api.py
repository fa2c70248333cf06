"""Recommendations through the API."""

import pytest
from msgspec.structs import replace

from schemas.records import RefundDecided
from streams.clock import now_ms
from streams.policy.question import Question
from tests.contract.console.door import Door
from tests.contract.judging import decided, some_evidence
from tests.contract.sql import Database

CLOSED = {"code": "RESTRICT_PURCHASES", "outcome": "done", "text": "why"}


@pytest.fixture
def recommended(database: Database) -> str:
    def judge(question: Question) -> RefundDecided:
        return replace(decided(question, review=True), recommended=["RESTRICT_PURCHASES"])

    [decision] = database.decide(judge, some_evidence(), now_ms=now_ms())
    return f"/cases/{decision.case_id}/recommendations"


def test_a_reviewer_closes_a_recommendation_and_everybody_of_the_staff_sees_it(door: Door, recommended: str) -> None:
    [one] = door.get("reviewer", recommended).json()["recommendations"]
    assert (one["code"], one["closed"]) == ("RESTRICT_PURCHASES", None)
    assert one["grounds"][0].keys() == {"zh", "en"}

    done = door.post("reviewer", recommended, CLOSED | {"text": "three a month"})

    assert done.status_code == 200
    [closed] = [one["closed"] for one in done.json()["recommendations"]]
    assert (closed["outcome"], closed["text"]) == ("done", "three a month")
    [seen] = [one["closed"] for one in door.get("auditor", recommended).json()["recommendations"]]
    assert seen["by"] == closed["by"]


def test_what_is_wrong_is_told_and_parties_see_nothing(door: Door, recommended: str) -> None:
    assert door.post("reviewer", recommended, CLOSED | {"code": "REPORT_TO_POLICE"}).status_code == 404
    assert door.post("reviewer", recommended, CLOSED | {"outcome": "perhaps"}).status_code == 422
    assert door.post("reviewer", recommended, CLOSED | {"text": " "}).status_code == 422
    for who in ("buyer:b-1", "merchant:m-1", "platform"):
        assert door.get(who, recommended).status_code == 403
        assert door.post(who, recommended, CLOSED).status_code == 403
