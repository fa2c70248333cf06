"""A case through the API: seen, stated on, decided, appealed, by those who may, and by nobody else."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.contract.console.browser import Browser
from tests.contract.console.door import Door
from tests.contract.sql import Database

FIELDS = {
    "case_id",
    "request_id",
    "state",
    "version",
    "due_at_ms",
    "waits_for",
    "score",
    "reasons",
    "assignee",
    "verdict",
    "cluster_id",
}


def test_a_case_is_shown_with_everything_that_the_surface_promises_and_its_version_as_tag(
    door: Door, case: str
) -> None:
    answered = door.get("platform", f"/cases/{case}")

    assert answered.status_code == 200
    assert answered.json().keys() >= FIELDS
    assert answered.json()["waits_for"] == "merchant"
    assert answered.headers["ETag"] == f'"{answered.json()["version"]}"'


def test_a_buyer_sees_neither_score_nor_reasons(door: Door, case: str) -> None:
    seen = door.get("buyer:b-1", f"/cases/{case}").json()

    assert (seen["score"], seen["reasons"], seen["cluster_id"]) == (None, [], None)


def test_a_merchant_is_not_told_of_another_shops_request_by_the_name_of_the_cluster(
    door: Door, open_case: Callable[..., str]
) -> None:
    """A cluster is called after its earliest request, whosever that is."""
    open_case("rr-theirs", merchant_id="m-2", buyer_id="b-2")
    mine = open_case("rr-mine", like=("rr-theirs",))

    assert door.get("reviewer", f"/cases/{mine}").json()["cluster_id"] == "rr-theirs"
    assert "rr-theirs" not in door.get("merchant:m-1", f"/cases/{mine}").text
    assert "rr-theirs" not in door.get("merchant:m-1", "/cases").text
    assert "rr-theirs" not in Browser(door).sign_in("shop", "merchant:m-1").get(f"/cases/{mine}").text


def test_a_reviewer_does_not_see_whose_claim_it_is(door: Door, case: str) -> None:
    assert door.get("reviewer", f"/cases/{case}").json()["buyer_id"] is None


def test_another_partys_case_is_not_there(door: Door, case: str) -> None:
    for who in ("merchant:m-2", "buyer:b-2"):
        mine = door.get(who, f"/cases/{case}")
        nobodys = door.get(who, "/cases/c-nobodys")

        assert mine.status_code == nobodys.status_code == 404
        assert mine.json()["detail"].replace(case, "X") == nobodys.json()["detail"].replace("c-nobodys", "X")
        assert door.get(who, "/cases").json()["cases"] == []
        assert door.get(who, "/requests/rr-1").status_code == 404
        assert door.post(who, f"/cases/{case}/statements", {"text": "mine"}).status_code == 404


def test_a_merchant_cannot_list_another_merchants_cases(door: Door, case: str) -> None:
    assert door.get("merchant:m-2", "/cases?merchant=m-1").status_code == 403
    assert [one["case_id"] for one in door.get("merchant:m-1", "/cases").json()["cases"]] == [case]


def test_pages_of_cases_follow_each_other_without_gap_or_repeat(door: Door, open_case: Callable[..., str]) -> None:
    opened = [open_case(f"rr-{number}", order_id=f"o-{number}") for number in range(7)]

    for order in ("newest", "age", "score", "due"):
        seen, cursor = list[str](), ""
        while True:
            page = door.get("platform", f"/cases?limit=3&order={order}{cursor}").json()
            seen += [one["case_id"] for one in page["cases"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert sorted(seen) == sorted(opened)


def test_what_is_no_cursor_is_refused(door: Door) -> None:
    for cursor in ("x", "!!", "W10", "eyJhIjoxfQ", "0" * 300):
        assert door.get("platform", "/cases", params={"cursor": cursor}).status_code == 422


def test_a_filter_that_there_is_none_of_is_refused_and_never_passed_over(door: Door) -> None:
    for name in ("merchant_id", "Merchant", "merchants", "order_id", "state[]"):
        answer = door.get("platform", "/cases", params={name: "m-nobody"})
        assert (name, answer.status_code, "m-nobody" in answer.text, name in answer.text) == (name, 422, False, False)
        assert "query: a name that is not in the description" in answer.json()["detail"]


def test_a_filter_that_is_given_twice_is_refused_since_one_of_them_would_be_passed_over(door: Door) -> None:
    for twice in ("state=READY&state=DECIDED", "merchant=m-1&limit=5&merchant=m-2", "state=READY&state=READY"):
        answer = door.get("platform", f"/cases?{twice}")
        assert (twice, answer.status_code) == (twice, 400)
        assert "a name stands twice" in answer.json()["detail"]


def test_a_merchants_statement_ends_the_hearing_and_is_in_the_trail_under_the_name_of_who_spoke(
    door: Door, case: str
) -> None:
    said = {"headers": {"Sentinel-Actor": "desk.anna"}}
    answered = door.post("merchant:m-1", f"/cases/{case}/statements", {"text": "sent whole"}, **said)

    assert (answered.status_code, answered.json()["state"]) == (200, "READY")
    trail = door.get("auditor", f"/cases/{case}/audit").json()
    assert trail["whole"] is True
    assert trail["entries"][-1]["actor"] == "desk.anna"
    assert "sent whole" in trail["entries"][-1]["payload"]


def test_a_platform_says_for_whom_it_speaks(door: Door, case: str) -> None:
    assert door.post("platform", f"/cases/{case}/statements", {"text": "x"}).status_code == 422
    spoken = door.post("platform", f"/cases/{case}/statements", {"text": "x", "party": "merchant"})
    assert spoken.json()["state"] == "READY"


def test_a_party_cannot_speak_for_the_other(door: Door, case: str) -> None:
    assert door.post("merchant:m-1", f"/cases/{case}/statements", {"text": "x", "party": "buyer"}).status_code == 403


def test_hostile_text_is_kept_as_it_is_and_changes_nothing_else(door: Door, case: str) -> None:
    texts = ["<script>alert(1)</script>", "tsil\u202eecilam", "Z" * 4_000, "裂" * 4_000, "a\n\tb", "🫖" * 2_000]
    for text in texts:
        assert door.post("merchant:m-1", f"/cases/{case}/statements", {"text": text}).status_code == 200
    entries = door.get("auditor", f"/cases/{case}/audit").json()["entries"]

    assert [json.loads(entry["payload"])["note"] for entry in entries[-len(texts) :]] == texts


def test_what_is_no_text_is_refused_and_nothing_changes(door: Door, case: str) -> None:
    for text in ("", " \n ", "x" * 4_001, "a\x00b", None, 7, ["x"]):
        answered = door.post("merchant:m-1", f"/cases/{case}/statements", {"text": text})
        assert answered.status_code == 422
        assert answered.headers["Content-Type"] == "application/problem+json"
    assert door.get("platform", f"/cases/{case}").json()["state"] == "AWAITING_MERCHANT"


def test_a_lone_surrogate_is_refused(door: Door, case: str) -> None:
    sent: dict[str, Any] = {"data": b'{"text": "\\ud800"}', "headers": {"Content-Type": "application/json"}}
    assert door.call("merchant:m-1", "POST", f"/cases/{case}/statements", **sent).status_code == 422


def test_a_note_of_a_megabyte_is_too_large(door: Door, case: str) -> None:
    assert door.post("merchant:m-1", f"/cases/{case}/statements", {"text": "x" * 1_000_000}).status_code == 413


def test_an_endless_body_is_cut_off(door: Door, case: str) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(10_000):
            yield b"x" * 65_536

    sent: dict[str, Any] = {"data": endless(), "headers": {"Content-Type": "application/json"}}
    assert door.call("merchant:m-1", "POST", f"/cases/{case}/statements", **sent).status_code == 413


def test_who_read_an_older_version_is_told_so_and_nothing_happens(door: Door, case: str) -> None:
    tag = door.get("merchant:m-1", f"/cases/{case}").headers["ETag"]
    first = door.post("merchant:m-1", f"/cases/{case}/statements", {"text": "a"}, headers={"If-Match": tag})
    late = door.post("merchant:m-1", f"/cases/{case}/statements", {"text": "b"}, headers={"If-Match": tag})

    assert (first.status_code, late.status_code) == (200, 409)
    assert door.get("platform", f"/cases/{case}").json()["version"] == first.json()["version"]


def test_what_is_no_tag_is_refused(door: Door, case: str) -> None:
    for tag in ("", "x", '"-1"', '"1.5"', '"99999999999999999999"', '"1", "2"'):
        sent = {"headers": {"If-Match": tag}}
        assert door.post("merchant:m-1", f"/cases/{case}/statements", {"text": "a"}, **sent).status_code == 422


def test_an_objection_to_a_cleared_request_opens_a_case(door: Door, cleared: str) -> None:
    assert door.get("merchant:m-1", f"/requests/{cleared}").json()["state"] == "CLEAR"
    objected = door.post("merchant:m-1", f"/requests/{cleared}/objections", {"text": "ours", "media_id": "c1"})

    assert (objected.status_code, objected.json()["opened"]) == (200, True)
    progress = door.get("platform", f"/requests/{cleared}").json()
    assert progress["state"] == objected.json()["case"]["state"]
    assert door.get("merchant:m-1", "/cases").json()["cases"][0]["reasons"] == ["MERCHANT_OBJECTION"]


def test_a_withdrawn_request_closes_its_case_and_cannot_be_withdrawn_again(door: Door, case: str) -> None:
    assert door.post("platform", "/requests/rr-1/withdrawal", {"text": "gave up"}).json()["state"] == "CLOSED"
    assert door.post("platform", "/requests/rr-1/withdrawal", {"text": "gave up"}).status_code == 409
    assert door.get("platform", f"/cases/{case}").json()["waits_for"] == "nobody"


def test_a_request_on_which_nothing_is_decided_is_not_there(door: Door) -> None:
    assert door.get("platform", "/requests/rr-none").status_code == 404


def test_nothing_is_told_of_what_a_caller_sent(door: Door, database: Database, case: str) -> None:
    answered = door.post("merchant:m-1", f"/cases/{case}/statements", {"text": ["geheim"]})

    assert "geheim" not in answered.text
    assert len(database.rows("SELECT 1 FROM audit")) == 1


def test_whoever_demands_a_person_gets_one_and_asking_again_changes_nothing(door: Door, cleared: str) -> None:
    where = f"/requests/{cleared}/human-review"
    asked, again = (door.post("buyer:b-1", where, {"text": "I want a person"}) for _ in range(2))

    assert (asked.status_code, asked.json()["opened"]) == (200, True)
    assert (again.status_code, again.json()["opened"]) == (200, False)
    assert again.json()["case"]["version"] == asked.json()["case"]["version"]
    assert door.post("buyer:b-2", where, {"text": "me too"}).status_code == 404


def test_a_person_may_be_demanded_by_the_platform_before_anything_is_decided(door: Door) -> None:
    demand = {"text": "asked by phone", "party": "buyer"}
    asked = door.post("platform", "/requests/rr-later/human-review", demand)

    assert (asked.status_code, asked.json()) == (200, {"opened": False, "case": None})
    assert door.post("merchant:m-1", "/requests/rr-later/human-review", {"text": "x"}).status_code == 404
