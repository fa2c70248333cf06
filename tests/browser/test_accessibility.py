"""Every page, looked at by axe-core in both themes, on desk and phone, and what a keyboard and still eyes need."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.axe_core import colours, grave
from tests.browser.browsing import IN_CHROMIUM, signed_in, watched
from tests.browser.site import PEOPLE, Site
from tests.builders import a_request, an_evidence

pytestmark = IN_CHROMIUM

HOSTILE = "\u202e<script>document.title = 'hit'</script>" + "x" * 16
"""What stands in every field that others fill in: another direction, a script, and a word that never ends."""

PAGES = {
    "shop": ["/desk", "/cases", "/desk?request_id=rr-1"],
    "lin.wei": ["/today", "/search", "/settings", "/cases", "/cases/{case}", "/clusters/{case}", "/cases/{hostile}"],
    "zhou": ["/workload", "/statistics"],
    "ada": ["/policies"],
    "bo": ["/policies"],
    "wu": ["/audit", "/cases/{hostile}"],
    "root": ["/people", "/keys", "/webhooks", "/cases/none"],
}


@pytest.fixture(scope="module")
def hostile(site: Site) -> str:
    """A case whose texts are all written by somebody who means harm."""
    request = a_request("rr-hostile", product_id="p" * 128, order_id="o" * 128, category=HOSTILE, buyer_id="b-hostile")
    case = site.open_case("rr-hostile", an_evidence(request))
    site.database.hearings.state("rr-hostile", site.now("m-1", HOSTILE * 60), "merchant")
    return case


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_serious_fault_fits_a_phone_and_obeys_its_own_policy(
    site: Site, chromium: Browser, hostile: str, name: str
) -> None:
    assert set(PAGES) <= set(PEOPLE)
    language = ("zh-CN", "en-GB")[list(PAGES).index(name) % 2]
    page = signed_in(chromium, site, name, "", language=language, reduced_motion="reduce")
    faults, found = watched(page), []
    for address in PAGES[name]:
        page.set_viewport_size({"width": 1_440, "height": 900})
        page.emulate_media(color_scheme="light")
        page.goto(site.address + address.format(case=site.case, hostile=hostile))
        found += grave(page)
        page.set_viewport_size({"width": 390, "height": 844})
        page.emulate_media(color_scheme="dark")
        found += colours(page)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
        assert page.title() != "hit", address

    assert found == []
    assert [one for one in faults if "404" not in one] == []


WIDER = """() => [...document.querySelectorAll(".card")].flatMap((card) => [...card.querySelectorAll("*")]
  .filter((one) => one.getClientRects().length && !one.closest(".scroll, svg, .visually-hidden"))
  .filter((one) => one.getBoundingClientRect().right > card.getBoundingClientRect().right + 1)
  .map((one) => `${one.tagName} in ${card.querySelector("h2")?.textContent}`))"""
"""What reaches beyond the card that it stands in."""


TORN = """() => [...document.querySelectorAll(".card tbody th bdi")]
  .filter((one) => one.textContent.length <= 10 && one.getClientRects().length > 1).map((one) => one.textContent)"""
"""Short names that stand on several lines."""


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_a_short_name_stands_on_one_line(site: Site, chromium: Browser, language: str) -> None:
    site.open_case(f"rr-{language}")
    site.database.hearings.state(f"rr-{language}", site.now("m-1"), "merchant")
    assert site.database.assignments.next(site.now("zhou.min")) is not None
    page = signed_in(chromium, site, "zhou", "/workload", language=language)
    expect(page.locator("tbody th bdi", has_text="zhou.min")).to_be_visible()
    for width in (1_440, 1_280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(TORN) == [], width


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_on_a_tablet_all_pages_stand_in_one_row_and_no_request_is_torn(
    site: Site, chromium: Browser, language: str
) -> None:
    site.open_case(f"rr-768{language[:2]}")
    page = signed_in(chromium, site, "zhou", "/cases", language=language)
    for width in (1_440, 1_024, 768):
        page.set_viewport_size({"width": width, "height": 900})
        assert (
            page.evaluate("new Set([...document.querySelectorAll('.top nav a')].map((one) => one.offsetTop)).size") == 1
        )
        assert page.evaluate(TORN.replace(".card tbody", ".rows tbody")) == [], width


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_what_stands_in_a_card_is_no_wider_than_it(site: Site, chromium: Browser, hostile: str, language: str) -> None:
    site.database.assignments.next(site.now(f"somebody.with.a.name.of.{language}.as.long.as.names.may.be.in.accounts"))
    found = []
    for name, address in (("zhou", "/workload"), ("zhou", "/statistics?days=7"), ("lin.wei", f"/cases/{hostile}")):
        page = signed_in(chromium, site, name, address, language=language)
        for width in (1_440, 1_280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            found += [f"{address} at {width}: {one}" for one in page.evaluate(WIDER)]

    assert found == []


def test_the_page_to_sign_in_on_has_no_serious_fault(site: Site, chromium: Browser) -> None:
    page = chromium.new_page(locale="zh-CN", viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    page.goto(f"{site.address}/sign-in")

    assert grave(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.emulate_media(color_scheme="dark")
    assert colours(page) == []
    page.close()


def test_axe_finds_a_fault_that_is_there(site: Site, chromium: Browser) -> None:
    page = signed_in(chromium, site, "lin.wei", "/settings")
    page.evaluate("document.querySelector('main').innerHTML = '<img src=\"x\"><button></button>'")

    assert len(grave(page)) == 2


def test_the_first_stop_of_the_keyboard_skips_to_the_content(site: Site, chromium: Browser) -> None:
    page = signed_in(chromium, site, "lin.wei", f"/cases/{site.case}")
    page.keyboard.press("Tab")

    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#main$"))


def test_nothing_blinks_for_whoever_asked_for_less_motion(site: Site, chromium: Browser) -> None:
    page = signed_in(chromium, site, "lin.wei", f"/cases/{site.case}", reduced_motion="reduce")
    page.evaluate(
        "window.timers = 0; const set = window.setInterval; "
        "window.setInterval = (...given) => { window.timers += given[1] === 700; return set(...given); }"
    )
    page.keyboard.press("3")

    expect(page.locator("[data-viewer]")).to_have_attribute("data-view", "blink")
    assert page.evaluate("window.timers") == 0


def test_on_paper_stands_what_is_on_record_and_nothing_to_press(site: Site, chromium: Browser) -> None:
    page = signed_in(chromium, site, "zhou", f"/cases/{site.case}", language="en-GB", color_scheme="dark")
    page.emulate_media(media="print")

    for gone in (".top nav", "form[data-verdict]", ".bar"):
        expect(page.locator(gone)).to_be_hidden()
    for there in (".reason", ".trail li", "img[data-of=claim]"):
        expect(page.locator(there).first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
