"""Chromium where there is one, and people who signed in with it."""

import shutil
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.scripts import real_parts
from streams.console.pages.by_session import COOKIE
from tests.browser.site import Site

CHROMIUM = next(filter(None, map(shutil.which, (real_parts.CHROMIUM, "chromium", "chromium-browser"))), None)
"""The one without windows, where it is installed: it takes less than half the processor time for the same pages."""
WAIT_MS = 60_000
expect.set_options(timeout=WAIT_MS)  # a busy machine is no fault of a page
IN_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: python -m deploy.scripts.real_parts"),
]


def signed_in(
    chromium: Browser, site: Site, name: str, where: str = "/cases", *, language: str = "en-GB", **browsing: Any
) -> Page:
    """Return a page of a browser of its own, on which somebody is signed in and came to ``where`` (empty: nowhere yet).

    Their session was begun behind the pages: how people sign in has tests of its own.
    """
    context = chromium.new_context(
        viewport={"width": 1_440, "height": 900},
        locale=language,
        timezone_id="Asia/Shanghai",
        **browsing,
    )
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    context.add_cookies([{"name": COOKIE, "value": site.session_of(name), "url": site.address}])
    if where:
        page.goto(f"{site.address}{where}")
    return page


def watched(page: Page) -> list[str]:
    """Return what goes wrong on the page from now on: scripts that fail, and what its own policy forbids."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    return faults
