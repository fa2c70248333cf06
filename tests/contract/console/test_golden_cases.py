"""A golden case looks like any other: by API and by page, byte for byte, before and after the reviewer's verdict."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from streams.adapters.sql.cases.work import SqlCaseDatabase
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.tables import metadata
from streams.cases.acts import AuditAct
from streams.cases.reviewing.assignment import Terms
from streams.cases.states import CaseState
from streams.casework.quality.golden import GoldenCases
from streams.casework.reviewing.assignments import Assignments
from streams.clock import now_ms
from tests import command_line
from tests.builders import AT_MS
from tests.contract.console.browser import Browser
from tests.contract.console.door import Door
from tests.contract.console.test_blindness import DRAWN_EACH_TIME
from tests.contract.judging import a_policy, some_evidence, suspecting
from tests.contract.sql import Database

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
AS_LIN = {"Sentinel-Actor": "lin.wei"}
GRANT = {"verdict": "GRANT", "rule": "DAMAGE_SHOWN", "rationale": "a real crack"}
_BY_THE_CLOCK = re.compile(
    r"(?<=<time ).*?(?=</time>)|(?<=data-now=)\"\d+\"|(?<=data-token=)\"[^\"]+\"|(?<=until )[^<]+"
)
_TOOK = re.compile(r"(?<=class=\"figure\">)[^<]*\d[^<]*")
_CASE_ID = re.compile(r"c-rr-\d+-[0-9a-f]{8}")  # made of the request's id by the judge of these tests alone
_OWN = re.compile(r"\b(?:gold|real)\b")
NUMBERS = {"gold": "0003", "real": "9000", "next": "9001"}
"""What the platform's ids count up to: a golden case's are old."""


def act(by: str, at_ms: int) -> AuditAct:
    return AuditAct(by=by, note="as it was", at_ms=at_ms)


def heard(database: Database, name: str, opened_ms: int) -> None:
    """A case that was opened at a time, and whose merchant answered an hour later."""
    request_id, order_id = f"rr-{NUMBERS[name]}", f"o-{NUMBERS[name]}"
    asked: dict[str, Any] = {"buyer_id": f"b-{name}", "merchant_id": f"m-{name}", "order_id": order_id}
    evidence = some_evidence(request_id, requested_at_ms=opened_ms - HOUR_MS, **asked)
    database.decide(suspecting(request_id), evidence, now_ms=opened_ms)
    database.hearings.state(request_id, act(f"m-{name}", opened_ms + HOUR_MS), "merchant")


def a_world(engine: Engine, *, golden: bool) -> Door:
    """A console where the next case is a golden one, or a real one of the same content, and nothing else differs."""
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    PolicyStore(engine).seed(a_policy(), AT_MS)
    database, now = Database(engine), now_ms()
    if golden:
        then = now - 40 * DAY_MS
        heard(database, "gold", then - 2 * HOUR_MS)
        database.verdicts.decide("rr-0003", act("ma.li", then), "FORGERY_CONFIRMED", "PHOTO_FORGED")
        database.timers.move_due(then + 20 * DAY_MS)
        GoldenCases(database.cases, database.casework).mark("rr-0003", act("the.lead", then + 21 * DAY_MS))
    else:
        heard(database, "real", now - 2 * HOUR_MS)
    heard(database, "next", now - HOUR_MS)
    door = Door(engine)
    handing = Assignments(SqlCaseDatabase(engine), Terms(golden_share=1))
    door.app.state.uses = replace(door.uses, assignments=handing)
    return door


def all_that_lin_is_told(door: Door) -> str:
    """Everything that a reviewer reads from being given a case to after their verdict on it."""
    browser = Browser(door).sign_in("lin.wei", "reviewer")
    taken = door.post("reviewer", "/assignments", {}, headers=AS_LIN)
    case, assignment = taken.json()["case"], taken.json()["assignment_id"]
    told = [f"{taken.status_code} {taken.headers['ETag']} {taken.text}"]
    told += looked(door, browser, case["case_id"], case["request_id"])
    for what, body in (
        ("heartbeat", {}),
        ("buyer", {"text": "another address"}),
        ("hold", {"text": "asked", "for_ms": HOUR_MS}),
        ("heartbeat", {}),
    ):
        answered = door.post("reviewer", f"/assignments/{assignment}/{what}", body, headers=AS_LIN)
        told.append(f"{what} {answered.status_code} {answered.headers.get('ETag')} {answered.text}")
    drafted = door.call("reviewer", "PUT", f"/assignments/{assignment}/draft", json={"text": "a"}, headers=AS_LIN)
    told.append(f"draft {drafted.status_code} {drafted.text}")
    again = door.post("reviewer", "/assignments", {}, headers=AS_LIN)
    told.append(f"again {again.status_code} {again.text}")
    told.append(browser.get(f"/cases/{case['case_id']}").text)
    version = {"If-Match": '"7"'} | AS_LIN
    for headers in (version, AS_LIN, AS_LIN):
        decided = door.post("reviewer", f"/cases/{case['case_id']}/verdicts", GRANT, headers=headers)
        told.append(f"verdict {decided.status_code} {decided.headers.get('ETag')} {decided.text}")
    told += looked(door, browser, case["case_id"], case["request_id"])
    drawn = _BY_THE_CLOCK.sub("…", "\n".join(told))
    return _CASE_ID.sub("c-…", _OWN.sub("own", DRAWN_EACH_TIME.sub("…", drawn)))


def looked(door: Door, browser: Browser, case_id: str, request_id: str) -> Iterator[str]:
    lists = [f"/cases?state={state}" for state in CaseState] + ["/cases?order=age", f"/cases?request={request_id}"]
    one = [f"/cases/{case_id}", f"/requests/{request_id}", f"/cases/{case_id}/recommendations"]
    for path in (*lists, *one):
        answer = door.get("reviewer", path, headers=AS_LIN)
        yield f"{path} {answer.status_code} {answer.headers.get('ETag')} {answer.text}"
    pages = ["/", "/cases", f"/cases?q={request_id}", *(f"/cases?state={state}" for state in CaseState), "/today"]
    for path in (*pages, f"/cases/{case_id}", f"/clusters/{case_id}"):
        shown = browser.get(path)
        text = _TOOK.sub("…", shown.text) if path == "/today" else shown.text
        yield f"{path} {shown.status_code} {text}"


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_nothing_that_a_reviewer_is_told_tells_a_golden_case_from_a_real_one(engine: Engine) -> None:
    golden = all_that_lin_is_told(a_world(engine, golden=True))
    real = all_that_lin_is_told(a_world(engine, golden=False))

    assert golden.split("\n") == real.split("\n")


def test_a_reviewer_finds_no_golden_case_before_it_is_given_to_them_and_a_senior_does(engine: Engine) -> None:
    door = a_world(engine, golden=True)
    [case_id] = [one["case_id"] for one in door.get("admin", "/cases?state=CLOSED").json()["cases"]]
    browser = Browser(door).sign_in("chen.yu", "reviewer")

    for path in (f"/cases/{case_id}", "/requests/rr-0003", f"/cases/{case_id}/recommendations"):
        assert door.get("reviewer", path, headers=AS_LIN).status_code == 404, path
        assert door.get("senior", path, headers={"Sentinel-Actor": "the.lead"}).status_code == 200, path
    assert browser.get(f"/cases/{case_id}").status_code == 404
    assert browser.get(f"/clusters/{case_id}").status_code == 404
    assert case_id not in browser.get("/cases?state=all").text + browser.get("/cases?q=rr-0003").text


def test_golden_cases_are_marked_counted_and_taken_back_by_who_may(engine: Engine) -> None:
    door = a_world(engine, golden=True)
    [told] = door.get("operator", "/golden-cases").json()["golden_cases"]
    assert (told["verdict"], told["rule"], told["answers"]) == ("FORGERY_CONFIRMED", "PHOTO_FORGED", 0)
    one = f"/golden-cases/{told['case_id']}"
    body = {"case_id": told["case_id"], "text": "clear"}

    assert door.get("reviewer", "/golden-cases").status_code == 403
    assert door.post("reviewer", "/golden-cases", body).status_code == 403
    assert door.call("senior", "DELETE", one).status_code == 204
    assert door.call("senior", "DELETE", one).status_code == 404
    open_one = door.get("admin", "/cases?state=READY").json()["cases"][0]["case_id"]
    assert door.post("senior", "/golden-cases", body | {"case_id": open_one}).status_code == 422
    marked = door.post("senior", "/golden-cases", body)
    assert (marked.status_code, marked.json() | {"marked_at_ms": 0}) == (
        200,
        told | {"marked_by": "key:tests", "marked_at_ms": 0},
    )
    trail = door.get("auditor", f"/cases/{told['case_id']}/audit").json()
    assert [one["action"] for one in trail["entries"]][-3:] == ["GOLDEN_MARKED", "GOLDEN_UNMARKED", "GOLDEN_MARKED"]
    assert trail["whole"] is True


def test_golden_cases_are_kept_at_the_command_line(engine: Engine) -> None:
    a_world(engine, golden=True)
    settings = {"database_url": engine.url.render_as_string(hide_password=False)}

    def run(*words: str, status: int = 0) -> command_line.Ran:
        done = command_line.run("case", *words, settings=settings)
        assert done.status == status, done.error
        return done

    [told] = run("golden", "list", "--json").records
    assert (told["mark"]["rule"], told["answers"], told["agreed"]) == ("PHOTO_FORGED", 0, 0)
    assert "PHOTO_FORGED" in run("golden", "list").text
    assert "no longer" in run("golden", "remove", "rr-0003", "--by", "ma", "--note", "known").text
    assert "not golden" in run("golden", "remove", "rr-0003", "--by", "ma", "--note", "known", status=1).error
    assert "FORGERY_CONFIRMED" in run("golden", "add", "rr-0003", "--by", "ma", "--note", "clear").text
    assert "only a closed case" in run("golden", "add", "rr-9001", "--by", "ma", "--note", "clear", status=1).error
    assert run("next", "--by", "wu", "--json").records[0]["case"]["request_id"] == "rr-9001"
    assert "golden cases" in run("quality").text


@pytest.mark.usefixtures("database")
def test_statistics_name_the_agreement_with_golden_cases(engine: Engine) -> None:
    door = a_world(engine, golden=True)
    case_id = door.post("reviewer", "/assignments", {}, headers=AS_LIN).json()["case_id"]
    assert door.post("reviewer", f"/cases/{case_id}/verdicts", GRANT, headers=AS_LIN).status_code == 200

    page = Browser(door).sign_in("the.lead", "senior").get("/statistics?days=7")

    assert "lin.wei · " in page.text
