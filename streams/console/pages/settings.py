"""How a person likes the pages: kept by the browser, and with their account for every browser they sign in with."""

from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from streams.access.preferences import Preferences
from streams.console.endpoints import Uses, at
from streams.console.pages.by_session import from_our_pages, session_of
from streams.console.pages.forms import Form, own_path, way_to
from streams.console.pages.preferences import COOKIES
from streams.console.pages.view import page
from streams.console.use_cases import UseCases

YEAR_S = 365 * 86_400

router = APIRouter()


@at(router, "GET /settings")
def settings_page(request: Request, saved: bool = False) -> Response:  # noqa: FBT001, FBT002 - it stands so in addresses
    """Return the page of what can be chosen, and what is chosen."""
    return page(request, "settings.html", saved=saved)


@at(router, "POST /preferences")
def prefer(request: Request, sent: Form, uses: Uses) -> Response:
    """Redirect to the page that the form names, with what was chosen kept; another site's form changes nothing."""
    chosen = _chosen({field: sent.optional(field, most=16) for field in Preferences.__struct_fields__})
    if (session := session_of(request)) is not None:
        uses.preferences.keep(session.name, chosen)
    answer = way_to(own_path(sent.optional("next", most=2_000)))
    if from_our_pages(request):
        _set_cookies(answer, chosen)
    return answer


def as_they_like(answer: Response, uses: UseCases, name: str) -> None:
    """Set the cookies of whoever signs in to what they chose in another browser."""
    _set_cookies(answer, uses.preferences.of(name))


def _chosen(given: dict[str, str]) -> Preferences:
    """Return what can be chosen of it; the rest is as if nobody had said it."""
    known: dict[str, Any] = {}
    for field, value in given.items():
        try:
            msgspec.convert({field: value}, Preferences)
        except msgspec.ValidationError:
            continue
        known[field] = value
    return Preferences(**known)


def _set_cookies(answer: Response, chosen: Preferences) -> None:
    for field, cookie in COOKIES.items():
        if (value := getattr(chosen, field)) is not None:
            answer.set_cookie(cookie, value, max_age=YEAR_S, samesite="lax")
