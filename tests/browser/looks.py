"""How people look at the pages: each language once, and light and dark."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from streams.console.pages.preferences import DisplayPreferences
from streams.console.routes import TABLE
from streams.wording.tables import Language
from tests.browser.axe_core import grave
from tests.browser.browsing import signed_in, watched
from tests.browser.site import Site
from tests.contract.console.page_words import blemishes

_LOOKED_AT: set[tuple[str, str]] = set()
"""Pages that axe-core has looked at, each with its colours: the second time it finds what it found before."""
LOCALES: dict[Language, str] = {"zh": "zh-CN", "en": "en-GB"}


@dataclass(frozen=True)
class Look:
    """One way to look at the pages, and the people who do."""

    language: Language
    scheme: str
    site: Site
    chromium: Browser

    def words(self, part: str, name: str) -> str:
        """Return a text of the pages, by which a person finds what to press."""
        return DisplayPreferences(self.language).say(part, name)

    def by(self, name: str, where: str, *, scripted: bool = True) -> "Person":
        """Return somebody who signed in and came to ``where``."""
        browsing: dict[str, Any] = {
            "language": LOCALES[self.language],
            "color_scheme": self.scheme,
            "java_script_enabled": scripted,
        }
        return Person(self, signed_in(self.chromium, self.site, name, where, **browsing), scripted=scripted)


class Person:
    """Somebody at a page, who reads what stands on it."""

    def __init__(self, look: Look, page: Page, *, scripted: bool) -> None:
        self.look = look
        self.page = page
        self._scripted = scripted
        self._faults = watched(page)

    def presses(self, part: str, name: str, within: str = "main") -> None:
        """Press the button with these words."""
        self.page.locator(within).get_by_role("button", name=self.look.words(part, name)).first.click()

    def is_content(self) -> None:
        """Fail where the page is not in the person's language and colours, shows codes, or has a fault (axe too)."""
        assert self._faults == [], self._faults
        found = blemishes(self.page.content(), self.look.language)
        assert found == [], found
        assert self.page.locator("html").get_attribute("lang") == ("zh-CN" if self.look.language == "zh" else "en")
        if self._scripted:
            shown = self.page.evaluate("getComputedStyle(document.documentElement).colorScheme")
            assert shown == self.look.scheme
            self._has_no_fault()

    def _has_no_fault(self) -> None:
        path = urlsplit(self.page.url).path
        page = (TABLE.at(path)["GET"].path if "GET" in TABLE.at(path) else path, self.look.scheme)
        if page not in _LOOKED_AT:
            faults = grave(self.page)
            assert faults == [], faults
            _LOOKED_AT.add(page)
