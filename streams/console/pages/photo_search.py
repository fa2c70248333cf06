"""A search by photo: the earlier photos that an uploaded one resembles, and the cases they were claimed in."""

import structlog
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from schemas.units import NEAR_BITS
from streams.access.caller import Caller
from streams.cases.query import CaseQuery
from streams.casework.photo_search import Likeness
from streams.console.api.cases import own_query
from streams.console.endpoints import Asking, Uses, at
from streams.console.pages.forms import FormWithFiles
from streams.console.pages.preferences import manners_of
from streams.console.pages.queue import row
from streams.console.pages.view import page
from streams.console.use_cases import UseCases
from streams.errors import Invalid, MediaUnreadable

logger = structlog.get_logger(__name__)

router = APIRouter()


@at(router, "GET /search")
def search_page(request: Request) -> Response:
    """Return the page on which a photo is chosen."""
    return page(request, "search.html", found=None, complete=True, near_bits=NEAR_BITS)


@at(router, "POST /search")
async def search(request: Request, sent: FormWithFiles, uses: Uses, caller: Asking) -> Response:
    """Return the page of earlier photos that a photo resembles; the photo itself is not kept."""
    files = sent.files("files")
    if len(files) != 1:
        msg = "choose one photo"
        raise Invalid(msg)
    content = await files[0].read(uses.photo_bytes + 1)
    if len(content) > uses.photo_bytes:
        msg = f"a photo has at most {uses.photo_bytes:,} bytes"
        raise Invalid(msg)
    try:
        asked = await uses.photo_search.fingerprints(content)
    except MediaUnreadable as exc:
        msg = f"this photo cannot be looked at: {exc}"
        raise Invalid(msg) from exc
    logger.info("somebody searched by a photo", by=caller.name)
    found = await uses.photo_search.like(asked)
    return await run_in_threadpool(_shown, request, uses, caller, found)


def _shown(request: Request, uses: UseCases, caller: Caller, found: Likeness) -> Response:
    says = manners_of(request)
    asked = dict.fromkeys(one.request_id for one in found.earlier if one.source == "claim" and one.request_id)
    cases = {one: uses.files.page(own_query(caller, CaseQuery(request_id=one)), None, 1) for one in asked}
    rows = [(one, [row(case, caller, says) for case in cases.get(one.request_id or "", [])]) for one in found.earlier]
    return page(request, "search.html", found=rows, complete=found.complete, near_bits=NEAR_BITS)
