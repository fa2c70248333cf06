"""Photos of cases: each call is asked whose case it is; what is not there, or not theirs, is not found, and noted."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

import structlog
from fastapi import APIRouter, Path, Response
from starlette.concurrency import run_in_threadpool

from streams.access.caller import Caller
from streams.access.roles import Role
from streams.cases.case import Case
from streams.console.api.requests import own_progress
from streams.console.api.views import not_there, own_case
from streams.console.endpoints import Asking, CaseId, RequestId, Uses, at
from streams.console.pages.view import static_text
from streams.console.routes import STAFF
from streams.console.use_cases import UseCases
from streams.errors import MediaUnreadable, NotFound
from streams.policy.kept import Kept

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, max-age=600",
}
SEE_PHOTOS = STAFF | {Role.MERCHANT}
VIEWS = r"^(thumb|screen|aligned|changed)$"
logger = structlog.get_logger(__name__)

router = APIRouter()


@at(router, "GET /photos/{case_id}/{places}/{view}")
async def photo(
    case_id: CaseId,
    places: Annotated[str, Path(max_length=16)],
    view: Annotated[str, Path(pattern=VIEWS)],
    uses: Uses,
    caller: Asking,
) -> Response:
    """Give one photo of a case, or one view of a pair."""

    def asked() -> Case:
        if not caller.has(SEE_PHOTOS):  # told as of a case that is not there: addresses can be guessed
            raise not_there(case_id)
        found = own_case(uses.files, case_id, caller)
        if "e" in places and not caller.has(frozenset(Role) - {Role.MERCHANT}):
            msg = "earlier photos are other people's, beside a photo of the case too"
            raise NotFound(msg)
        return found

    def seen() -> Kept | None:
        return uses.pictures.seen(asked())

    return await _drawn(uses, caller, seen, case_id, places, view)


@at(router, "GET /desk/requests/{request_id}/photos/{place}")
async def photo_of_request(
    request_id: RequestId, place: Annotated[int, Path(ge=0, le=99)], uses: Uses, caller: Asking
) -> Response:
    """Give one photo of a request that a machine cleared, to the merchant who may object to it."""

    def seen() -> Kept | None:
        cleared = own_progress(uses, request_id, caller).cleared
        return None if cleared is None else uses.pictures.seen_of(request_id, cleared.request_digest)

    return await _drawn(uses, caller, seen, request_id, f"c{place}", "thumb")


async def _drawn(
    uses: UseCases, caller: Caller, seen: Callable[[], Kept | None], name: str, places: str, view: str
) -> Response:
    try:
        found = await run_in_threadpool(seen)
        content = await uses.pictures.picture(None if found is None else found.evidence, places, view)
    except NotFound:
        logger.warning("a photo was asked for that is not there or not theirs", by=caller.name, of=name)
        raise
    except MediaUnreadable as exc:
        logger.warning("a photo of a case cannot be shown", of=name, places=places, why=str(exc))
        drawn = static_text("broken.svg")
        return Response(drawn, HTTPStatus.OK, HEADERS | {"Cache-Control": "no-store"}, "image/svg+xml")
    logger.info("a photo was shown", by=caller.name, of=name, places=places, view=view)
    return Response(content, headers=HEADERS, media_type="image/jpeg")
