"""What our own words on a page are, in text and in attributes that are read aloud, and what must not be among them."""

import re
from html.parser import HTMLParser

SPOKEN = {"title", "aria-label", "placeholder", "alt", "data-over", "data-there", "data-here"}
VOID = {"br", "hr", "img", "input", "link", "meta"}
OTHERS = {"bdi", "code", "pre", "textarea", "script", "head"}
"""Parts that hold what others wrote, or text for machines."""
RAW = re.compile(r"\b[A-Z]{2,}(?:_[A-Z0-9]+)+\b|\d{4}-\d\d-\d\dT\d\d|\b(?:None|nan|undefined|True|False)\b|\{\w*\}")
"""Codes, times as machines write them, and placeholders that nothing was put into."""
FOREIGN = {"zh": re.compile(r"[A-Za-z]{2,}(?:[ -][a-z]{2,}){2,}"), "en": re.compile(r"[\u3400-\u9fff]+")}
"""A sentence in the other language."""


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._left_out = 0
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        theirs = tag in OTHERS or (tag != "html" and "lang" in given) or "mono" in (given.get("class") or "").split()
        if not self._left_out and not theirs:
            self.said += [value for name, value in attrs if name in SPOKEN and value]
        if tag not in VOID:
            self._open.append((tag, theirs))
            self._left_out += theirs

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            name, theirs = self._open.pop()
            self._left_out -= theirs
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._left_out and data.strip():
            self.said.append(" ".join(data.split()))


def blemishes(page: str, language: str) -> list[str]:
    """Return what a person would stumble over among our own words on a page: codes, machine times, another language."""
    words = _Words()
    words.feed(page)
    return [one for one in words.said if RAW.search(one) or FOREIGN[language].search(one)]
