"""Every page, looked at by axe-core (tests/browser/axe) in both themes, and what a keyboard and still eyes need."""

from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.browsing import IN_CHROMIUM, signed_in
from tests.browser.site import Site
from tests.browser.test_pages import PAGES

pytestmark = IN_CHROMIUM

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
RUN = "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations)"
GRAVE = {"serious", "critical"}


def grave(page: Page) -> list[str]:
    """Return what axe-core finds to be serious or critical: its rule, and where."""
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(RUN)
    return [
        f"{page.url}: {one['id']} at {', '.join(str(node['target'][0]) for node in one['nodes'])}"
        for one in found
        if one["impact"] in GRAVE
    ]


@pytest.mark.parametrize(("theme", "language"), [("light", "zh-CN"), ("dark", "en-GB")])
def test_no_page_has_a_serious_fault(
    site: Site, chromium: Browser, theme: Literal["light", "dark"], language: str
) -> None:
    faults = []
    pages = PAGES | {"lin.wei": [*PAGES["lin.wei"], "/cases", f"/cases/{site.case}", f"/clusters/{site.case}"]}
    for name, addresses in pages.items():
        page = signed_in(chromium, site, name, addresses[0], language=language, color_scheme=theme, bypass_csp=True)
        for address in addresses:
            page.goto(site.address + address)
            faults += grave(page)
        page.context.clear_cookies()
        page.goto(f"{site.address}/sign-in")
        faults += grave(page)
        page.context.close()

    assert sorted(set(faults)) == []


def test_axe_finds_a_fault_that_is_there(site: Site, chromium: Browser) -> None:
    page = signed_in(chromium, site, "lin.wei", bypass_csp=True)
    page.evaluate("document.querySelector('main').innerHTML = '<img src=\"x\"><button></button>'")

    assert len(grave(page)) == 2


def test_the_first_stop_of_the_keyboard_skips_to_the_content(site: Site, chromium: Browser) -> None:
    page = signed_in(chromium, site, "lin.wei")
    page.goto(f"{site.address}/cases/{site.case}")
    page.keyboard.press("Tab")

    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_nothing_blinks_for_whoever_asked_for_less_motion(site: Site, chromium: Browser) -> None:
    page = signed_in(chromium, site, "lin.wei")
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{site.address}/cases/{site.case}")
    page.evaluate(
        "window.timers = 0; const set = window.setInterval; "
        "window.setInterval = (...given) => { window.timers += given[1] === 700; return set(...given); }"
    )
    page.keyboard.press("3")

    expect(page.locator("[data-viewer]")).to_have_attribute("data-view", "blink")
    assert page.evaluate("window.timers") == 0
