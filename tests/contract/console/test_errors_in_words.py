"""Errors are said in the language of whoever is told: on pages, and as problem+json."""

import re
from dataclasses import replace

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


def test_a_fault_of_the_program_is_told_on_a_page_where_a_page_was_asked_for(door: Door) -> None:
    lead = Browser(door).sign_in("zhou", "senior")
    lead.client.headers.update(CHINESE)
    door.app.state.uses = replace(door.uses, figures=None)  # type: ignore[arg-type]  # whatever the fault is

    told = lead.get("/workload")

    assert (told.status_code, told.headers["Content-Type"]) == (500, "text/html; charset=utf-8")
    assert "程序出现故障" in told.text
