"""Every page, cases in every state, both languages: no code, no machine's time, no word of the other language."""

from collections.abc import Callable

import pytest

from tests.contract.console.browser import Browser
from tests.contract.console.door import Door
from tests.contract.console.page_words import blemishes
from tests.contract.console.states import in_every_state
from tests.contract.judging import A_POLICY
from tests.contract.sql import Database

ALL = "/cases/{each}"
PAGES = {
    "lin.wei reviewer": (
        "/cases",
        "/today",
        "/search",
        "/settings",
        "/clusters/{ready}",
        "/cases/none",
        "/people",
        ALL,
    ),
    "zhou senior": ("/cases?state=all&order=score", "/workload", "/statistics?days=7", ALL),
    "shop merchant:m-1": ("/desk", "/cases?state=all", "/desk/requests/rr-clear", "/desk/requests/rr-ready", ALL),
    "ada policy-author": ("/policies", "/policies/{draft}"),
    "bo policy-approver": ("/policies/{draft}", "/statistics"),
    "wu auditor": ("/audit", "/statistics", ALL),
    "zhao operator": ("/workload", "/webhooks", "/cases/{forged}"),
    "root admin": ("/people", "/keys", "/webhooks", "/audit", "/nothing-here"),
}
"""For each person and their role: the pages that they come to."""


@pytest.fixture
def there(door: Door, database: Database, open_case: Callable[..., str], cleared: str) -> dict[str, str]:
    """Cases by their state, and what else the pages are about."""
    cases = in_every_state(database, open_case)
    author = Browser(door).sign_in("ada", "policy-author")
    draft = author.send("/policies", "/policies", policy=A_POLICY.format(name="draft")).headers["Location"]
    door.post("admin", "/webhooks", {"url": "https://hooks.example.org/refunds"})
    return cases | {"draft": draft.rpartition("/")[2].partition("?")[0], "cleared": cleared}


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # words are the same on every database
def test_no_page_shows_a_code_a_machines_time_or_a_word_of_the_other_language(
    door: Door, there: dict[str, str]
) -> None:
    found, looked_at = [], 0
    states = [case for name, case in there.items() if case.startswith("c-")]
    for who, paths in PAGES.items():
        for language in ("zh", "en"):
            browser = Browser(door).sign_in(*who.split())
            browser.post("/preferences", browser.hidden("/settings"), language=language)
            addresses = [one for path in paths for one in (path.format(each=case, **there) for case in states)]
            for address in dict.fromkeys(addresses):
                page = browser.get(address, Accept="text/html")
                assert page.headers["Content-Type"].startswith("text/html"), address
                looked_at += 1
                found += [f"{who} {language} {address}: {one}" for one in blemishes(page.text, language)]

    assert looked_at > 100
    assert found == []


def test_a_blemish_is_found_in_texts_and_in_what_is_read_aloud() -> None:
    page = (
        "<main><p>案件 <bdi>their own words here</bdi> AWAITING_MERCHANT</p><p>2026-11-29T08:00</p><code>A_B</code>"
        '<img alt="the buyer photo"><br><b lang="en">English as they said</b><b>说明 None</b></main>'
    )

    assert blemishes(page, "zh") == ["AWAITING_MERCHANT", "2026-11-29T08:00", "the buyer photo", "说明 None"]
    assert "案件" in blemishes(page, "en")
