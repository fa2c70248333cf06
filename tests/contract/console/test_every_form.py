"""Every page and form of the table, sent by every role as no browser would: the table's roles hold, nothing fails.

What is sent is drawn from the fields that the pages themselves have, so that a new route is covered, or fails here.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import requests
from sqlalchemy import Engine, select

from streams.access.roles import Role
from streams.adapters.sql.tables import metadata
from streams.clock import now_ms
from streams.console.routes import ROUTES, Route
from tests.contract.console.browser import Browser
from tests.contract.console.door import Door, scope_of
from tests.contract.console.states import in_every_state, taken
from tests.contract.console.test_hostile_words import Page
from tests.contract.console.test_webhooks_api import relayed
from tests.contract.judging import A_POLICY, some_evidence, suspecting
from tests.contract.sql import Database

SIGNED_IN = {
    "lin.wei": "reviewer",
    "zhou": "senior",
    "shop": "merchant:m-1",
    "rival": "merchant:m-2",
    "ada": "policy-author",
    "bo": "policy-approver",
    "wu": "auditor",
    "zhao": "operator",
    "root": "admin",
}
NOBODY = "nobody"
BY_KEY = {f"key of {role}": scope_of(role) for role in Role}
WHO = [*SIGNED_IN, NOBODY, *BY_KEY]
SENT_BY_SCRIPT = {"/work/{assignment_id}/draft": {"rationale"}, "/work/{assignment_id}/heartbeat": set[str]()}
"""Forms that no page holds: what a script sends there."""
PAGES = [route for route in ROUTES if not route.path.startswith("/api/") and not route.lasts]
_BUTTON = re.compile(r'formaction="([^"]+)"')
FORMS = [route for route in PAGES if route.method == "POST"]
TOLD = {200, 204, 303, 400, 401, 403, 404, 409, 413, 416, 422}
"""What a page may answer; 429 would need more calls, 503 a part that is down."""
DONE = {200, 204, 303}
EACH = 5
"""Calls of one who is let in to each form; whoever is not makes one."""
QUERY = (
    "q",
    "state",
    "order",
    "cursor",
    "days",
    "day",
    "who",
    "next",
    "done",
    "with",
    "merchant",
    "request_id",
    "saved",
)
OWN = {"token", "key", "version"}
ODD = (
    "", " ", "0", "-1", "1e9", "٣", "²", "9" * 12, "9" * 40, "null", "true", "[]", "\x00", "\ud83d\ude00" * 3, "\u202e",
    "a" * 4_001, "on", "yes", "GRANT", "MORE_EVIDENCE", "FORGERY_CONFIRMED", "none", "../x", "http://", "https://[::1",
    "2026-13-45T99:99", "9999-12-31T23:59", "0001-01-01T00:00", "\r\n", "%00", "merchant:m-1", "system", "\udcff",
)  # fmt: skip
NOT_TOUCHED = {"sessions", "accounts", "photo_views", "drafts"}
"""Tables that change by a look alone: a session's last call, who looked at which photo; and what was typed is kept."""
FIELDS: dict[str, set[str]] = defaultdict(set)
"""The names of the fields of each form: pages are the same on both databases, and reading all takes seconds."""


