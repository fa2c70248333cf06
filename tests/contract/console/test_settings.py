"""How people like the pages: kept with their account, told to whatever browser they sign in with."""

from tests.contract.console.browser import Browser
from tests.contract.console.door import Door


def test_what_was_chosen_in_one_browser_holds_in_the_next(door: Door) -> None:
    first = Browser(door).sign_in("lin", "reviewer")
    saved = first.send("/settings", "/preferences", language="zh", theme="dark", shortcuts="off", next="/settings")
    assert saved.headers["Location"] == "/settings"
    for browser in (first, Browser(door).sign_in("lin", "reviewer")):
        text = browser.get("/cases").text
        assert '<html lang="zh-CN" data-theme="dark">' in text
        assert 'data-shortcuts="off"' in text

    first.send("/settings", "/preferences", theme="light")
    later = Browser(door).sign_in("lin", "reviewer").get("/settings").text
    assert '<html lang="zh-CN" data-theme="light">' in later, "what is not said stays"
    assert 'lang="en"' in Browser(door).sign_in("mei", "reviewer").get("/settings").text, "others' is theirs"


def test_what_cannot_be_chosen_is_as_if_nobody_had_said_it(door: Door) -> None:
    browser = Browser(door).sign_in("lin", "reviewer")

    assert browser.send("/settings", "/preferences", language="de", theme="<b>", shortcuts="on").status_code == 303
    text = browser.get("/settings").text
    assert '<html lang="en" data-theme="system">' in text


def test_nobody_changes_what_others_chose(door: Door) -> None:
    browser = Browser(door).sign_in("lin", "reviewer")

    assert browser.post("/preferences", language="zh", token="guessed").status_code == 403
    assert '<html lang="en"' in Browser(door).sign_in("lin", "reviewer").get("/settings").text
    browser.client.headers["Sec-Fetch-Site"] = "cross-site"
    assert "sentinel_language" not in browser.post("/preferences", language="zh").headers.get("Set-Cookie", "")
