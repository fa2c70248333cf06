"""A half-written rationale, in Chromium: whatever ends the form, the words are there."""

from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from streams.console.pages.by_session import COOKIE
from tests.browser.browsing import IN_CHROMIUM, signed_in
from tests.browser.site import PASSWORD, Site

pytestmark = IN_CHROMIUM
THOUGHT = "half a thought 裂纹 & <b>"
NUMBERS = count()


@pytest.fixture
def case(site: Site) -> str:
    """The page of a case of its own."""
    return f"/cases/{site.open_case(f'rr-half-{next(NUMBERS)}')}"


def writing(chromium: Browser, site: Site, case: str, name: str = "zhou", **browsing: Any) -> Page:
    """Return a page on which somebody has written a verdict and not sent it."""
    page = signed_in(chromium, site, name, case, **browsing)
    write(page)
    return page


def write(page: Page, rationale: str = THOUGHT) -> None:
    page.check("input[value=GRANT]")
    page.select_option("select[name=rule]", "DAMAGE_SHOWN")
    page.check("input[name=heard]")
    page.fill("textarea[name=rationale]", rationale)


def sign_in_again(page: Page) -> None:
    expect(page.locator("textarea[name=typed]")).to_have_value(THOUGHT)
    page.fill("[name=name]", "zhou")
    page.fill("[name=password]", PASSWORD)
    page.locator("main button.primary").click()
    page.wait_for_url("**?kept=true")


@pytest.mark.parametrize("scripted", [False, True])
def test_the_session_ended_before_the_verdict_was_sent(
    site: Site, chromium: Browser, case: str, *, scripted: bool
) -> None:
    page = writing(chromium, site, case, java_script_enabled=scripted)
    page.context.clear_cookies()
    if scripted:
        page.evaluate("window.localStorage.clear()")  # the server keeps it, not the browser alone
    page.locator("form[data-verdict] button.primary").click()
    sign_in_again(page)

    expect(page.locator("textarea[name=rationale]")).to_have_value(THOUGHT)
    expect(page.get_by_text("What you wrote is here again")).to_be_visible()


def test_a_second_tab_was_quicker_and_the_first_ones_words_are_there(site: Site, chromium: Browser, case: str) -> None:
    first = writing(chromium, site, case, java_script_enabled=False)
    second = first.context.new_page()
    second.goto(site.address + case)
    write(second, "the quicker one")
    second.locator("form[data-verdict] button.primary").click()
    second.wait_for_url("**?done=*")
    first.locator("form[data-verdict] button.primary").click()

    expect(first.get_by_label("What you wrote (to copy)")).to_have_value(THOUGHT)
    second.reload()
    expect(second.locator("form[data-verdict]")).to_have_count(0)


@pytest.mark.parametrize("scripted", [False, True])
def test_a_double_click_decides_once_and_the_back_button_undoes_nothing(
    site: Site, chromium: Browser, case: str, *, scripted: bool
) -> None:
    page = writing(chromium, site, case, java_script_enabled=scripted)
    page.clock.install()
    page.locator("form[data-verdict] button.primary").dblclick()
    if scripted:
        page.clock.run_for(5_000)  # as long as a verdict may be undone
    page.wait_for_url("**?done=*")
    page.go_back()
    page.wait_for_url(f"**{case}")

    expect(page.locator("form[data-verdict]")).to_have_count(0)
    auditor = signed_in(chromium, site, "wu", case)
    auditor.locator("summary", has_text="Audit trail").click()
    expect(auditor.locator(".trail li", has_text="refund granted")).to_have_count(1)


def test_a_verdict_that_waits_to_be_sent_is_never_lost_on_the_way_to_another_page(
    site: Site, chromium: Browser, case: str
) -> None:
    page = writing(chromium, site, case)
    page.clock.install()
    asked: list[str] = []

    def stay(told: Dialog) -> None:
        asked.append(told.type)
        told.dismiss()

    page.on("dialog", stay)
    page.locator("form[data-verdict] button.primary").click()
    with page.expect_event("dialog"):
        page.locator(".top nav a").last.click(no_wait_after=True)
    expect(page.locator("[data-undo]")).to_be_visible()
    assert asked == ["beforeunload"], "going elsewhere asks first"

    page.keyboard.press("n")
    page.wait_for_url("**done=*")

    page.goto(site.address + case)
    expect(page.locator("form[data-verdict]")).to_have_count(0)
    expect(page.locator(".state.verdict").first).to_be_visible()


def test_what_somebody_wrote_is_not_shown_to_who_signs_in_next_on_the_same_browser(
    site: Site, chromium: Browser, case: str
) -> None:
    page = writing(chromium, site, case, "zhou")
    assert page.evaluate("Object.values(window.localStorage)") == [THOUGHT]
    page.context.add_cookies([{"name": COOKIE, "value": site.session_of("sun"), "url": site.address}])
    page.goto(site.address + case)

    expect(page.locator("textarea[name=rationale]")).to_have_value("")
    page.context.add_cookies([{"name": COOKIE, "value": site.session_of("zhou"), "url": site.address}])
    page.goto(site.address + case)
    expect(page.locator("textarea[name=rationale]")).to_have_value(THOUGHT)


def test_the_role_is_taken_away_while_somebody_writes(site: Site, chromium: Browser, case: str) -> None:
    page = writing(chromium, site, case, "sun", java_script_enabled=False)
    admin = signed_in(chromium, site, "root", "/people")
    admin.locator("tr", has_text="sun").locator("summary").first.click()
    form = admin.locator("form[action='/people/sun/roles']")
    form.locator("input[value=senior]").uncheck()
    form.locator("input[value=auditor]").check()
    form.get_by_role("button", name="Save roles").click()
    admin.wait_for_url("**/people")
    page.locator("form[data-verdict] button.primary").click()

    expect(page.get_by_label("What you wrote (to copy)")).to_have_value(THOUGHT)
    expect(page.get_by_role("heading", name="You may not do this")).to_be_visible()


def test_what_is_too_long_stays_whole_and_says_so_before_it_is_sent(site: Site, chromium: Browser, case: str) -> None:
    page = writing(chromium, site, case)
    page.fill("textarea[name=rationale]", "裂" * 4_321)
    page.locator("form[data-verdict] button.primary").click()

    expect(page.get_by_text("4,321 characters; at most 4,000 can be sent")).to_be_visible()
    expect(page.locator("[data-undo]")).to_be_hidden()
    assert len(page.input_value("textarea[name=rationale]")) == 4_321
    page.fill("textarea[name=rationale]", THOUGHT)
    expect(page.get_by_text("characters; at most")).to_be_hidden()
    page.locator("form[data-verdict] button.primary").click()
    expect(page.locator("[data-undo]")).to_be_visible()
