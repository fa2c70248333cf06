"""A verdict by keyboard alone: from signing in over queue, case, evidence and verdict to the next case.

Whatever has the focus is seen and shows that it has it; every page lets the focus go round, and nothing keeps it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

import pytest
from playwright.sync_api import Browser, Page, expect

from streams.console.pages.preferences import DisplayPreferences
from streams.wording.tables import Language
from tests.browser.browsing import IN_CHROMIUM, WAIT_MS, watched
from tests.browser.looks import LOCALES
from tests.browser.site import PASSWORD, Site, forged

pytestmark = IN_CHROMIUM

STOPS = 120
"""Presses of Tab after which a page has been gone round."""
AT = """() => {
  const at = document.activeElement;
  if (!at || at === document.body || at === document.documentElement) return null;
  const box = at.getBoundingClientRect(), style = getComputedStyle(at), own = at.getAttribute("aria-label");
  const within = (value, most) => Math.min(Math.max(value, 0), most - 1);
  const x = within(box.left + box.width / 2, innerWidth);
  const y = within(box.top + Math.min(box.height, 40) / 2, innerHeight);
  const on = document.elementFromPoint(x, y), shown = box.width > 0 && box.height > 0;
  const said = (own || at.innerText || at.closest("label")?.innerText || at.value || "").trim();
  return {
    what: `${at.tagName} ${at.name || at.id || ""} ${said}`.slice(0, 120),
    said,
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    inside: shown && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
    uncovered: !!on && (at.contains(on) || on.contains(at)),
    key: [...document.querySelectorAll("*")].indexOf(at),
  };
}"""
PRESSED = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
REACHABLE = """(pressed) => [...document.querySelectorAll("*")].map((one, key) => [one, key]).filter(([one]) => {
  if (!one.matches(pressed)) return false;
  if (one.disabled || one.tabIndex < 0 || !one.checkVisibility({ visibilityProperty: true })) return false;
  const group = one.type === "radio" ? [...document.getElementsByName(one.name)] : [one];  // arrows go on from one
  return (group.find((other) => other.checked) || group[0]) === one;
}).map(([one, key]) => [key, `${one.tagName} ${one.name || ""} ${one.innerText || ""}`.slice(0, 80)])"""


@dataclass
class Hands:
    """Two hands on a keyboard: nothing here moves a pointer, or focuses what Tab does not come to."""

    page: Page
    language: Language
    faults: list[str] = field(default_factory=list)

    def words(self, part: str, name: str) -> str:
        return DisplayPreferences(self.language).say(part, name)

    def presses(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def types(self, text: str) -> None:
        self.page.keyboard.insert_text(text)

    def stops(self) -> Iterator[dict[str, object]]:
        """Press Tab and give what has the focus, each time seen to be seen, until the page was gone round."""
        for _ in range(STOPS):
            self.presses("Tab")
            at = self.page.evaluate(AT)
            if at is None:
                return
            assert at["ring"], f"nobody sees that the focus is on {at['what']}"
            assert at["inside"], f"the focus is out of sight on {at['what']}"
            assert at["uncovered"], f"something lies over {at['what']}"
            yield at
        pytest.fail(f"the focus does not leave {self.page.url}")

    def comes_to(self, said: str, kind: str = "") -> None:
        """Press Tab until what says so has the focus, and is of that ``kind``; it may stand before this place."""
        passed = []
        for at in chain(self.stops(), self.stops()):
            passed.append(at["what"])
            if said in str(at["said"]) and str(at["what"]).startswith(kind):
                return
        pytest.fail(f"Tab never comes to {said!r} on {self.page.url}: {passed}")

    def goes_round(self) -> None:
        """Fail where Tab does not come to everything that can be pressed or filled in, or not out again."""
        [*self.stops()]  # to the end
        seen = {at["key"] for at in self.stops()}
        missed = [what for key, what in self.page.evaluate(REACHABLE, PRESSED) if key not in seen]
        assert missed == [], (self.page.url, missed)


@pytest.fixture(params=["zh", "en"])
def hands(request: pytest.FixtureRequest, site: Site, chromium: Browser) -> Iterator[Hands]:
    context = chromium.new_context(
        viewport={"width": 1_440, "height": 900}, locale=LOCALES[request.param], timezone_id="Asia/Shanghai"
    )
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    found = Hands(page, request.param, watched(page))
    page.goto(f"{site.address}/sign-in")
    yield found
    assert found.faults == []
    context.close()


def signs_in(hands: Hands) -> None:
    """Type name and password where the focus is, and press Enter."""
    hands.types("lin.wei")
    hands.presses("Tab")
    hands.types(PASSWORD)
    hands.presses("Enter")
    hands.page.wait_for_url("**/cases*")


@pytest.mark.parametrize("shortcuts", [False, True], ids=["tab", "shortcuts"])
def test_a_verdict_is_given_by_keyboard_alone_from_signing_in_to_the_next_case(
    hands: Hands, site: Site, *, shortcuts: bool
) -> None:
    page, which = hands.page, f"{hands.language}-{shortcuts}"
    for number in (1, 2):
        request = f"rr-{which}-{number}"
        site.open_case(request, forged(request, site.evidence_url))
        site.database.hearings.state(request, site.now("m-1", "发货时完好 whole"), "merchant")
    signs_in(hands)
    hands.goes_round()

    if shortcuts:
        hands.presses("n")
    else:
        hands.comes_to(hands.words("queue", "next"))
        hands.presses("Enter")
    page.wait_for_url("**/cases/c-*")
    first = page.url
    hands.goes_round()
    looks_at_the_evidence(hands, shortcuts=shortcuts)
    assert page.url == first
    decides(hands, shortcuts=shortcuts)
    if shortcuts:
        hands.presses("n")
    else:
        hands.comes_to(hands.words("case", "at_once"))
        hands.presses("Enter")
    page.wait_for_url(lambda url: "/cases/c-" in url and url.partition("?")[0] != first)

    expect(page.locator("form[data-verdict]")).to_have_count(1)
    hands.comes_to(hands.words("case", "before"))
    hands.presses("Enter")
    page.wait_for_url(first)
    expect(page.locator("h2", has_text=hands.words("verdicts", "REFUSE"))).to_be_visible()
    expect(page.locator("dl.told")).to_be_visible()
    hands.goes_round()


def looks_at_the_evidence(hands: Hands, *, shortcuts: bool) -> None:
    """Look at the pair in its four views, the list of keys, what is folded away: whose claim it is, and the trail."""
    page = hands.page
    for key, view in (("2", "swipe"), ("3", "blink"), ("4", "changed"), ("1", "side")):
        if shortcuts:
            hands.presses(key)
        else:
            hands.comes_to(hands.words("keys", view))
            hands.presses("Space")
        expect(page.locator("[data-viewer]")).to_have_attribute("data-view", view)
    hands.presses("?") if shortcuts else hands.comes_to(hands.words("keys", "title"))
    if not shortcuts:
        hands.presses("Enter")
    expect(page.locator("#keys")).to_be_visible()
    hands.presses("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    for summary in (hands.words("case", "show_buyer"), hands.words("case", "trail")):
        hands.comes_to(summary, "SUMMARY")
        hands.presses("Enter")
        assert page.evaluate("document.activeElement.parentElement.open")


def decides(hands: Hands, *, shortcuts: bool) -> None:
    """Choose a verdict and its rule, write why, and send it."""
    page = hands.page
    if shortcuts:
        hands.presses("r", "Enter")
    else:
        hands.comes_to(hands.words("choices", "GRANT"))
        hands.presses("ArrowDown")
        assert page.evaluate("document.activeElement.value") == "REFUSE", "arrows go from one verdict to the next"
        hands.comes_to(hands.words("case", "rationale"))
        hands.presses("Control+a")
        hands.types("裂纹是画上去的 the crack is painted in")
        hands.comes_to(hands.words("case", "decide"))
        hands.presses("Enter")
    expect(page.locator("[data-undo]")).to_be_visible()
    assert hands.words("case", "undo") in page.evaluate("document.activeElement.innerText"), (
        "the focus is where it helps"
    )
