"""Signing in with a local account: sessions, their ends, and forms that other sites send."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from streams.access import wrong_passwords
from streams.access.accounts import Account
from streams.access.sessions import IDLE_MS, LONGEST_MS, OVERLAP_MS, RENEW_MS
from streams.access.wrong_passwords import FREE_TRIES, LONGEST_PAUSE_MS
from streams.clock import now_ms
from tests.contract.console.browser import Browser
from tests.contract.console.door import Door


@pytest.fixture
def browser(door: Door) -> Browser:
    return Browser(door)


def test_whoever_is_not_signed_in_is_shown_the_way_and_comes_back(browser: Browser) -> None:
    asked = browser.get("/cases?state=READY")

    assert (asked.status_code, asked.headers["Location"]) == (303, "/sign-in?next=%2Fcases%3Fstate%3DREADY")
    assert 'name="password"' in browser.get(asked.headers["Location"]).text
    browser.sign_in("lin", "reviewer")
    assert browser.get("/cases?state=READY").status_code == 200


def test_a_wrong_password_says_so_in_both_languages_and_keeps_the_name(door: Door, browser: Browser) -> None:
    door.uses.accounts.create("lin", ["reviewer"], by="t", now_ms=1, password="right")
    browser.client.headers["Accept-Language"] = "zh-CN"

    answer = browser.post("/sign-in", name="lin", password="wrong")

    assert answer.status_code == 422
    assert "密码不正确" in answer.text
    assert 'value="lin"' in answer.text


def test_names_that_no_account_has_are_locked_and_answered_as_others_are(
    door: Door, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wrong_passwords, "FIRST_PAUSE_MS", LONGEST_PAUSE_MS)  # no pause ends while the test goes on
    door.uses.accounts.create("lin", ["reviewer"], by="t", now_ms=1, password="right")

    def answers(name: str) -> list[str]:
        texts = [browser.post("/sign-in", name=name, password="wrong").text for _ in range(FREE_TRIES + 2)]
        return [re.sub(r'value="[^"]*"|\d+', "", text) for text in texts]

    known = answers("lin")
    assert len(set(known)) == 2, "a pause follows"
    assert answers("mei") == known
    assert answers("no such person ☂") == known


@pytest.mark.parametrize(
    "where", ["//evil.example/x", "https://evil.example", "/\\evil.example", "\\\\evil", "/sign-out", "/no-page"]
)
def test_signing_in_leads_to_pages_of_ours_alone(door: Door, browser: Browser, where: str) -> None:
    door.uses.accounts.create("lin", ["reviewer"], by="t", now_ms=1, password="right")

    assert browser.post("/sign-in", name="lin", password="right", next=where).headers["Location"] == "/"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(door: Door, browser: Browser) -> None:
    door.uses.accounts.create("lin", ["reviewer"], by="t", now_ms=1, password="right")
    set_cookie = browser.post("/sign-in", name="lin", password="right").headers["Set-Cookie"].lower()

    assert "httponly" in set_cookie
    assert "samesite=lax" in set_cookie


def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(browser: Browser) -> None:
    browser.sign_in("lin", "reviewer")
    kept = dict(browser.client.cookies)
    assert browser.send("/cases", "/sign-out").status_code == 303

    browser.client.cookies.update(kept)
    assert browser.get("/cases").status_code == 303


def test_a_sign_in_form_that_comes_into_somebodys_session_changes_nothing(door: Door, browser: Browser) -> None:
    browser.sign_in("lin", "reviewer")
    door.uses.accounts.create("mallory", ["reviewer"], by="t", now_ms=1, password="right")

    answer = browser.post("/sign-in", name="mallory", password="right")

    assert answer.status_code == 403
    assert "lin" in browser.get("/cases").text


def test_a_session_ends_when_idle_and_at_its_longest(door: Door) -> None:
    account = door.uses.accounts.create("lin", ["reviewer"], by="t", now_ms=1, password="right")
    opened = door.uses.accounts.check(account.name, "right", 1)
    assert isinstance(opened, Account)
    token = door.uses.sessions.begin(opened, 0)

    at_ms = 0
    while at_ms + IDLE_MS <= LONGEST_MS:
        at_ms += IDLE_MS - 1
        assert door.uses.sessions.recognise(token, at_ms) is not None
    assert door.uses.sessions.recognise(token, LONGEST_MS) is None
    idle = door.uses.sessions.begin(opened, 0)
    assert door.uses.sessions.recognise(idle, IDLE_MS) is None
    assert door.uses.sessions.purge(LONGEST_MS) == 2


def test_a_token_is_renewed_and_the_old_one_holds_for_a_moment_only(door: Door) -> None:
    door.uses.accounts.create("lin", ["reviewer"], by="t", now_ms=1, password="right")
    opened = door.uses.accounts.check("lin", "right", 1)
    assert isinstance(opened, Account)
    old = door.uses.sessions.begin(opened, 0)
    found = door.uses.sessions.recognise(old, RENEW_MS)
    assert found is not None
    new = door.uses.sessions.renewed(found[0], RENEW_MS)

    assert new is not None
    assert door.uses.sessions.renewed(found[0], RENEW_MS) is None  # two tabs at once: one renews
    assert door.uses.sessions.recognise(old, RENEW_MS + OVERLAP_MS - 1) is not None
    assert door.uses.sessions.recognise(old, RENEW_MS + OVERLAP_MS) is None
    assert door.uses.sessions.recognise(new, RENEW_MS + OVERLAP_MS) is not None


def test_a_closed_account_is_signed_in_nowhere(door: Door, browser: Browser) -> None:
    browser.sign_in("lin", "reviewer")
    door.uses.accounts.close("lin", now_ms())

    assert browser.get("/cases").status_code == 303


def test_a_form_of_another_site_does_nothing(browser: Browser) -> None:
    browser.sign_in("lin", "reviewer")
    fields = browser.hidden("/cases")
    for origin in ("https://evil.example", "null", "https://[::1", "https://]", ""):
        browser.client.headers["Origin"] = origin
        assert browser.post("/sign-out", fields).status_code == 303
    del browser.client.headers["Origin"]
    assert browser.post("/sign-out", {"token": "guessed"}).status_code == 403

    assert browser.get("/cases").status_code == 200


def test_a_session_opens_no_api(browser: Browser, case: str) -> None:
    browser.sign_in("lin", "reviewer")

    assert browser.get(f"/api/v1/cases/{case}").status_code == 401


def test_neither_password_nor_token_is_kept_as_it_is(browser: Browser, engine: Engine) -> None:
    browser.sign_in("lin", "reviewer")
    token = browser.client.cookies["sentinel_session"]
    with engine.begin() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM accounts").all())
        rows += str(connection.exec_driver_sql("SELECT * FROM sessions").all())

    assert token not in rows
    assert "right" not in rows


def test_language_and_colours_are_kept_by_the_browser(browser: Browser) -> None:
    browser.post("/preferences", language="zh", next="/sign-in")
    browser.post("/preferences", theme="dark", next="/sign-in")

    text = browser.get("/sign-in").text
    assert '<html lang="zh-CN" data-theme="dark">' in text
    assert "登录" in text


def test_the_queue_shows_cases_as_the_role_may_see_them(
    door: Door, browser: Browser, open_case: Callable[..., str]
) -> None:
    case = open_case("rr-1")
    browser.sign_in("shop", "merchant:m-1")
    other = Browser(door).sign_in("other", "merchant:m-2")

    assert "rr-1" in browser.get("/cases").text
    assert "rr-1" not in other.get("/cases").text
    for asked in ("rr-1", "m-1"):
        answered = other.get(f"/cases?q={asked}")
        assert answered.status_code == 200
        assert case not in answered.text


@pytest.mark.parametrize(("path", "status"), [("/cases", 200), ("/people", 403), ("/cases/none", 404), ("/none", 404)])
def test_no_page_is_kept_or_guessed_at_whatever_it_says(browser: Browser, path: str, status: int) -> None:
    browser.sign_in("lin", "reviewer")

    answer = browser.get(path, Accept="text/html")

    told = {name: answer.headers[name] for name in ("Cache-Control", "X-Content-Type-Options")}
    assert (answer.status_code, told) == (status, {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_words_on_the_page_to_sign_in_again_are_kept_by_no_cache(browser: Browser) -> None:
    answer = browser.post("/cases/c-1/verdict", rationale="half a thought")

    assert "half a thought" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_no_page_lets_a_script_of_others_run(browser: Browser) -> None:
    browser.sign_in("lin", "reviewer")
    answer = browser.get("/cases")
    policy = answer.headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in answer.text
    assert " style=" not in answer.text
    assert " onclick=" not in answer.text
