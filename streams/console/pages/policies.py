"""Policies: the text that judges now, and every change of which one does. To read; the command line changes them."""

from fastapi import APIRouter, Request, Response

from streams.clock import now_ms
from streams.console.endpoints import Uses, at
from streams.console.pages.view import page

SHOWN_AT_MOST = 50

router = APIRouter()


@at(router, "GET /policies")
def policies_page(request: Request, uses: Uses) -> Response:
    """Show the policy that judges, and its history."""
    return _page(request, uses, None)


@at(router, "GET /policies/{sha256}")
def policy_page(request: Request, sha256: str, uses: Uses) -> Response:
    """Show one policy that was stored."""
    return _page(request, uses, sha256)


def _page(request: Request, uses: Uses, sha256: str | None) -> Response:
    active = uses.policies.active(now_ms())
    shown = active if sha256 is None else uses.policies.find(sha256).policy
    return page(
        request,
        "policies.html",
        active=active,
        shown=shown,
        history=uses.policies.history(SHOWN_AT_MOST),
    )
