"""The page of a case in every state that people meet it in, looked at by axe-core in both themes, desk and phone."""

from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.axe_core import faults
from tests.browser.browsing import IN_CHROMIUM, signed_in
from tests.browser.site import Site
from tests.contract.console.states import BROUGHT

pytestmark = IN_CHROMIUM
NUMBERS = count()


def brought(site: Site, state: str) -> str:
    """Return a further case in a state."""
    request = f"rr-state-{next(NUMBERS)}"
    case = site.open_case(request)
    BROUGHT[state](site.database, request)
    return case


def taken(site: Site) -> tuple[str, str]:
    """Return assignment and case of a further claim that lin.wei has in hand."""
    brought(site, "ready")
    found = site.door.uses.assignments.next(site.now("lin.wei"))
    assert found is not None
    return found.assignment.assignment_id, found.case.case_id


STATES: dict[str, tuple[str, Callable[[Site], str], str]] = {
    "that waits for its merchant": ("lin.wei", lambda site: brought(site, "waiting"), "waits for the merchant"),
    "in hand": ("lin.wei", lambda site: taken(site)[1], "works on it"),
    "that waits for a second look": ("zhou", lambda site: brought(site, "second"), "waits for a reviewer"),
    "that was appealed": ("zhou", lambda site: brought(site, "appealed"), "appeal"),
    "that is closed": ("wu", lambda site: brought(site, "closed"), "closed"),
    "that was decided": ("zhou", lambda site: brought(site, "forged"), "decided"),
    "before its merchant": ("shop", lambda site: brought(site, "waiting"), "waits for"),
}
"""For each state: who looks, what brings a case there, and what its page says of it."""


@pytest.mark.parametrize("state", STATES)
def test_a_case_has_no_serious_fault(site: Site, chromium: Browser, state: str) -> None:
    who, bring, says = STATES[state]
    page = signed_in(chromium, site, who, f"/cases/{bring(site)}", reduced_motion="reduce")

    expect(page.locator(".facts .state").first).to_contain_text(says)
    assert faults(page) == []


def test_a_lease_that_is_over_is_told_without_a_serious_fault(site: Site, chromium: Browser) -> None:
    assignment, case = taken(site)
    page = signed_in(chromium, site, "lin.wei", f"/cases/{case}", language="zh-CN", reduced_motion="reduce")
    site.door.uses.assignments.hand_over(assignment, site.now("lin.wei", "knows pots"), "zhou")
    page.evaluate("document.dispatchEvent(new Event('case-changed'))")

    expect(page.locator(".lease[role=alert]")).to_be_visible()
    assert faults(page) == []


def test_a_lease_is_prolonged_while_somebody_works_and_not_on_a_page_that_was_left(
    site: Site, chromium: Browser
) -> None:
    _, case = taken(site)
    page = signed_in(chromium, site, "lin.wei", f"/cases/{case}")
    page.clock.install()
    page.reload()
    beats: list[str] = []
    page.on("request", lambda sent: beats.append(sent.url) if sent.url.endswith("/heartbeat") else None)

    page.clock.run_for(6 * 60_000)
    while_there = len(beats)
    page.clock.run_for(3 * 60_000)
    assert while_there > 0
    assert len(beats) == while_there, "nobody touched the page for five minutes"

    page.mouse.move(300, 300)
    with page.expect_request("**/heartbeat"):
        page.clock.run_for(60_000)


def test_a_form_that_was_refused_is_told_without_a_serious_fault(site: Site, chromium: Browser) -> None:
    page = signed_in(
        chromium, site, "shop", f"/cases/{brought(site, 'waiting')}", language="zh-CN", reduced_motion="reduce"
    )
    page.evaluate("document.querySelector('form[data-keep] textarea').required = false")
    page.locator("form[data-keep] button.primary").click()

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "/statement" in page.url
    assert faults(page) == []


@pytest.mark.parametrize(("key", "act"), [("h", "hold"), ("s", "skip"), ("o", "hand-over")])
def test_a_case_is_put_aside_by_keyboard_alone(site: Site, chromium: Browser, key: str, act: str) -> None:
    assignment, case = taken(site)
    page = signed_in(chromium, site, "lin.wei", f"/cases/{case}")
    page.keyboard.press(key)
    if act == "hand-over":
        page.keyboard.type("zhou")
        page.keyboard.press("Tab")
    page.keyboard.type("knows pots better")
    with page.expect_response(f"**/work/{assignment}/{act}") as answered:
        page.keyboard.press("Enter")
    assert answered.value.status == 303

    mine = site.door.uses.assignments.in_hand("lin.wei")
    held = [one for one in mine if one.assignment_id == assignment]
    assert (len(held), bool(held and held[0].held_since_ms)) == ((1, True) if act == "hold" else (0, False))
    for one in mine:
        site.door.uses.assignments.skip(one.assignment_id, site.now("lin.wei", "over"))
