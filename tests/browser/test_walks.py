"""People at the pages, in a real Chromium: their main task, by keyboard and without script."""

from pathlib import Path

import cv2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.browsing import IN_CHROMIUM, WAIT_MS, signed_in, watched
from tests.browser.site import PASSWORD, Site
from tests.unit.adapters.test_drawing import a_scene

LOOK_MS = 100
pytestmark = IN_CHROMIUM


def drawn(page: Page, which: str) -> bool:
    """Return whether a photo is there with all its pixels."""
    photo = page.locator(f"img[data-of={which}]")
    for _ in range(WAIT_MS // LOOK_MS):  # the page's own policy forbids what Playwright would wait with
        if photo.evaluate("image => image.naturalWidth > 0"):
            return True
        page.wait_for_timeout(LOOK_MS)
    return False


def test_a_merchant_answers_and_a_reviewer_decides_by_keyboard_alone(
    site: Site, chromium: Browser, tmp_path: Path
) -> None:
    shop = signed_in(chromium, site, "shop", "/desk", java_script_enabled=False)
    photo = tmp_path / "packed.jpg"
    photo.write_bytes(cv2.imencode(".jpg", a_scene())[1].tobytes())
    expect(shop.get_by_text("1 case waits for your answer")).to_be_visible()
    shop.get_by_role("link", name="Look and answer").click()
    shop.fill("textarea[name=text]", "sent whole <script>alert(1)</script>")
    shop.set_input_files("input[name=files]", photo)
    shop.click("form[action$='/statement'] button")
    expect(shop.get_by_text("sent whole <script>")).to_be_visible()

    page = signed_in(chromium, site, "lin.wei", language="zh-CN")
    page.clock.install()  # the five seconds to undo a verdict are not waited for
    faults = watched(page)
    page.keyboard.press("n")
    page.wait_for_url(f"**/cases/{site.case}")
    assert drawn(page, "claim")
    assert drawn(page, "reference")
    for key, view in (("2", "swipe"), ("3", "blink"), ("4", "changed"), ("1", "side")):
        page.keyboard.press(key)
        expect(page.locator("[data-viewer]")).to_have_attribute("data-view", view)
    page.keyboard.press("4")
    assert drawn(page, "changed")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.screenshot(path=tmp_path / "case.png")

    page.keyboard.press("f")
    page.keyboard.press("Enter")
    expect(page.locator("[data-undo]")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator("[data-undo]")).to_be_hidden()
    page.locator("form[data-verdict] button.primary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-undo]")).to_be_visible()
    page.clock.run_for(5_000)
    page.wait_for_url("**?done=true")

    assert faults == []
    expect(page.locator("form[data-verdict]")).to_have_count(0)


def test_what_was_written_outlives_the_session(site: Site, chromium: Browser) -> None:
    page = signed_in(chromium, site, "shop")
    page.goto(f"{site.address}/cases/{site.case}")
    box = page.locator("form[data-keep] textarea")
    if box.count() == 0:
        pytest.skip("the walk before left nothing to say on the case")
    box.fill("half a thought")
    page.context.clear_cookies()
    page.goto(f"{site.address}/sign-in?next=/cases/{site.case}")
    page.fill("[name=name]", "shop")
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url(f"**/cases/{site.case}")

    expect(page.locator("form[data-keep] textarea")).to_have_value("half a thought")
