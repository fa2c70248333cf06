"""Photos and videos of cases: each call is asked whose case it is.

What is not there, or not theirs, is not found, and noted.
"""

from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, NamedTuple

import structlog
from fastapi import APIRouter, Header, Path, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from schemas.units import MINUTE_MS
from streams.access.caller import Caller
from streams.access.roles import Role
from streams.cases.record.disclosure import PhotoView
from streams.casework.photos.pictures import Picture, PlayedVideo, pictures_of, sent_pictures
from streams.clock import now_ms
from streams.console.api.requests import own_progress
from streams.console.api.views import not_there, own_case, own_file
from streams.console.byte_ranges import asked_range
from streams.console.endpoints import Asking, CaseId, RequestId, Uses, at
from streams.console.pages.view import static_text
from streams.console.routes import STAFF
from streams.console.use_cases import UseCases
from streams.errors import MediaUnreadable, NotFound
from streams.policy.kept import Kept

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}
"""A browser asks again for what it has: whoever uses it next opens nothing, and each view is on record."""
SEE_PHOTOS = STAFF | {Role.MERCHANT}
PIECE_BYTES = 256 * 1_024
"""Bytes of a video that are read at a time: a player that jumps leaves the rest unread."""
SENT_LATER = "f"
"""How the places of photos begin that a party sent later."""
There = Annotated[str, Header(alias="If-None-Match", max_length=128)]
"""The tag of the photo that the browser has."""
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
    there: There = "",
) -> Response:
    """Return one photo of a case, or one view of a pair, as a JPEG; 304 to a browser that has it already."""

    def known() -> list[Picture]:
        return _pictures(uses, caller, case_id, places)

    return await _drawn(uses, caller, known, _Wanted(case_id, places, view, there))


@at(router, "GET /videos/{case_id}/{place}")
async def video(
    case_id: CaseId,
    place: Annotated[str, Path(max_length=16)],
    uses: Uses,
    caller: Asking,
    asked: Annotated[str | None, Header(alias="Range", max_length=128)] = None,
) -> Response:
    """Return a video of a case, or those bytes of it that a player asks for."""
    try:
        found = await run_in_threadpool(_pictures, uses, caller, case_id, place)
        played = await uses.pictures.video(found, place)
    except NotFound:
        _note_guess(caller, case_id)
        raise
    except MediaUnreadable as exc:  # the page that plays it says so
        logger.warning("a video of a case cannot be shown", of=case_id, place=place, why=str(exc))
        return Response(str(exc), HTTPStatus.NOT_FOUND, HEADERS | {"Cache-Control": "no-store"}, "text/plain")
    wanted = asked_range(asked, played.size_bytes)
    if wanted is not None and not wanted:
        told = HEADERS | {"Content-Range": f"bytes */{played.size_bytes}"}
        return Response(None, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, told)
    await _on_record(uses, caller, case_id, place, "video", jumps=wanted is not None and wanted.start > 0)
    return _in_parts(played, wanted)


@at(router, "GET /desk/requests/{request_id}/photos/{place}")
async def photo_of_request(
    request_id: RequestId, place: Annotated[int, Path(ge=0, le=99)], uses: Uses, caller: Asking, there: There = ""
) -> Response:
    """Return one photo of a cleared request, for the merchant who may object to it."""

    def known() -> list[Picture]:
        cleared = own_progress(uses, request_id, caller).cleared
        return [] if cleared is None else _judged(uses.pictures.seen_of(request_id, cleared.request_digest))

    return await _drawn(uses, caller, known, _Wanted(request_id, f"c{place}", "thumb", there))


def _in_parts(played: PlayedVideo, wanted: range | None) -> Response:
    there = range(played.size_bytes) if wanted is None else wanted
    told = HEADERS | {"Accept-Ranges": "bytes", "Content-Length": str(len(there))}
    if wanted is not None:
        told["Content-Range"] = f"bytes {there.start}-{there.stop - 1}/{played.size_bytes}"
    starts = range(there.start, there.stop, PIECE_BYTES)
    pieces = (played.read(start, min(there.stop, start + PIECE_BYTES)) for start in starts)
    status = HTTPStatus.OK if wanted is None else HTTPStatus.PARTIAL_CONTENT
    return StreamingResponse(pieces, status, told, played.media_type)


def _pictures(uses: UseCases, caller: Caller, case_id: str, places: str) -> list[Picture]:
    """Return those pictures of a case among which ``places`` is, as far as the caller may see them."""
    if not caller.has(SEE_PHOTOS):  # told as of a case that is not there: addresses can be guessed
        raise not_there(case_id)
    if places.startswith(SENT_LATER) and "-e" not in places:
        file = own_file(uses.files, case_id, caller)
        later = sent_pictures(file.case, file.follow_ups)
        return later if "-" not in places else later + _judged(uses.pictures.seen(file.case))
    found = own_case(uses.files, case_id, caller)
    if "e" in places and not caller.has(frozenset(Role) - {Role.MERCHANT}):
        msg = "earlier photos are other people's, beside a photo of the case too"
        raise NotFound(msg)
    return _judged(uses.pictures.seen(found))


def _judged(seen: Kept | None) -> list[Picture]:
    return [] if seen is None else pictures_of(seen.evidence)


def _note_guess(caller: Caller, name: str) -> None:
    logger.warning("a photo was asked for that is not there or not theirs", by=caller.name, of=name)


async def _on_record(uses: UseCases, caller: Caller, name: str, places: str, view: str, *, jumps: bool = False) -> None:
    """Put on record that somebody is shown a photo or video, before they are.

    A player that ``jumps`` in a video asks for many parts of it: they are one view a minute.
    """
    at_ms = now_ms()
    at_ms -= at_ms % MINUTE_MS if jumps else 0
    shown = PhotoView(subject_id=name, at_ms=at_ms, viewer=caller.name, places=places, view=view)
    await run_in_threadpool(uses.photo_views.note, shown)
    logger.info("a photo was shown", by=caller.name, of=name, places=places, view=view)


class _Wanted(NamedTuple):
    """A photo that is asked for; ``there`` is the tag of the one that the browser has."""

    name: str
    places: str
    view: str
    there: str


async def _drawn(uses: UseCases, caller: Caller, known: Callable[[], list[Picture]], wanted: _Wanted) -> Response:
    name, places, view, there = wanted
    try:
        content = await uses.pictures.picture(await run_in_threadpool(known), places, view)
    except NotFound:
        _note_guess(caller, name)
        raise
    except MediaUnreadable as exc:
        logger.warning("a photo of a case cannot be shown", of=name, places=places, why=str(exc))
        drawn = static_text("broken.svg")
        return Response(drawn, HTTPStatus.OK, HEADERS | {"Cache-Control": "no-store"}, "image/svg+xml")
    await _on_record(uses, caller, name, places, view)
    tagged = HEADERS | {"ETag": f'"{sha256(content).hexdigest()[:32]}"'}
    if there == tagged["ETag"]:
        return Response(None, HTTPStatus.NOT_MODIFIED, tagged)
    return Response(content, headers=tagged, media_type="image/jpeg")
