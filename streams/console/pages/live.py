"""The stream that an open page listens to."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from streams.clock import now_ms
from streams.console.endpoints import IDENTIFIER, Asking, Uses, at
from streams.console.pages.by_session import session_of, token_of
from streams.console.problems import problem, response
from streams.console.updates import Listener, stream
from streams.errors import TransientError

router = APIRouter()
UNBUFFERED = {"X-Accel-Buffering": "no"}
"""What proxies of the nginx kind have to be told."""


@at(router, "GET /updates")
async def updates(
    request: Request,
    uses: Uses,
    caller: Asking,
    case: Annotated[str | None, Query(pattern=IDENTIFIER)] = None,
    since: Annotated[int, Query(ge=0, lt=2**53)] = 0,
) -> Response:
    """Return the stream that tells an open page of changes; 204 without a session: keys are told by webhooks."""
    if session_of(request) is None:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    if not request.app.state.updates.room_for(caller):
        return response(problem(HTTPStatus.TOO_MANY_REQUESTS, "close some of the pages that are open"))

    async def still_there() -> bool:
        try:
            found = await run_in_threadpool(uses.sessions.of, token_of(request) or "", now_ms())
        except TransientError:
            return True  # nothing is told that a page could not ask for itself
        return found is not None and found[1].may_be == caller.scopes

    told = stream(request.app.state.updates, Listener(caller, case, since), still_there)
    return StreamingResponse(told, headers=UNBUFFERED, media_type="text/event-stream")
