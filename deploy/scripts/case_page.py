"""Measures the page of a case in Chromium, on the data of a demo that ran: how soon it is of use, views, weight, keys.

Run: DEMO_EXIT=1 refund-sentinel demo, then python -m deploy.scripts.case_page. Needs Chromium. One case is decided.
Photos were drawn before: what is measured is what a reviewer meets who comes after the first look.
"""

import os
import shutil
import statistics
from collections.abc import Sequence

from playwright.sync_api import Page, sync_playwright

from deploy.scripts.screenshots import (
    DEMO,
    FLAGS,
    HEIGHT,
    WIDTH,
    a_forgery,
    account,
    console,
    settings_of,
    sign_in,
)

LOOKS = 5
OF_USE = """() => {
  const photos = performance.getEntriesByType("resource").filter((one) => /\\/(screen|aligned)$/.test(one.name));
  const page = performance.getEntriesByType("navigation")[0];
  return Math.max(page.domContentLoadedEventEnd, ...photos.map((one) => one.responseEnd));
}"""
WEIGHT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .filter((one) => !one.name.includes("/photos/") && !one.name.includes("/videos/"))
  .reduce((sum, one) => sum + one.decodedBodySize, 0)"""
CHANGE = """async (key) => {
  const begun = performance.now();
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  return performance.now() - begun;
}"""


def main() -> None:
    """Print what was found, with the load of the machine."""
    environment = os.environ | settings_of(DEMO / "env")
    with console(environment) as address, sync_playwright() as playwright:
        made = account(environment["SENTINEL_DATABASE_URL"])
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN")
        sign_in(page, address, made)
        a_forgery(page, address)
        _told("of use after", [_of_use(page) for _ in range(LOOKS)], "ms (goal 1,000)")
        _told("a view changes in", [page.evaluate(CHANGE, key) for key in "2341" * LOOKS], "ms (goal 50)")
        page.reload(wait_until="load")
        print(f"weight without photos: {page.evaluate(WEIGHT) / 1_000:.1f} kB (goal 150)")  # noqa: T201 - a command
        print(f"keys from the queue to a verdict: {_keys(page, address)} (goal 6)")  # noqa: T201 - a command's output
        browser.close()


def _of_use(page: Page) -> float:
    page.reload(wait_until="load")
    return float(page.evaluate(OF_USE))


def _keys(page: Page, address: str) -> int:
    """Return how many keys it takes to get the next case and to decide it with a template; it is decided."""
    page.goto(f"{address}/cases")
    pressed = 0
    for key, then in (("n", "**/cases/c-*"), ("f", None), ("Enter", "**?done=*")):
        page.keyboard.press(key)
        pressed += 1
        if then is not None:
            page.wait_for_url(then)
    return pressed


def _told(what: str, found: Sequence[float], unit: str) -> None:
    load = os.getloadavg()[0]
    text = f"{what} {statistics.median(found):.0f}, at most {max(found):.0f} {unit}, load {load:.1f}"
    print(text)  # noqa: T201 - a command's output


if __name__ == "__main__":
    main()