@dataclass
class World:
    """A console with people at it, and what there is to ask about; ``values`` by the name of a part of a path."""

    door: Door
    people: dict[str, Browser]
    values: dict[str, list[str]]
    engine: Engine
    fields: Mapping[str, set[str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def path(self, route: Route, draw: Random) -> str:
        """Return an address of the route; a part of a path that this test does not know fails it."""
        parts = {name: quote(draw.choice(self.values[name]), safe="") for name in route.pattern.groupindex}
        return route.path.format_map(parts)

    def send(
        self,
        who: str,
        route: Route,
        path: str,
        body: bytes | None = None,
        kind: str = "application/x-www-form-urlencoded",
    ) -> requests.Response:
        """Return what the call is answered."""
        headers = {"Content-Type": kind} if body is not None else {}
        if who in self.people:
            answered: requests.Response = self.people[who].client.request(
                route.method, path, data=body, headers=headers, allow_redirects=False
            )
            if body is not None and answered.status_code in DONE:
                self.tokens.clear()  # what was done may have ended a session, that of somebody else too
            return answered
        if who in BY_KEY:
            headers["Authorization"] = f"Bearer {self.door.key(BY_KEY[who])}"
        return self.door.at(route.method, path, data=body, headers=headers)

    def token(self, who: str) -> str:
        """Return the token of somebody's session, as each page holds it; a new session where a form has ended it."""
        if who not in self.people:
            return ""
        browser = self.people[who]
        if who not in self.tokens:
            found = browser.hidden("/settings").get("token") or browser.sign_in(who).hidden("/settings")["token"]
            self.tokens[who] = found
        return self.tokens[who]

    def held(self) -> dict[str, list[str]]:
        """Return all that is stored by table, but for what a look changes."""
        with self.engine.connect() as connection:
            return {
                name: sorted(map(repr, connection.execute(select(table))))
                for name, table in metadata.tables.items()
                if name not in NOT_TOUCHED
            }


@pytest.fixture
def world(door: Door, database: Database, engine: Engine, open_case: Callable[..., str]) -> World:
    cases = in_every_state(database, open_case)
    other = open_case("rr-other", merchant_id="m-2", buyer_id="b-2", order_id="o-2")
    database.decide(suspecting(), some_evidence("rr-cleared"), now_ms=now_ms())
    late = open_case("rr-late", order_id="o-3")
    taken(database, "rr-late")
    work = [str(one[0]) for one in database.rows("SELECT assignment_id FROM assignments")]
    hook = door.post("platform", "/webhooks", {"url": "https://platform.example/hooks"}).json()["webhook_id"]
    people = {name: Browser(door).sign_in(name, role) for name, role in SIGNED_IN.items()}
    _policies(people)
    door.uses.accounts.create("gone", ["reviewer"], by="tests", now_ms=1)
    made = door.uses.keys.create("other", ["platform"], by="tests", now_ms=1)
    relayed(database)
    policies = [str(one[0]) for one in database.rows("SELECT sha256 FROM policies")]
    deliveries = [str(one[0]) for one in database.rows("SELECT delivery_id FROM webhook_deliveries")]
    odd = ["none", "%", "\u202e", "a" * 129, "\x00"]
    values = {
        "case_id": [*cases.values(), other, late, *odd],
        "assignment_id": [*work * 3, *odd],
        "request_id": ["rr-cleared", "rr-waiting", "rr-other", *odd],
        "sha256": [*policies * 4, "0" * 64, *odd],
        "name": ["gone", "console.css", *odd],
        "key_id": [made.key_id, *odd],
        "webhook_id": [hook, *odd],
        "delivery_id": [*deliveries * 3, "99999999999999999999", *odd],
        "places": ["0", "0-0", "9", "-1", "0-9", "claim-0", *odd],
        "place": ["0", "1", "99999999999999999999", "-1", *odd],
        "view": ["thumbnail", "screen", "original", *odd],
        "version": ["1", *odd],
    }
    return World(door, people, values, engine)


def _policies(people: dict[str, Browser]) -> None:
    """Propose two drafts, and let one of them judge."""
    for name in ("second", "third"):
        told = people["ada"].send("/policies", "/policies", policy=A_POLICY.format(name=name))
        assert told.status_code == 303, told.text
        if name == "second":
            draft = told.headers["Location"].partition("?")[0]
            assert people["bo"].send(draft, f"{draft}/activate", text="agreed", force="yes").status_code == 303


def fields_of_forms(world: World) -> Mapping[str, set[str]]:
    """Return the names of the fields of all forms by route, from the pages that anybody may open, read once."""
    if not FIELDS:
        for browser in [*world.people.values(), Browser(world.door)]:
            for text in _pages(world, browser):
                for form in Page(text).forms:
                    _know(form.action, set(form.fields) | set(form.files))
                for action in _BUTTON.findall(text):
                    _know(action, OWN)
        for path, names in SENT_BY_SCRIPT.items():
            FIELDS[path] |= names
    return FIELDS


def _know(action: str, names: set[str]) -> None:
    for route in [one for one in FORMS if one.pattern.fullmatch(action)]:
        FIELDS[route.path] |= names


def _pages(world: World, browser: Browser) -> Iterator[str]:
    for route in PAGES:
        if route.method == "GET" and route.page and "openid" not in route.path and len(route.pattern.groupindex) < 2:
            parts = [world.values[name] for name in route.pattern.groupindex]
            for value in parts[0] if parts else [""]:
                given = {name: quote(value, safe="") for name in route.pattern.groupindex}
                answered = browser.get(route.path.format_map(given))
                if answered.headers.get("Content-Type", "").startswith("text/html"):
                    yield answered.text


def drawn(world: World, route: Route, token: str, draw: Random) -> tuple[bytes, str]:
    """Return a body for the form, and its media type: fields missing, doubled, odd, of no such name."""
    given: list[tuple[str, str]] = []
    for name in sorted(world.fields[route.path] - {"token"}):
        times = draw.choice((0, 1, 1, 1, 1, 2))
        given += [(name, draw.choice(ODD + ("fine words",) * 9)) for _ in range(times)]
    given += [("token", token)] * draw.choice((1, 1, 1, 2))
    if draw.random() < 0.1:
        given.append((draw.choice(("x", "", "key", "version", "files")), draw.choice(ODD)))
    draw.shuffle(given)
    if draw.random() < 0.6:
        return urlencode(given, errors="surrogatepass").encode(), "application/x-www-form-urlencoded"
    mark = draw.choice(("b", "b", "b", "b", "other"))
    files = draw.choice((0, 1, 2))
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in given]
    parts += [
        f'--b\r\nContent-Disposition: form-data; name="{draw.choice(("files", "text"))}"; filename="a.jpg"\r\n\r\nx\r\n'
    ] * files
    body = "".join([*parts, "--b--\r\n"]).encode("utf-8", "surrogatepass")
    return (body if draw.random() < 0.9 else body[: len(body) // 2]), f"multipart/form-data; boundary={mark}"


def may(who: str, route: Route) -> bool:
    """Return whether the table lets somebody in."""
    role = SIGNED_IN.get(who) or BY_KEY.get(who, "")
    return route.roles is None or role.partition(":")[0] in {one.value for one in route.roles}


def wrong(who: str, route: Route, answered: requests.Response) -> str | None:
    """Return what is wrong with an answer."""
    status, to_sign_in = answered.status_code, answered.headers.get("Location", "").startswith("/sign-in")
    if status not in TOLD:
        return f"{status}"
    if not may(who, route) and who == NOBODY:  # words that were typed are kept on the sign-in page itself
        return None if to_sign_in or (status == 403 and 'action="/sign-in"' in answered.text) else f"let in: {status}"
    if not may(who, route) and status != 403:
        return f"not 403, but {status}"
    if status >= 400 and "Traceback" in answered.text:
        return "a traceback"
    return None


def test_every_page_is_what_the_table_says_whoever_opens_it_and_whatever_is_asked_for(world: World) -> None:
    draw, faults = Random(7), list[str]()  # noqa: S311 - no secret
    for route in [one for one in PAGES if one.method == "GET"]:
        for who in WHO:
            for _ in range(2):
                path = world.path(route, draw)
                query = urlencode({draw.choice(QUERY): draw.choice(ODD)}, errors="surrogatepass")
                asked = draw.choice(("", f"?{query}"))
                what = wrong(who, route, world.send(who, route, path + asked))
                faults += [f"{who}: {route.method} {path}{asked}: {what}"] if what else []

    assert faults == [], "\n".join(faults)


def test_every_form_is_refused_whoever_the_table_does_not_name_and_fails_for_nobody(world: World) -> None:
    world.fields = fields_of_forms(world)
    faults, draw, statuses = list[str](), Random(11), defaultdict[int, int](int)  # noqa: S311 - no secret
    assert {route.path for route in FORMS} - set(world.fields) == set()

    for route in FORMS:
        for who in [one for one in WHO for _ in range(EACH if may(one, route) else 1)]:
            path, token = world.path(route, draw), world.token(who)
            body, kind = drawn(world, route, token, draw)
            answered = world.send(who, route, path, body, kind)
            statuses[answered.status_code] += 1
            what = wrong(who, route, answered)
            faults += [f"{who}: {route.name} at {path} {kind[:20]} {body[:300]!r}: {what}"] if what else []

    assert faults == [], "\n".join(faults)
    assert statuses[303] > 0 < statuses[409]


def test_a_form_without_the_token_of_its_session_changes_nothing(world: World) -> None:
    world.fields = fields_of_forms(world)
    draw, faults = Random(13), list[str]()  # noqa: S311 - no secret
    foreign: dict[str, Any] = {who: world.token(who) for who in world.people}
    before = world.held()
    for route in FORMS:
        for who in [one for one in world.people if may(one, route)]:
            wrongly = ["", "x" * 32, next(token for name, token in foreign.items() if name != who)]
            for token in wrongly:
                body, kind = drawn(world, route, token, draw)
                answered = world.send(who, route, world.path(route, draw), body, kind)
                if answered.status_code in DONE or answered.status_code not in TOLD:
                    faults.append(f"{who}: {route.name} {kind[:20]}: {answered.status_code}")

    assert faults == [], "\n".join(faults)
    assert world.held() == before
