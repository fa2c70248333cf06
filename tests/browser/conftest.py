"""A Chromium for all walks, and a console for each file of them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.browsing import CHROMIUM
from tests.browser.site import Site, serving
from tests.databases import new_sqlite


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("console")
    new_sqlite(folder / "sentinel.db")
    with serving(folder) as found:
        yield found


@pytest.fixture(autouse=True)
def _no_page_is_left_open(request: pytest.FixtureRequest) -> Iterator[None]:
    """A page that stays open asks for itself anew whenever a later test changes a case."""
    yield
    if "chromium" in request.fixturenames:
        browser: Browser = request.getfixturevalue("chromium")
        for context in browser.contexts:
            context.close()


@pytest.fixture(scope="package")  # no longer: while it runs no test of this process may have an event loop of its own
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        given = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=given)
