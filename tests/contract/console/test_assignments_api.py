"""A reviewer's work through the API: the next case, kept, parked, handed over, given back, decided."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.console.browser import Browser
from tests.contract.console.door import Door

REVIEWED = {"verdict": "GRANT", "rule": "DAMAGE_SHOWN", "rationale": "a real crack"}


def by(name: str) -> dict[str, Any]:
    return {"headers": {"Sentinel-Actor": name}}


@pytest.fixture
def ready(door: Door, open_case: Callable[..., str]) -> str:
    """A case whose merchant was heard."""
    case = open_case()
    door.post("merchant:m-1", f"/cases/{case}/statements", {"text": "sent whole"})
    return case


def take(door: Door, name: str = "lin.wei") -> dict[str, Any]:
    answered = door.post("reviewer", "/assignments", {}, **by(name))
    assert answered.status_code == 200, answered.text
    taken: dict[str, Any] = answered.json()
    return taken


def test_a_reviewer_is_shown_whose_claim_it_is_for_a_reason_that_stands_on_record(door: Door, ready: str) -> None:
    taken = take(door)
    mine = f"/assignments/{taken['assignment_id']}/buyer"
    why = {"text": "the parcel went to another address"}

    assert taken["case"]["buyer_id"] is None
    assert door.post("reviewer", mine, {"text": " "}, **by("lin.wei")).status_code == 422
    assert door.post("reviewer", mine, why, **by("chen.yu")).status_code == 403
    assert door.post("platform", mine, why).status_code == 403
    shown = door.post("reviewer", mine, why, **by("lin.wei"))

    assert (shown.status_code, shown.json()) == (200, {"case_id": ready, "buyer_id": "b-1"})
    entries = door.get("auditor", f"/cases/{ready}/audit").json()["entries"]
    [noted] = [one for one in entries if one["action"] == "BUYER_SHOWN"]
    assert noted["actor"] == "lin.wei"
    assert why["text"] in noted["payload"]


@pytest.mark.usefixtures("case")
def test_where_no_case_waits_there_is_nothing_to_hand_out(door: Door) -> None:
    answered = door.post("reviewer", "/assignments", {}, **by("lin.wei"))

    assert (answered.status_code, answered.content) == (204, b"")


def test_a_case_is_handed_out_once_and_its_reviewer_is_told_to_those_who_may_know(door: Door, ready: str) -> None:
    taken = take(door)

    assert (taken["case_id"], taken["case"]["state"], taken["case"]["assignee"]) == (ready, "ASSIGNED", "lin.wei")
    assert door.post("reviewer", "/assignments", {}, **by("chen.yu")).status_code == 204
    assignees = {
        who: door.get(who, f"/cases/{ready}").json()["assignee"] for who in ("auditor", "platform", "merchant:m-1")
    }
    assert assignees == {"auditor": "lin.wei", "platform": None, "merchant:m-1": None}
    assert door.get("auditor", "/cases").json()["cases"][0]["assignee"] == "lin.wei"


def test_a_reviewer_who_is_the_merchant_too_is_given_and_decides_none_of_its_cases(door: Door, ready: str) -> None:
    both = door.key("reviewer", "merchant:m-1")
    verdict = {"verdict": "REFUSE", "rule": "R-1", "rationale": "as drawn"}

    decided = door.call(None, "POST", f"/cases/{ready}/verdicts", token=both, json=verdict, **by("shop"))

    assert (decided.status_code, "conflict of interest" in decided.json()["detail"]) == (403, True)
    assert door.call(None, "POST", "/assignments", token=both, json={}, **by("shop")).status_code == 204
    assert take(door)["case_id"] == ready


@pytest.mark.usefixtures("ready")
def test_an_assignment_is_its_reviewers_alone(door: Door) -> None:
    mine = f"/assignments/{take(door)['assignment_id']}"

    assert door.post("reviewer", f"{mine}/heartbeat", {}, **by("chen.yu")).status_code == 403
    assert door.post("reviewer", f"{mine}/heartbeat", {}, **by("lin.wei")).status_code == 200
    assert door.post("reviewer", "/assignments/a-none/heartbeat", {}, **by("lin.wei")).status_code == 404


@pytest.mark.usefixtures("ready")
def test_a_draft_is_there_again(door: Door) -> None:
    mine = f"/assignments/{take(door)['assignment_id']}"
    kept = door.call("reviewer", "PUT", f"{mine}/draft", json={"text": "half <b>written"}, **by("lin.wei"))

    assert kept.json()["text"] == "half <b>written"
    assert take(door)["draft"]["text"] == "half <b>written"


def test_a_case_is_parked_handed_over_and_given_back(door: Door, ready: str) -> None:
    mine = f"/assignments/{take(door)['assignment_id']}"
    parked = door.post("reviewer", f"{mine}/hold", {"text": "asked", "for_ms": 3_600_000}, **by("lin.wei"))
    assert parked.json()["held_since_ms"] is not None

    to_chen = {"to": "chen.yu", "text": "knows pots"}
    assert door.post("reviewer", f"{mine}/hand-over", to_chen, **by("lin.wei")).status_code == 422
    assert door.post("reviewer", "/assignments", {}, **by("chen.yu")).status_code == 204  # now she is known
    assert door.post("reviewer", f"{mine}/hand-over", to_chen, **by("lin.wei")).status_code == 200
    theirs = take(door, "chen.yu")
    assert theirs["case_id"] == ready
    back = door.post("reviewer", f"/assignments/{theirs['assignment_id']}/skip", {"text": "no"}, **by("chen.yu"))
    assert (back.status_code, back.json()["state"]) == (200, "READY")
    over = door.post("reviewer", f"{mine}/heartbeat", {}, **by("lin.wei"))
    assert over.status_code in {403, 409}


def test_a_case_is_decided_once_by_the_version_that_was_read(door: Door, ready: str) -> None:
    taken = take(door)
    tag = {"If-Match": f'"{taken["case"]["version"]}"', "Sentinel-Actor": "lin.wei"}
    done = door.post("reviewer", f"/cases/{ready}/verdicts", REVIEWED, headers=tag)
    again = door.post("reviewer", f"/cases/{ready}/verdicts", REVIEWED, headers=tag)

    assert done.status_code == 200, done.text
    assert done.json()["state"] == "DECIDED"
    assert again.status_code == 409


def test_a_reviewer_picks_no_case_a_senior_may(door: Door, ready: str) -> None:
    decided = f"/cases/{ready}/verdicts"
    waits, picked = REVIEWED | {"heard": True}, door.post("reviewer", decided, REVIEWED, **by("chen.yu"))
    assert (picked.status_code, "the system hands cases out" in picked.json()["detail"]) == (409, True)
    assert door.post("reviewer", decided, waits, **by("chen.yu")).status_code == 409
    taken = take(door)
    assert door.post("senior", decided, REVIEWED, **by("wu.min")).status_code == 403, "it is in somebody else's hands"
    door.post("reviewer", f"/assignments/{taken['assignment_id']}/skip", {"text": "not mine"}, **by("lin.wei"))
    assert door.post("reviewer", decided, REVIEWED, **by("lin.wei")).status_code == 409, "no longer"
    assert door.get("auditor", f"/cases/{ready}").json()["state"] == "READY"

    done = door.post("senior", decided, REVIEWED, **by("wu.min"))

    assert (done.status_code, done.json()["state"]) == (200, "DECIDED"), done.text


def test_a_verdict_on_what_was_read_before_a_party_said_more_is_refused(door: Door, ready: str) -> None:
    taken = take(door)
    read = {"headers": {"If-Match": f'"{taken["case"]["version"]}"', "Sentinel-Actor": "lin.wei"}}
    said = door.post("buyer:b-1", f"/cases/{ready}/statements", {"text": "it is on the video, at second 12"})

    late = door.post("reviewer", f"/cases/{ready}/verdicts", REVIEWED, **read)
    seen = {"headers": {"If-Match": said.headers["ETag"], "Sentinel-Actor": "lin.wei"}}

    assert (said.status_code, late.status_code) == (200, 409)
    assert door.get("auditor", f"/cases/{ready}").json()["assignee"] == "lin.wei", "it stays in the same hands"
    assert door.post("reviewer", f"/cases/{ready}/verdicts", REVIEWED, **seen).status_code == 200


def test_a_verdict_without_its_rule_or_rationale_is_refused(door: Door, ready: str) -> None:
    take(door)
    for missing in ("rule", "rationale", "verdict"):
        body = {name: value for name, value in REVIEWED.items() if name != missing}
        assert door.post("reviewer", f"/cases/{ready}/verdicts", body, **by("lin.wei")).status_code == 422


def test_more_evidence_asks_the_buyer_by_name_of_what_is_wanted(door: Door, ready: str) -> None:
    take(door)
    body = REVIEWED | {"verdict": "MORE_EVIDENCE", "asked": [{"kind": "PAPER_CODE"}, {"kind": "ANGLE", "text": "back"}]}
    done = door.post("reviewer", f"/cases/{ready}/verdicts", body, **by("lin.wei"))

    assert (done.status_code, done.json()["waits_for"]) == (200, "buyer"), done.text


def test_no_party_is_told_what_the_other_one_is_asked_for(door: Door, ready: str) -> None:
    """The code that a buyer writes on paper proves something only where nobody else knows it."""
    take(door)
    wanted = [{"kind": "PAPER_CODE"}, {"kind": "DISPATCH_VIDEO"}]
    body = REVIEWED | {"verdict": "MORE_EVIDENCE", "asked": wanted}
    assert door.post("reviewer", f"/cases/{ready}/verdicts", body, **by("lin.wei")).status_code == 200

    whole = door.get("platform", f"/cases/{ready}").json()["asked"]
    code = whole[0]["text"]
    assert ([one["kind"] for one in whole], len(code)) == (["PAPER_CODE", "DISPATCH_VIDEO"], 6)
    assert door.get("buyer:b-1", f"/cases/{ready}").json()["asked"] == whole[:1]
    assert door.get("merchant:m-1", f"/cases/{ready}").json()["asked"] == whole[1:]
    for path in (f"/cases/{ready}", "/cases", "/requests/rr-1"):
        assert code not in door.get("merchant:m-1", path).text, path
        assert "DISPATCH" not in door.get("buyer:b-1", path).text, path
    page = Browser(door).sign_in("shop", "merchant:m-1").get(f"/cases/{ready}").text
    assert code not in page
