"""Whatever is typed into any text field of any form, or stands in a file's name, stays text wherever it is shown."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from streams.console.routes import TABLE
from tests.contract.console.browser import Browser
from tests.contract.console.door import Door
from tests.contract.console.states import in_every_state
from tests.contract.judging import A_POLICY, some_evidence, suspecting
from tests.contract.sql import Database

SERVER_FAULT = 500
BIDI = "\u202e"
HOSTILE = f'{BIDI}<script>alert(1)</script>\' onload="x" {{{{ 7*7 }}}}'
WHO = {
    "lin.wei": "reviewer",
    "zhou": "senior",
    "shop": "merchant:m-1",
    "ada": "policy-author",
    "bo": "policy-approver",
    "wu": "auditor",
    "zhao": "operator",
    "root": "admin",
}
READERS = ("zhou", "shop", "bo", "wu", "root")
"""Who reads afterwards what the others sent: each page that shows such words to anybody is among theirs."""
VOID = {"input", "img", "br", "meta", "link", "hr", "wbr"}
MAY_HOLD_IT = {"bdi", "textarea", "option", "title"}
"""Where a mark that turns the direction of writing turns nothing around it."""
TAKES_WORDS = {"statement", "appeal", "objection", "verdict", "recommendation", "hold", "hand-over", "skip", "buyer"}
"""Forms of cases, by the end of where they are sent, that take somebody's words."""


@dataclass
class Filled:
    """A form as a person who means harm sends it."""

    action: str
    method: str
    fields: dict[str, Any] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    typed: bool = False


class Page(HTMLParser):
    """Reads a page: its forms, filled in, and what of other people's words is more than text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Filled] = []
        self.faults: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        given = {name: value or "" for name, value in attrs}
        if tag == "script" and not given.get("src", "").startswith("/static/"):
            self.faults.append(f"a script that is none of ours: {given}")
        self.faults += [f"{tag} has {name}" for name in given if name.startswith("on")]
        if tag not in VOID:
            self._open.append(tag)
        if tag == "form":
            self.forms.append(Filled(given.get("action", ""), given.get("method", "get")))
        elif tag in {"input", "select", "textarea"} and given.get("name") and self.forms:
            self._fill(self.forms[-1], tag, given)
        elif tag == "option" and self.forms and "" in self.forms[-1].fields.values() and given.get("value"):
            empty = next(name for name, value in self.forms[-1].fields.items() if value == "")
            self.forms[-1].fields[empty] = given["value"]

    def handle_endtag(self, tag: str) -> None:
        """Note its end."""
        while self._open and self._open.pop() != tag:
            continue

    def handle_data(self, data: str) -> None:
        """Note a text."""
        if BIDI in data and not MAY_HOLD_IT & set(self._open):
            self.faults.append(f"turns the text around it, in {self._open[-3:]}")

    def _fill(self, form: Filled, tag: str, given: dict[str, str]) -> None:
        name, kind = given["name"], given.get("type", "text")
        if kind == "file":
            form.files.append(name)
        elif tag == "textarea" or (tag == "input" and kind in {"text", "search"}):
            form.fields[name] = A_POLICY.format(name=f"'{BIDI}<script>'") if name == "policy" else HOSTILE
            form.typed = True
        elif kind == "url":
            form.fields[name] = f"https://example.org/{HOSTILE}"
        else:
            form.fields.setdefault(name, "" if tag == "select" else given.get("value", "on"))


def pages_of(browser: Browser, cases: dict[str, str], requests: list[str]) -> Iterator[tuple[str, Page]]:
    """Yield the pages that somebody may open, each read."""
    plain = [one.path for one in TABLE.routes if one.page and one.method == "GET" and "{" not in one.path]
    paths = [path for path in plain if path not in {"/sign-in/openid", "/sign-in/openid/back", "/updates"}]
    paths += [f"/cases/{case}" for case in cases.values()] + [f"/clusters/{case}" for case in list(cases.values())[:1]]
    for path in [*paths, *(f"/desk/requests/{one}" for one in requests)]:
        answered = browser.get(path)
        assert answered.status_code < SERVER_FAULT, path
        if answered.headers.get("Content-Type", "").startswith("text/html"):
            yield path, Page(answered.text)


def send(browser: Browser, form: Filled) -> Page:
    """Send a form with a file of a hostile name in each of its fields for files; return the page that answers."""
    if form.method == "get":
        return Page(browser.get(f"{form.action}?{urlencode(form.fields)}").text)
    files = [(name, (f"{BIDI}<script>.jpg", b"\xff\xd8\xff", "image/jpeg")) for name in form.files]
    answered = browser.client.post(form.action, data=form.fields, files=files or None, allow_redirects=False)
    assert answered.status_code < SERVER_FAULT, form.action
    return Page(answered.text)


def test_hostile_words_in_every_field_of_every_form_stay_text(
    door: Door, database: Database, open_case: Callable[[str], str]
) -> None:
    cases = in_every_state(database, open_case)
    database.decide(suspecting(), some_evidence("rr-cleared"))
    people = {name: Browser(door).sign_in(name, role) for name, role in WHO.items()}
    faults, sent = list[str](), set[str]()

    for name, browser in people.items():
        for path, page in pages_of(browser, cases, ["rr-cleared"]):
            faults += [f"{name} at {path}: {one}" for one in page.faults]
            for form in page.forms:
                if form.typed:
                    sent.add(form.action.rpartition("/")[2])
                    faults += [f"{name} sends {form.action}: {one}" for one in send(browser, form).faults]
    shown = 0
    for name in READERS:
        browser = people[name]
        for path, page in pages_of(browser, cases, ["rr-cleared"]):
            faults += [f"{name} at {path}: {one}" for one in page.faults]
            shown += BIDI in browser.get(path).text

    assert faults == []
    assert sent >= TAKES_WORDS
    assert shown > len(READERS), "what was sent is shown to others"
