"""Errors as pages, for whoever came by a page: what is wrong, and what to do."""

import json

from fastapi import Request, Response

from streams.access.idempotency import Answer
from streams.console.pages.preferences import preferences_of
from streams.console.pages.typed import kept_on_its_case
from streams.console.pages.view import page
from streams.console.routes import TABLE
from streams.wording.tables import texts


def as_page(request: Request, answer: Answer) -> Response:
    """Return a problem's answer as a page, with the words that the person typed, so that they are not lost.

    If they are about a case of theirs, they are kept on it as well.
    """
    typed, caller = getattr(request.state, "typed", ""), getattr(request.state, "caller", None)
    kept = None if caller is None else kept_on_its_case(request.app.state.uses, caller, request.url.path, typed)
    detail = json.loads(answer.body).get("detail", "")
    language, said = preferences_of(request).problem(detail, request.url.path)
    kind = str(answer.status)
    return page(
        request,
        "trouble.html",
        answer.status,
        kind=kind if kind in texts("pages/trouble") else "other",
        detail=said,
        detail_language=language,
        typed=typed,
        kept=kept,
        form_page=_page_of(request),
    )


def _page_of(request: Request) -> str | None:
    """Return the page that the form stands on which was sent: of addresses above its own the nearest that is a page.

    None: no form was sent, or its page is not told by its address.
    """
    if request.method != "POST":
        return None
    names = request.url.path.split("/")
    above = ("/".join(names[:number]) for number in range(len(names), 1, -1))
    return next((one for one in above if (route := TABLE.at(one).get("GET")) is not None and route.page), None)
