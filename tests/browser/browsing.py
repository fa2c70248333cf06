"""Chromium where there is one, and people who signed in with it."""

import shutil
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.site import PASSWORD, Site

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WAIT_MS = 60_000
expect.set_options(timeout=WAIT_MS)  # a busy machine is no fault of a page
IN_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install --no-install-recommends chromium"),
]


def signed_in(
    chromium: Browser, site: Site, name: str, where: str = "/cases", *, language: str = "en-GB", **browsing: Any
) -> Page:
    """Return a page of a browser of its own, on which somebody signed in and came to ``where``."""
    context = chromium.new_context(
        viewport={"width": 1_440, "height": 900},
        locale=language,
        timezone_id="Asia/Shanghai",
        **browsing,
    )
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{site.address}{where}")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url(f"**{where}")
    return page
