"""The one table of routes and roles: checks at the door, tests, and deploy/docs/routes.md come from it.

A route that is not here does not start, nor does one that is here and nowhere else.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from starlette.routing import compile_path

from streams.access.roles import Role

Method = Literal["GET", "POST", "PUT", "DELETE"]

API = "/api/v1"
PARTY = frozenset({Role.PLATFORM, Role.MERCHANT, Role.BUYER})
REVIEW = frozenset({Role.REVIEWER, Role.SENIOR})
CLOSES = REVIEW | {Role.OPERATOR}
"""Who closes what is recommended."""
STAFF = REVIEW | {Role.OPERATOR, Role.AUDITOR, Role.ADMIN}
PEOPLE = STAFF | {Role.MERCHANT, Role.POLICY_AUTHOR, Role.POLICY_APPROVER}
POLICIES = frozenset({Role.POLICY_AUTHOR, Role.POLICY_APPROVER, Role.OPERATOR, Role.AUDITOR, Role.ADMIN, Role.SENIOR})
KEEPERS = frozenset({Role.PLATFORM, Role.OPERATOR, Role.ADMIN})
TRAIL = frozenset({Role.SENIOR, Role.AUDITOR, Role.ADMIN})

MARKERS = frozenset({Role.SENIOR, Role.OPERATOR, Role.ADMIN})
"""Who says which cases are golden: whoever may be given them does not know."""

AUTHORS, APPROVERS = frozenset({Role.POLICY_AUTHOR}), frozenset({Role.POLICY_APPROVER})
AUDIT = frozenset({Role.AUDITOR, Role.ADMIN})
ADMINS, HOOKS = frozenset({Role.ADMIN}), frozenset({Role.ADMIN, Role.OPERATOR})
SHOP = frozenset({Role.MERCHANT})
LEADS = frozenset({Role.SENIOR, Role.OPERATOR, Role.AUDITOR, Role.ADMIN})
FIGURES = LEADS | {Role.POLICY_AUTHOR, Role.POLICY_APPROVER}

BODY_BYTES = 64 * 1_024
"""What a call may send at most where the table says nothing else: a text of 4,000 characters, in any spelling."""

WORDS_BYTES = 8 * BODY_BYTES
"""What a form with a long text may send at most: a policy in Chinese, words that were too long for another form."""

UPLOAD_BYTES = 640 * 1_024 * 1_024
"""What a call with files may send at most: two videos of the default limit."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """One route. ``roles`` None: anybody, known or not. ``body_bytes`` None: the endpoint bounds what it reads.

    ``page``: whoever is not known is led to the sign-in page instead of an error.
    ``lasts``: its answer goes on for minutes, so it does not count in how fast calls are answered.
    """

    method: Method
    path: str
    roles: frozenset[Role] | None
    says: str
    body_bytes: int | None = BODY_BYTES
    page: bool = False
    lasts: bool = False

    @property
    def name(self) -> str:
        """Method and path, by which the table finds it."""
        return f"{self.method} {self.path}"

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The pattern that its paths match."""
        return compile_path(self.path)[0]


def _api(method: Method, path: str, roles: frozenset[Role], says: str) -> Route:
    return Route(method=method, path=f"{API}{path}", roles=roles, says=says)


def _page(method: Method, path: str, roles: frozenset[Role] | None, says: str, body_bytes: int = BODY_BYTES) -> Route:
    return Route(method=method, path=path, roles=roles, says=says, body_bytes=body_bytes, page=True)


def _open(path: str, says: str) -> Route:
    return Route(method="GET", path=path, roles=None, says=says)


