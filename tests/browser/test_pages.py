"""What changes on an open page: by what others do, and by how its person likes it."""

from playwright.sync_api import Browser, expect

from tests.browser.browsing import IN_CHROMIUM, signed_in, watched
from tests.browser.site import Site

pytestmark = IN_CHROMIUM


def test_a_queue_that_is_looked_at_shows_what_changes_by_itself(site: Site, chromium: Browser) -> None:
    page = signed_in(chromium, site, "sun", "/cases", language="zh-CN")
    faults = watched(page)
    page.locator("#cases .scroll").focus()
    opened = site.open_case("rr-live")
    expect(page.locator(f"a[href='/cases/{opened}']")).to_be_visible()
    expect(page.locator("#cases .scroll")).to_be_focused()

    reader = signed_in(chromium, site, "wu", "/cases")
    reader.goto(f"{site.address}/cases/{opened}")
    shop = signed_in(chromium, site, "shop", "/desk")
    shop.goto(f"{site.address}/cases/{opened}")
    shop.fill("textarea[name=text]", "sent whole")
    shop.click("form[action$='/statement'] button")
    expect(reader.get_by_text("This case has changed")).to_be_visible()
    assert faults == []


def test_whoever_switches_one_key_shortcuts_off_types_in_peace(site: Site, chromium: Browser) -> None:
    page = signed_in(chromium, site, "sun", "/settings")
    page.keyboard.press("q")
    page.wait_for_url("**/cases")
    page.goto(f"{site.address}/settings")
    page.check("input[name=shortcuts][value=off]")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_be_visible()
    page.keyboard.press("?")
    page.keyboard.press("q")

    expect(page.locator("#keys")).to_be_hidden()
    assert page.url.endswith("/settings?saved=true")


def test_keys_go_on_working_where_a_verdict_was_sent_without_one_chosen(site: Site, chromium: Browser) -> None:
    """The browser then puts the focus on the first of the choices, which take no letters."""
    site.open_case("rr-keys")
    site.database.hearings.state("rr-keys", site.now("m-1"), "merchant")
    given = site.database.assignments.next(site.now("sun"))
    assert given is not None
    page = signed_in(chromium, site, "sun", f"/cases/{given.case.case_id}")
    faults = watched(page)
    page.get_by_role("button", name="Give the verdict").click()
    expect(page.locator("input[type=radio][name=verdict]").first).to_be_focused()

    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("r")

    expect(page.locator("input[type=radio][value=REFUSE]")).to_be_checked()
    assert faults == []


def test_whoever_has_photos_blurred_has_the_next_cases_blurred_too(site: Site, chromium: Browser) -> None:
    page = signed_in(chromium, site, "sun", f"/cases/{site.case}")
    page.keyboard.press("b")
    page.goto(f"{site.address}/cases/{site.case}?another")
    blur = page.locator("[data-toggle=blur]")
    expect(blur).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("b")
    page.reload()

    expect(blur).to_have_attribute("aria-pressed", "false")
