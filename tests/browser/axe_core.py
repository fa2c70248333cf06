"""axe-core (tests/browser/axe) on a page that is open."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
ALL: dict[str, Any] = {"resultTypes": ["violations"]}
OF_LOOKS = ALL | {"runOnly": {"type": "rule", "values": ["color-contrast", "scrollable-region-focusable"]}}
RUN = "given => axe.run(document, given).then((found) => found.violations)"
GRAVE = {"serious", "critical"}


def grave(page: Page) -> list[str]:
    """Return what axe-core finds to be serious or critical: its rule, and where."""
    page.evaluate(AXE)
    return _found(page, ALL)


def colours(page: Page) -> list[str]:
    """Return what is wrong only as the page looks now: its contrast, and what scrolls. After :func:`grave`."""
    return _found(page, OF_LOOKS)


def faults(page: Page) -> list[str]:
    """Return what is wrong with a page in light on a desk and, opened whole, in dark on a phone; it has to fit."""
    found = grave(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    for closed_part in page.locator("details").all():
        closed_part.evaluate("one => { one.open = true; }")
    found += colours(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    return found


def _found(page: Page, given: dict[str, Any]) -> list[str]:
    found: list[dict[str, Any]] = page.evaluate(RUN, given)
    return [
        f"{page.url}: {one['id']} at {', '.join(str(node['target'][0]) for node in one['nodes'])}"
        for one in found
        if one["impact"] in GRAVE
    ]