ROUTES: tuple[Route, ...] = (
    _open("/live", "Whether the process lives."),
    _open(
        "/ready",
        "Whether it can answer: 503 with the reasons where it cannot; behind `ok`, why no upload could be kept.",
    ),
    _open("/metrics", "Figures for Prometheus."),
    _open(f"{API}/openapi.json", "This API's description."),
    _api("GET", "/requests/{request_id}", PARTY | STAFF, "How far a request has come."),
    _api(
        "POST",
        "/requests/{request_id}/objections",
        frozenset({Role.PLATFORM, Role.MERCHANT}),
        "A merchant objects; where a machine cleared the request, that opens a case.",
    ),
    _api(
        "POST",
        "/requests/{request_id}/human-review",
        PARTY,
        "A party demands that a person looks.",
    ),
    _api("POST", "/requests/{request_id}/withdrawal", frozenset({Role.PLATFORM}), "The platform takes a request back."),
    _api("GET", "/cases", PARTY | STAFF, "Cases, newest first, page by page."),
    _api("GET", "/cases/{case_id}", PARTY | STAFF, "One case."),
    _api("POST", "/cases/{case_id}/statements", PARTY, "A party says something on a case."),
    Route(
        method="POST",
        path=f"{API}/cases/{{case_id}}/evidence",
        roles=PARTY,
        says="A party sends further photos and videos (multipart).",
        body_bytes=UPLOAD_BYTES,
    ),
    _api("POST", "/cases/{case_id}/appeals", PARTY, "A party asks for another person's verdict."),
    _api("POST", "/cases/{case_id}/verdicts", REVIEW, "A reviewer decides a case."),
    _api("GET", "/cases/{case_id}/recommendations", STAFF, "What is recommended on a case, and how it was closed."),
    _api(
        "POST",
        "/cases/{case_id}/recommendations",
        CLOSES,
        "A person closes a recommendation as done or declined.",
    ),
    _api("POST", "/assignments", REVIEW, "The next case for the caller; 204 where none waits for them."),
    _api("POST", "/assignments/{assignment_id}/heartbeat", REVIEW, "The reviewer is there: the lease lasts on."),
    _api("POST", "/assignments/{assignment_id}/hold", REVIEW, "A reviewer parks a case for a while."),
    _api("POST", "/assignments/{assignment_id}/hand-over", REVIEW, "A reviewer gives a case to a named person."),
    _api("POST", "/assignments/{assignment_id}/skip", REVIEW, "A reviewer gives a case back."),
    _api("POST", "/assignments/{assignment_id}/buyer", REVIEW, "A reviewer is shown whose claim it is, for a reason."),
    _api("PUT", "/assignments/{assignment_id}/draft", REVIEW, "What a reviewer has written so far."),
    _api("GET", "/golden-cases", MARKERS, "Closed cases that are handed out again to see how reviewers judge."),
    _api("POST", "/golden-cases", MARKERS, "Marks a closed case as golden."),
    _api("DELETE", "/golden-cases/{case_id}", MARKERS, "Takes that mark away."),
    _api("GET", "/webhooks", KEEPERS, "The addresses that are told of every review event."),
    _api("POST", "/webhooks", KEEPERS, "Adds an address, or a new secret to one that is there."),
    _api("DELETE", "/webhooks/{webhook_id}", KEEPERS, "Removes an address."),
    _api("GET", "/webhooks/{webhook_id}/deliveries", KEEPERS, "What an address was told, newest first."),
    _api("POST", "/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", KEEPERS, "Sends a delivery again."),
    _api("GET", "/cases/{case_id}/audit", TRAIL, "Everything that was done to a case, link by link."),
    _api("GET", "/cases/{case_id}/evidence-package", TRAIL, "A case as one file that proves itself."),
    _page("GET", "/static/{version}/{name}", None, "Style and script of the pages."),
    _page("GET", "/sign-in", None, "Where people sign in."),
    _page("POST", "/sign-in", None, "Signs a person in; what they wrote before comes along.", WORDS_BYTES),
    _page("GET", "/sign-in/openid", None, "Leads to the sign-in provider."),
    _page("GET", "/sign-in/openid/back", None, "Where the sign-in provider sends people back to."),
    _page("POST", "/sign-out", None, "Signs a person out."),
    _page("POST", "/preferences", None, "Keeps language, colours and shortcuts: by the browser, and with the account."),
    _page("GET", "/settings", PEOPLE, "Where a person chooses language, colours and shortcuts."),
    _page("GET", "/", PEOPLE, "The first page of whoever is signed in."),
    _page("GET", "/cases", STAFF | {Role.MERCHANT}, "The queue: cases that wait, and a search."),
    Route(
        method="GET",
        path="/updates",
        roles=STAFF | {Role.MERCHANT},
        says="Tells an open page that something changed (server-sent events).",
        lasts=True,
    ),
    _page("POST", "/next", REVIEW, "Leads to the next case."),
    _page("GET", "/cases/{case_id}", STAFF | {Role.MERCHANT}, "One case: why a person looks, where, and its verdict."),
    _page("GET", "/photos/{case_id}/{places}/{view}", PEOPLE, "A photo of a case, or a pair of them."),
    _page("GET", "/videos/{case_id}/{place}", PEOPLE, "A video of a case, whole or in ranges of bytes."),
    _page("GET", "/clusters/{case_id}", STAFF, "Everything that was decided on the picture of a case."),
    _page("GET", "/policies", POLICIES, "The policy that judges, and its history."),
    _page("GET", "/policies/{sha256}", POLICIES, "One policy that was stored."),
    _page("POST", "/cases/{case_id}/recommendation", CLOSES, "A person closes a recommendation as done or declined."),
    _page("POST", "/cases/{case_id}/verdict", REVIEW, "A reviewer decides the case."),
    _page("POST", "/policies", AUTHORS, "An author proposes a policy.", WORDS_BYTES),
    _page("POST", "/policies/{sha256}/activate", APPROVERS, "A second person lets a proposed policy judge."),
    _page("POST", "/policies/{sha256}/rollback", APPROVERS, "Lets a policy judge again that judged before."),
    _page("POST", "/policies/hold", APPROVERS, "Sends everything to review until a policy is activated."),
    _page("GET", "/audit", AUDIT, "Sealed heads of the audit trail, and who did what on a day."),
    _page("POST", "/audit/verify", AUDIT, "Proves that the audit trail is as it was written."),
    _page("GET", "/today", REVIEW, "What the reviewer did today."),
    _page("GET", "/search", STAFF, "Where a photo is chosen to search by."),
    _page("POST", "/search", STAFF, "Shows the earlier photos that one resembles.", UPLOAD_BYTES),
    _page("GET", "/people", ADMINS, "Accounts, their roles, and who is locked."),
    _page("POST", "/people", ADMINS, "Makes an account; its password is shown once."),
    _page("POST", "/people/{name}/roles", ADMINS, "Changes what somebody may do, at once."),
    _page("POST", "/people/{name}/password", ADMINS, "Gives an account another password, which ends its lock."),
    _page("POST", "/people/{name}/close", ADMINS, "Closes an account, and ends its sessions."),
    _page("GET", "/keys", ADMINS, "API keys, what they open, and until when."),
    _page("POST", "/keys", ADMINS, "Makes a key, which is shown once."),
    _page("POST", "/keys/{key_id}/revoke", ADMINS, "Revokes a key."),
    _page("GET", "/webhooks", HOOKS, "Addresses that are told of review events, and what they were told."),
    _page("POST", "/webhooks", HOOKS, "Adds an address, or a new secret to one; it is shown once."),
    _page("POST", "/webhooks/{webhook_id}/remove", HOOKS, "Removes an address."),
    _page("POST", "/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", HOOKS, "Sends a delivery again."),
    _page("GET", "/statistics", FIGURES, "How good the review of some days was, and the money held and released."),
    _page("GET", "/workload", LEADS, "The queue now: ageing, deadlines, what comes, and who is there."),
    _page("GET", "/desk", SHOP, "A merchant's own cases: what is asked until when, and the rest."),
    _page("GET", "/desk/requests/{request_id}", SHOP, "What was decided on a merchant's request, and how to object."),
    _page("GET", "/desk/requests/{request_id}/photos/{place}", SHOP, "A photo of a request that a machine cleared."),
    _page("POST", "/desk/requests/{request_id}/objection", SHOP, "The merchant objects to a clear, and names a photo."),
    _page(
        "POST",
        "/cases/{case_id}/statement",
        SHOP,
        "The merchant says something on the case, with photos or without.",
        UPLOAD_BYTES,
    ),
    _page("POST", "/cases/{case_id}/appeal", SHOP, "The merchant asks for another verdict."),
    _page("POST", "/work/{assignment_id}/hold", REVIEW, "A reviewer parks a case."),
    _page("POST", "/work/{assignment_id}/hand-over", REVIEW, "A reviewer gives a case to a named person."),
    _page("POST", "/work/{assignment_id}/skip", REVIEW, "A reviewer gives a case back."),
    _page("POST", "/work/{assignment_id}/draft", REVIEW, "A reviewer's draft is kept."),
    _page("POST", "/work/{assignment_id}/heartbeat", REVIEW, "The page says that the reviewer is there."),
    _page("POST", "/work/{assignment_id}/buyer", REVIEW, "A reviewer is shown whose claim it is, for a reason."),
)


class Table:
    """All routes, found by name or by path."""

    def __init__(self, routes: Iterable[Route] = ROUTES) -> None:
        self.routes = tuple(routes)
        self._named = {route.name: route for route in self.routes}

    def named(self, name: str) -> Route:
        """Return the route of this method and path, as in ``GET /live``; ``RuntimeError`` where it is not listed."""
        if name not in self._named:
            msg = f"{name} is not in the table of routes and roles (streams/console/routes.py)"
            raise RuntimeError(msg)
        return self._named[name]

    def at(self, path: str) -> dict[str, Route]:
        """Return the routes of a called path, by method. Where several match, the one with fewest parameters wins."""
        found: dict[str, Route] = {}
        for route in sorted(self.routes, key=lambda one: one.path.count("{")):
            if route.pattern.match(path):
                found.setdefault(route.method, route)
        return found


TABLE = Table()
