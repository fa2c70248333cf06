"""Signing in by one's organisation, in Chromium and without script."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr

from tests.browser.browsing import IN_CHROMIUM, WAIT_MS
from tests.browser.site import Site, serving
from tests.contract.console import provider as providers
from tests.contract.console.provider import SECRET
from tests.databases import new_sqlite

pytestmark = IN_CHROMIUM
THOUGHT = "half a thought 裂纹 & <b>"


@pytest.fixture
def organised(tmp_path: Path) -> Iterator[Site]:
    """A console that people sign in to by their organisation alone."""
    new_sqlite(tmp_path / "sentinel.db")
    with providers.running() as provider:
        provider.claims |= {"preferred_username": "mei.chen", "roles": ["senior"]}
        given = {"oidc_issuer": provider.issuer, "oidc_client_secret": SecretStr(SECRET), "local_accounts": False}
        with serving(tmp_path, **given) as site:
            yield site


def signed_in_at(page: Page, address: str) -> None:
    page.wait_for_url(address)
    expect(page.locator("header .who")).to_contain_text("mei.chen")


def test_a_person_signs_in_without_script_and_what_they_wrote_before_is_still_there(
    organised: Site, chromium: Browser
) -> None:
    page = chromium.new_page(java_script_enabled=False, locale="zh-CN")
    page.set_default_timeout(WAIT_MS)
    case = f"{organised.address}/cases/{organised.case}"
    page.goto(case)
    page.get_by_role("link", name="通过单位账号登录").click()
    signed_in_at(page, case)

    page.check("input[value=GRANT]")
    page.select_option("select[name=rule]", "DAMAGE_SHOWN")
    page.fill("textarea[name=rationale]", THOUGHT)
    page.context.clear_cookies()
    page.locator("form[data-verdict] button.primary").click()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="通过单位账号登录").click()

    signed_in_at(opened.value, case)
    expect(page.locator("textarea[name=typed]")).to_have_value(THOUGHT)
