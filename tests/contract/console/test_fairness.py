"""What the page of a case keeps from whoever judges it: whose claim it is, and what the machine makes of it."""

import re

import pytest
from sqlalchemy import Engine
from structlog.testing import capture_logs

from tests.contract.console.browser import Browser
from tests.contract.console.door import Door

SCORE = re.compile(r'class="score s\d')


@pytest.fixture
def reviewer(door: Door, case: str) -> Browser:
    """A reviewer with the case in hand."""
    shop = Browser(door).sign_in("shop", "merchant:m-1")
    shop.send(f"/cases/{case}", f"/cases/{case}/statement", text="sent whole")
    found = Browser(door).sign_in("lin", "reviewer", "auditor")
    found.send("/cases", "/next")
    return found


def in_hand(door: Door) -> str:
    return door.uses.assignments.in_hand("lin")[0].assignment_id


def test_the_buyer_is_shown_to_whoever_asked_with_a_reason_and_that_stands_on_record(
    door: Door, case: str, reviewer: Browser
) -> None:
    path = f"/work/{in_hand(door)}/buyer"
    assert "b-1" not in reviewer.get(f"/cases/{case}").text, "not even to an auditor who reviews"

    without = reviewer.send(f"/cases/{case}", path, text=" ")
    assert without.status_code == 422
    asked = reviewer.send(f"/cases/{case}", path, text="the parcel went to another address")

    assert asked.headers["Location"] == f"/cases/{case}"
    assert "b-1" in reviewer.get(f"/cases/{case}").text
    assert "b-1" not in Browser(door).sign_in("chen", "reviewer").get(f"/cases/{case}").text
    entries = door.get("auditor", f"/cases/{case}/audit").json()["entries"]
    [noted] = [one for one in entries if one["action"] == "BUYER_SHOWN"]
    assert noted["actor"] == "lin"


def test_the_machines_score_is_closed_where_the_operator_says_so(engine: Engine, case: str) -> None:
    door = Door(engine, score_hidden=True)
    reviewer = Browser(door).sign_in("lin", "reviewer")
    page = reviewer.get(f"/cases/{case}").text

    assert SCORE.search(re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)) is None
    assert SCORE.search(page), "it can be opened"
    assert SCORE.search(reviewer.get("/cases").text) is None
    assert SCORE.search(Browser(door).sign_in("boss", "operator").get("/cases").text)


def test_a_page_that_stays_open_keeps_the_case_and_is_told_when_it_is_over(
    door: Door, case: str, reviewer: Browser
) -> None:
    path = f"/work/{in_hand(door)}/heartbeat"
    before = door.uses.assignments.in_hand("lin")[0].lease_until_ms

    there = reviewer.send(f"/cases/{case}", path)
    assert there.json()["lease_until_ms"] >= before
    reviewer.send(f"/cases/{case}", path.replace("heartbeat", "skip"), text="cannot read it")

    assert reviewer.send("/cases", path).status_code == 409


def test_a_photo_address_that_another_role_guessed_is_not_found_and_noted(door: Door, case: str) -> None:
    address = f"/photos/{case}/c0/screen"
    for name, role in (("author", "policy-author"), ("other", "merchant:m-2")):
        guessing = Browser(door).sign_in(name, role)
        with capture_logs() as logs:
            assert guessing.get(address).status_code == 404
        [noted] = [one for one in logs if one["event"].startswith("a photo was asked for")]
        assert noted["by"] == name
