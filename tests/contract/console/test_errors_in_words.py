"""Errors are said in the language of whoever is told: on pages, and as problem+json."""

import re
from dataclasses import replace

import pytest
import structlog

from streams.errors import DatabaseUnavailable
from tests.contract.console.browser import Browser
from tests.contract.console.door import Door

CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9"}
LATIN_WORDS = re.compile(r"[a-z]{4,} [a-z]{2,} [a-z]{2,}")


def test_a_page_of_trouble_is_chinese_for_whoever_reads_chinese(door: Door, case: str) -> None:
    reviewer = Browser(door)
    reviewer.client.headers.update(CHINESE | {"Accept": "text/html"})
    reviewer.sign_in("lin", "reviewer")
    asked = {
        "/cases/none": 404,
        "/people": 403,
        "/nothing-here": 404,
    }
    for path, status in asked.items():
        answered = reviewer.get(path)
        main = answered.text.partition("<main")[2]
        assert main, path
        assert answered.status_code == status
        assert not LATIN_WORDS.search(re.sub(r"<[^>]*>", " ", main)), main
    refused = reviewer.send("/cases", f"/cases/{case}/verdict", verdict="GRANT", rule="DAMAGE_SHOWN")
    assert refused.status_code == 422
    assert "“理由”为空：请填写" in refused.text


def test_problems_are_told_as_they_are_asked_for(door: Door, case: str) -> None:
    for headers, words in ((CHINESE, "没有您可以查看的案件"), ({}, "there is no case none that you may see")):
        assert words in door.get("reviewer", "/cases/none", headers=headers).json()["detail"]
    late = door.get(None, "/cases", headers=CHINESE).json()
    assert "请表明身份" in late["detail"]
    once = CHINESE | {"Idempotency-Key": "k"}
    changed = {"text": "whole"}
    for headers in (once | {"If-Match": '"99"'}, once | {"If-Match": '"99"'}, CHINESE | {"If-Match": '"99"'}):
        told = door.post("merchant:m-1", f"/cases/{case}/statements", changed, headers=headers)
        assert (told.status_code, told.json()["title"]) == (409, "目前无法进行")
        assert "已被他人更改" in told.json()["detail"]


@pytest.mark.parametrize(("headers", "title"), [(CHINESE, "程序出现故障"), ({}, "A fault of the program")])
def test_a_fault_of_the_program_says_what_to_do_and_nothing_of_what_it_is(
    door: Door, headers: dict[str, str], title: str
) -> None:
    lead = Browser(door).sign_in("zhou", "senior")
    lead.client.headers.update(headers)
    door.app.state.uses = replace(door.uses, figures=None)  # type: ignore[arg-type]  # whatever the fault is

    with structlog.testing.capture_logs() as logged:
        told = lead.get("/workload")

    assert (told.status_code, told.headers["Content-Type"]) == (500, "text/html; charset=utf-8")
    [number] = [one["number"] for one in logged if one["event"] == "a call failed"]
    main = told.text.partition("<main")[2]
    assert title in main
    assert number in main, "by which the operator finds it in the log"
    assert 'href="/"' in main
    assert [word for word in ("Traceback", "AttributeError", "NoneType", ".py", "figures") if word in told.text] == []


def test_a_database_that_is_away_is_told_on_a_page_whose_session_is_due_to_be_renewed(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = Browser(door).sign_in("zhou", "senior")
    away = DatabaseUnavailable("the database does not answer")

    def fail(*_: object) -> None:
        raise away

    monkeypatch.setattr(door.uses.sessions, "renewed", fail)
    monkeypatch.setattr(door.uses.files, "page", fail)

    told = lead.get("/cases")

    assert told.status_code == 503
    assert "Not possible right now" in told.text


@pytest.mark.parametrize(
    ("role", "form", "sent_to", "back"),
    [
        ("admin", "/people", "/people", "/people"),
        ("admin", "/people", "/people/nobody/roles", "/people"),
        ("reviewer", "/cases", "/cases/{case}/verdict", "/cases/{case}"),
    ],
)
def test_whoever_sent_a_form_that_was_not_right_is_led_back_to_its_page(
    door: Door, case: str, role: str, form: str, sent_to: str, back: str
) -> None:
    refused = Browser(door).sign_in("lin", role).send(form, sent_to.format(case=case))

    assert refused.status_code in {404, 422}
    assert f'href="{back.format(case=case)}"' in refused.text.partition("<main")[2]
