"""How people like the pages, kept with their account: in whatever browser they sign in, pages are as they like them."""

from typing import Literal, Protocol

import msgspec


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody chose; None: nothing yet."""

    language: Literal["zh", "en"] | None = None
    theme: Literal["system", "light", "dark"] | None = None
    shortcuts: Literal["on", "off"] | None = None


class PreferenceRecords(Protocol):
    """Where it is kept; calls block."""

    def of(self, name: str) -> Preferences:
        """Return what the account's person chose."""

    def keep(self, name: str, chosen: Preferences) -> None:
        """Store what is chosen; what is None stays as it was."""
