"""A search by photo: the earlier photos that an uploaded one resembles, and the cases they were claimed in."""

from collections.abc import Sequence

import structlog
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from schemas.records import EarlierSighting
from schemas.units import NEAR_BITS
from streams.access.caller import Caller
from streams.cases.quality.golden_showing import sighting_as_known
from streams.cases.record.query import CaseQuery
from streams.casework.photos.photo_search import Likeness
from streams.casework.photos.pictures import pictures_of
from streams.console.api.cases import own_query
from streams.console.api.views import viewer_of
from streams.console.endpoints import Asking, Uses, at
from streams.console.pages.forms import FormWithFiles
from streams.console.pages.preferences import preferences_of
from streams.console.pages.queue import row
from streams.console.pages.view import page
from streams.console.use_cases import UseCases
from streams.errors import Invalid, MediaUnreadable
from streams.policy.kept import Kept

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
    says, earlier = preferences_of(request), _known_to(caller, uses, found.earlier)
    asked = dict.fromkeys(one.request_id for one in earlier if one.source == "claim" and one.request_id)
    cases = {one: uses.files.page(own_query(caller, CaseQuery(request_id=one)), None, 1) for one in asked}
    kept = {one: uses.pictures.seen(case) for one, found_cases in cases.items() for case in found_cases}
    rows = []
    for one in earlier:
        of = one.request_id or ""
        shown = [row(case, caller, says) for case in cases.get(of, [])]
        rows.append((one, shown, _place(one, kept.get(of))))
    return page(request, "search.html", found=rows, complete=found.complete, near_bits=NEAR_BITS)


def _place(earlier: EarlierSighting, seen: Kept | None) -> str:
    """Return the place of an earlier photo among those of its case; empty where it is none of them, or gone."""
    pictures = [] if seen is None else pictures_of(seen.evidence)
    same = [one for one in pictures if one.role == "claim" and one.medium == earlier.media_id]
    part = earlier.part if any(one.part == earlier.part for one in same) else None
    return next((one.place for one in same if one.part == part), "")


def _known_to(caller: Caller, uses: UseCases, earlier: Sequence[EarlierSighting]) -> list[EarlierSighting]:
    """Return the earlier photos that the caller may know of, under the ids and times by which they know them."""
    requests = {one.request_id for one in earlier if one.request_id}
    golden = uses.files.golden_among(requests, viewer_of(caller))
    known = (sighting_as_known(one, golden) for one in earlier)
    return [one for one in known if one is not None]
