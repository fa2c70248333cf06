"""Errors as pages, for whoever came by a page: what is wrong, and what to do."""

import json

from fastapi import Request, Response

from streams.access.idempotency import Answer
from streams.console.pages.view import page
from streams.wording.tables import texts


def as_page(request: Request, answer: Answer) -> Response:
    """Return the page that says what a problem's answer says, with what a person wrote, so that it is not lost."""
    detail = json.loads(answer.body).get("detail", "")
    kind = str(answer.status)
    return page(
        request,
        "trouble.html",
        answer.status,
        kind=kind if kind in texts("pages/trouble") else "other",
        detail=detail,
        typed=getattr(request.state, "typed", ""),
    )
