"""Pages as HTML: one template each, under a policy that lets no script run but ours."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request

from streams.access.caller import Caller
from streams.clock import now_ms
from streams.console.pages import preferences
from streams.console.pages.by_session import session_of, set_cookie
from streams.console.pages.preferences import DisplayPreferences, preferences_of
from streams.console.pages.typed import CUT
from streams.console.routes import REVIEW, TABLE
from streams.errors import TransientError
from streams.wording.dates import moment
from streams.wording.tables import texts

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
UPDATES = "/updates"
"""Where pages hear of changes."""
NAVIGATION = {
    "desk": "/desk",
    "queue": "/cases",
    "photo_search": "/search",
    "today": "/today",
    "workload": "/workload",
    "statistics": "/statistics",
    "policies": "/policies",
    "audit": "/audit",
    "people": "/people",
    "keys": "/keys",
    "webhooks": "/webhooks",
}
"""What stands at the top of every page, for whom its route is."""


def page(request: Request, template: str, status: int = 200, **given: Any) -> HTMLResponse:
    """Return a page made of a template and what is ``given`` to it. A session's token that is old is renewed."""
    preferences = preferences_of(request)
    session = session_of(request)
    caller: Caller | None = getattr(request.state, "caller", None)
    html = (
        _environment()
        .get_template(template)
        .render(
            preferences=preferences,
            say=preferences.say,
            caller=caller,
            navigation=_navigation(caller),
            reviews=caller is not None and caller.has(REVIEW),
            here=request.url.path,
            static=f"/static/{static_version()}",
            updates=UPDATES if caller is not None and caller.has(TABLE.named(f"GET {UPDATES}").roles or ()) else "",
            form_token=session.form_token if session is not None else "",
            form_key=secrets.token_urlsafe(16),
            now_ms=now_ms(),
            **given,
        )
    )
    answer = HTMLResponse(html, status, HEADERS)
    if session is not None:
        token = None
        with suppress(TransientError):  # the page that says so is shown too; the old token holds
            token = request.app.state.uses.sessions.renewed(session, now_ms())
        if token is not None:
            set_cookie(answer, request, token)
    return answer


def static_text(name: str) -> bytes:
    """Return the content of one of our static files."""
    return _static()[name]


def static(name: str) -> Response | None:
    """Return one of our static files; None: there is none.

    Browsers keep it for good: its address has its hash.
    """
    found = _static().get(name)
    kind = KINDS.get(name.rpartition(".")[2])
    if found is None or kind is None:
        return None
    kept = {"Cache-Control": "public, max-age=31536000, immutable", "Content-Security-Policy": "default-src 'none'"}
    return Response(found, headers=kept, media_type=kind)


def prepare() -> None:
    """Compile every template and read what all pages need, which the first visitors would wait for else."""
    preferences.prepare()
    static_version()
    environment = _environment()
    for name in environment.list_templates():
        environment.get_template(name)


@cache
def static_version() -> str:
    """Return one hash over all our static files, 12 hex digits."""
    whole = sha256()
    for name, content in sorted(_static().items()):
        whole.update(name.encode() + content)
    return whole.hexdigest()[:12]


@cache
def _static() -> Mapping[str, bytes]:
    return {one.name: one.read_bytes() for one in files("streams.console").joinpath("static").iterdir()}


def _navigation(caller: Caller | None) -> list[tuple[str, str]]:
    if caller is None:
        return []
    return [(name, path) for name, path in NAVIGATION.items() if caller.has(TABLE.named(f"GET {path}").roles or ())]


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("streams.console"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,  # else each page asks for the time of each of its files
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["theirs"] = theirs
    made.globals |= {
        "states": texts("states"),
        "time": time,
        "policy_acts": texts("pages/policy_acts"),
        "acts": texts("acts"),
        "kinds": texts("case_page/kinds"),
        "cut": CUT,
    }
    return made


def theirs(text: object) -> Markup:
    """Return another person's text, isolated, so that its writing direction does not change ours."""
    return Markup("<bdi>{}</bdi>").format(text)


def time(preferences: DisplayPreferences, at_ms: int, now_ms: int) -> Markup:
    """Return a time (Unix milliseconds) as its distance from now; on hover, in the person's zone and in UTC."""
    machine = datetime.fromtimestamp(at_ms / 1_000, UTC).isoformat(timespec="seconds")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        machine, f"{preferences.moment(at_ms)} · {moment(at_ms)}", preferences.span(now_ms, at_ms)
    )
