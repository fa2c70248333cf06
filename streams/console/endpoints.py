"""How an endpoint is attached to its row of the table, and what every endpoint is given."""

from collections.abc import Callable
from hashlib import sha256
from typing import Annotated, Any, TypeVar, cast

from fastapi import APIRouter, Depends, Header, Path, Request
from fastapi.responses import JSONResponse, Response

from streams.access.caller import Caller
from streams.access.idempotency import Answer
from streams.cases.acts import AuditAct
from streams.clock import now_ms
from streams.console.problems import response, told_in
from streams.console.routes import API, TABLE
from streams.console.use_cases import UseCases
from streams.console.whole_bodies import require_one_of_each

E = TypeVar("E", bound=Callable[..., Any])

IDENTIFIER = r"^[A-Za-z0-9._:-]{1,128}$"
TAG = r'^(\*|(W/)?"[0-9]{1,9}"|[0-9]{1,9})$'
CaseId = Annotated[str, Path(pattern=IDENTIFIER, description="The case's id.")]
AssignmentId = Annotated[str, Path(pattern=IDENTIFIER, description="The assignment's id.")]
RequestId = Annotated[str, Path(pattern=IDENTIFIER, description="The request's id.")]


def at(
    router: APIRouter,
    name: str,
    status: int = 200,
    answers: Any = None,
    none: str | None = None,
    media_type: str | None = None,
) -> Callable[[E], E]:
    """Return a decorator that attaches an endpoint to the route of this name, as in ``GET /live``.

    ``answers`` is the model that it answers with ``status``. ``none`` says when it answers 204 instead; ``media_type``
    is for an endpoint that answers a file. ``RuntimeError`` where the table has no such route.
    """
    route = TABLE.named(name)
    told: dict[int | str, dict[str, Any]] = {status: {"model": answers}} if answers is not None else {}
    if media_type is not None:
        told[status] = {"content": {media_type: {"schema": {"type": "string", "format": "binary"}}}}
    if none is not None:
        told[204] = {"description": none}

    def attach(endpoint: E) -> E:
        router.add_api_route(
            route.path,
            endpoint,
            methods=[route.method],
            summary=route.says,
            status_code=status,
            responses=told,
            response_model=None,
            response_class=JSONResponse if media_type is None else Response,
            include_in_schema=route.path.startswith(f"{API}/") and route.roles is not None,
        )
        return endpoint

    return attach


def _uses(request: Request) -> UseCases:
    return cast("UseCases", request.app.state.uses)


def _caller(request: Request) -> Caller:
    return cast("Caller", request.state.caller)  # the door let nobody else through


Uses = Annotated[UseCases, Depends(_uses)]
Asking = Annotated[Caller, Depends(_caller)]


def _version(
    if_match: Annotated[
        str | None,
        Header(
            pattern=TAG,
            description="The case's ETag as it was read: nothing is done if somebody changed it since.",
        ),
    ] = None,
) -> int | None:
    return None if if_match is None or if_match == "*" else int(if_match.removeprefix("W/").strip('"'))


Version = Annotated[int | None, Depends(_version)]


class Write:
    """A call that changes something: done once for each idempotency key, in one transaction with its answer."""

    def __init__(self, uses: UseCases, caller: Caller, key: str | None, call: bytes, accepted: str) -> None:
        """``call`` is what is known so far of the call, as bytes; ``accepted`` is its ``Accept-Language``."""
        self._accepted = accepted
        self._uses = uses
        self._caller = caller
        self._key = key
        self._call = sha256(call)
        self.at_ms = now_ms()

    def add(self, *parts: str) -> None:
        """Add ``parts`` to what identifies the call: with the same key, a call that differs in any is another one."""
        for part in parts:
            self._call.update(f"{len(part)}:{part}".encode())

    def act(self, note: str) -> AuditAct:
        """Return an act of the caller, now, for the reason ``note``."""
        return self._caller.act(note, self.at_ms)

    def begun(self) -> Response | None:
        """Return the first answer for a key that came before; None: the call is to be done, and the key is taken.

        For a call that does something before its answer's transaction; errors as of :meth:`answer`.
        """
        if self._key is None:
            return None
        kept = self._uses.once.take(self._account(), self._key, self._call.digest(), self.at_ms)
        return None if kept is None else response(told_in(self._accepted, kept))

    def answer(self, work: Callable[[], Answer]) -> Response:
        """Return what ``work`` answers; for a key that came before, the first answer, without calling ``work``."""
        if self._key is None:
            return response(work())
        kept = self._uses.once.answer(self._account(), self._key, self._call.digest(), self.at_ms, work)
        return response(told_in(self._accepted, kept))

    def _account(self) -> str:
        """Return whose keys these are: two people behind one API key do not share theirs."""
        return f"{self._caller.account}/{self._caller.name}"[:256]


Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=128,
        pattern=r"^[\x21-\x7e]+$",
        description="Makes a repeat harmless: it is answered as the first call was, and does nothing.",
    ),
]


def _head(request: Request) -> bytes:
    told = f"{request.method}\n{request.url.path}\n{request.url.query}\n{request.headers.get('If-Match', '')}\n"
    return told.encode("utf-8", "surrogateescape")


def _accepted(request: Request) -> str:
    return request.headers.get("Accept-Language", "")


async def _write(request: Request, uses: Uses, caller: Asking, key: Key = None) -> Write:
    body = await request.body()
    require_one_of_each(body)
    return Write(uses, caller, key, _head(request) + body, _accepted(request))


async def _upload(request: Request, uses: Uses, caller: Asking, key: Key = None) -> Write:
    return Write(uses, caller, key, _head(request), _accepted(request))


Once = Annotated[Write, Depends(_write)]
OnceUpload = Annotated[Write, Depends(_upload)]
"""The same for a call with files: the endpoint adds what is in it."""
