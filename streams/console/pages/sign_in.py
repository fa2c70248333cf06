"""Signing in and out."""

import math
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response

from streams.access.accounts import Account, Locked
from streams.casework.reviewing.drafts import DRAFT_AT_MOST
from streams.clock import now_ms
from streams.console.endpoints import Asking, Uses, at
from streams.console.pages.by_session import COOKIE, begin, caller_of, from_our_pages, session_of
from streams.console.pages.forms import Form, own_path, way_to
from streams.console.pages.preferences import preferences_of
from streams.console.pages.settings import as_they_like
from streams.console.pages.typed import kept_on_its_case
from streams.console.pages.view import page, static, static_version
from streams.console.routes import TABLE
from streams.errors import NotAllowed, NotFound

FIRST = ("/desk", "/cases", "/policies")
"""Pages to begin with: the first that is for whoever signed in."""

router = APIRouter()


@at(router, "GET /static/{version}/{name}")
def static_file(version: str, name: str) -> Response:
    """Return one of our static files."""
    found = static(name) if version == static_version() else None
    if found is None:
        msg = "there is nothing at this address"
        raise NotFound(msg)
    return found


@at(router, "GET /sign-in")
def sign_in_page(request: Request, uses: Uses, next: str = "/") -> Response:  # noqa: A002 - it is called so in addresses
    """Return the page on which people sign in."""
    if session_of(request) is not None:
        return way_to(own_path(next))
    return _page(request, uses, next=own_path(next), trouble=None, name="", typed="")


def sign_in_with(request: Request, where: str, typed: str) -> Response:
    """Return the sign-in page for a form that came after its session had ended; it keeps the words that were typed."""
    told = {"next": where, "trouble": preferences_of(request).say("sign_in", "over"), "name": "", "typed": typed}
    return _page(request, request.app.state.uses, HTTPStatus.FORBIDDEN, **told)


@at(router, "POST /sign-in")
def sign_in(request: Request, sent: Form, uses: Uses) -> Response:
    """Redirect on, signed in; or return the sign-in page again with what was wrong."""
    if not from_our_pages(request):
        msg = "this form is not of this site"
        raise NotAllowed(msg)
    if not uses.local_accounts:
        msg = "people sign in by the provider here"
        raise NotAllowed(msg)
    name, where = sent.optional("name", most=64), own_path(sent.optional("next", most=2_000))
    typed = sent.optional("typed", most=DRAFT_AT_MOST)
    says = preferences_of(request)
    found = uses.accounts.check(name, sent.optional("password", most=1_024), now_ms())
    if not isinstance(found, Account):
        trouble = says.say("sign_in", "wrong")
        if isinstance(found, Locked):
            trouble = says.say("sign_in", "locked", seconds=math.ceil(found.wait_ms / 1_000))
        told = {"next": where, "trouble": trouble, "name": name, "typed": typed}
        return _page(request, uses, HTTPStatus.UNPROCESSABLE_ENTITY, **told)
    answer = way_to(where) if not typed else _with_what_was_typed(request, uses, found, where, typed)
    as_they_like(answer, uses, found.name)
    begin(answer, request, uses.sessions, found, now_ms())
    return answer


def _with_what_was_typed(request: Request, uses: Uses, account: Account, where: str, typed: str) -> Response:
    """Return the way to the case where it is a draft now; else a page that shows it, with the way on."""
    kept = kept_on_its_case(uses, caller_of(account), where, typed)
    return page(request, "typed.html", next=where, typed=typed) if kept is None else way_to(f"{kept}?kept=true")


def _page(request: Request, uses: Uses, status: int = HTTPStatus.OK, **told: Any) -> Response:
    ways = {"provider": uses.openid is not None, "local": uses.local_accounts}
    return page(request, "sign_in.html", status, **ways, **told)


@at(router, "POST /sign-out")
def sign_out(request: Request, sent: Form) -> Response:
    """Redirect to the sign-in page, signed out; ``sent`` proves that the form is ours."""
    answer, session = way_to("/sign-in"), session_of(request)
    if session is not None:  # else the form may be another site's
        sent.uses.sessions.end(session)
        answer.delete_cookie(COOKIE, path="/")
    return answer


@at(router, "GET /")
def first(caller: Asking) -> Response:
    """Redirect to the first page of whoever is signed in."""
    return way_to(next(path for path in FIRST if caller.has(TABLE.named(f"GET {path}").roles or ())))
