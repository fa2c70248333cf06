"""A Chromium for all walks, and a console for each file of them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from streams.adapters.sql.schema import upgrade
from tests.browser.browsing import CHROMIUM
from tests.browser.site import Site, serving


@pytest.fixture(scope="package")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables, to be copied."""
    file = tmp_path_factory.mktemp("tables") / "sentinel.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, tables: Path) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("console")
    shutil.copy(tables, folder)
    with serving(folder) as found:
        yield found


@pytest.fixture(scope="package")  # no longer: while it runs no test of this process may have an event loop of its own
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        given = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=given)
