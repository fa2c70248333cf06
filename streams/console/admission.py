"""The door: every call passes here before anything of it is read. Route, who asks, rate, role, size: in this order."""

import math
import time
from collections.abc import Mapping
from http import HTTPStatus
from secrets import token_hex
from urllib.parse import quote

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from streams.access.caller import Caller
from streams.access.idempotency import Answer
from streams.console.identity import Identity
from streams.console.limits import Rates, bounded, in_time, too_large
from streams.console.metrics import ConsoleMetrics
from streams.console.pages.sign_in import sign_in_with
from streams.console.pages.trouble import as_page
from streams.console.pages.typed import typed_in
from streams.console.problems import problem, problem_of, response, told_in
from streams.console.routes import API, TABLE, Route, Table
from streams.errors import SentinelError

SIGN_IN = "/sign-in"
HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
SAID_ONCE = ("Authorization", "Idempotency-Key", "If-Match", "Sentinel-Actor")
NO_ROUTE = "none"
"""The route, in figures, of a call to an address that is not there."""
logger = structlog.get_logger(__name__)


class _Refused(Exception):
    """The call goes no further; ``answer`` says why."""

    def __init__(self, answer: Answer, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(answer.status)
        self.answer = answer
        self.headers = dict(headers or {})


class Admission:
    """ASGI middleware that lets through what the table of routes and roles allows."""

    def __init__(self, app: ASGIApp, table: Table, identity: Identity, rates: Rates, metrics: ConsoleMetrics) -> None:
        self._app = app
        self._table = table
        self._identity = identity
        self._rates = rates
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on to the application, or answer why it is refused."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope, send = self._as_get(scope, send)
        call, route, receive = HTTPConnection(scope), None, in_time(receive)
        try:
            route = self._route(scope)
            caller = await self._caller(call)
            scope.setdefault("state", {})["caller"] = caller
            self._require(route, caller, call)
            _require_once(call)
            _require_size(route, call)
        except _Refused as refused:
            if _is_for_a_browser(route, call):
                state = scope.setdefault("state", {})
                state["typed"] = await typed_in(call, receive)
                if route is None:  # nobody was asked who they are yet: their pages are named on this one too
                    state["caller"] = await self._known(call)
                told = await run_in_threadpool(as_page, Request(scope), refused.answer)
                told.headers.update(refused.headers)
            else:
                accepted = call.headers.get("Accept-Language", "")
                told = response(told_in(accepted, refused.answer), refused.headers)
        except _SignIn as known:
            told = await _to_sign_in(call, known.where, receive)
        else:
            await self._answered(route, scope, receive, send)
            return
        self._metrics.calls.labels(NO_ROUTE if route is None else route.name, str(told.status_code)).inc()
        await told(scope, receive, _with_headers(send))

    def _as_get(self, scope: Scope, send: Send) -> tuple[Scope, Send]:
        """Return a call that asks for the head of an answer as one for the whole, of which its body is not sent."""
        route = self._table.at(scope["path"]).get("GET")
        if scope["method"] != "HEAD" or route is None or route.lasts:
            return scope, send

        async def send_head(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        return {**scope, "method": "GET"}, send_head

    def _route(self, scope: Scope) -> Route:
        there = self._table.at(scope["path"])
        if not there:
            raise _Refused(problem(HTTPStatus.NOT_FOUND, "there is nothing at this address"))
        if scope["method"] not in there:
            allowed = ", ".join(sorted(there))
            detail = f"this address takes {allowed}"
            raise _Refused(problem(HTTPStatus.METHOD_NOT_ALLOWED, detail), {"Allow": allowed})
        return there[scope["method"]]

    async def _caller(self, call: HTTPConnection) -> Caller | None:
        try:
            return await run_in_threadpool(self._identity.of, call)
        except SentinelError as exc:
            raise _Refused(problem_of(exc)) from exc

    async def _known(self, call: HTTPConnection) -> Caller | None:
        """Return who asks; None also where that cannot be said now."""
        try:
            return await self._caller(call)
        except _Refused:
            return None

    def _require(self, route: Route, caller: Caller | None, call: HTTPConnection) -> None:
        account = caller.account if caller is not None else f"host:{call.client.host if call.client else ''}"
        if (wait_s := self._rates.wait_s(account)) > 0:
            detail = "too many calls: wait as long as Retry-After says, in seconds"
            raise _Refused(problem(HTTPStatus.TOO_MANY_REQUESTS, detail), {"Retry-After": str(math.ceil(wait_s))})
        if route.roles is None:
            return
        if caller is None and route.page:
            raise _SignIn(call)
        if caller is None:
            detail = "say who you are: Authorization: Bearer with an API key, or a token that has not expired"
            raise _Refused(problem(HTTPStatus.UNAUTHORIZED, detail), {"WWW-Authenticate": "Bearer"})
        if not caller.has(route.roles):
            detail = f"this is for {', '.join(sorted(route.roles))}"
            raise _Refused(problem(HTTPStatus.FORBIDDEN, detail))

    async def _answered(self, route: Route, scope: Scope, receive: Receive, send: Send) -> None:
        started, status = time.monotonic(), 0

        async def send_some(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await _with_headers(send)(message)

        inside = receive if route.body_bytes is None else bounded(receive, route.body_bytes)
        try:
            await self._app(scope, inside, send_some)
        except Exception:
            number = token_hex(4)
            logger.exception("a call failed", route=route.name, number=number)
            if status:
                raise  # half an answer is out: the server cuts the connection
            fault = _fault(number)
            told = await run_in_threadpool(as_page, Request(scope), fault) if route.page else response(fault)
            await told(scope, receive, send_some)
        finally:
            self._metrics.calls.labels(route.name, str(status)).inc()
            if not route.lasts:
                self._metrics.seconds.labels(route.name).observe(time.monotonic() - started)


def _fault(number: str) -> Answer:
    """Return what is told of a fault of ours: no word of what it is, but the number under which the log has it."""
    detail = f"this is a fault of the program, logged under {number}: try again, or give the operator this number"
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail)


class _SignIn(Exception):
    def __init__(self, call: HTTPConnection) -> None:
        super().__init__(SIGN_IN)
        query = call.url.query
        path = call.url.path
        if call.scope["method"] != "GET":  # what a form was sent to is no page: the page it stood on is
            parent = path.rpartition("/")[0]
            query, path = "", parent if "GET" in TABLE.at(parent) else "/"
        self.where = path + (f"?{query}" if query else "")


def _with_headers(send: Send) -> Send:
    """Return ``send``, which adds those of :data:`HEADERS` that an answer does not have."""

    async def send_some(message: Message) -> None:
        if message["type"] == "http.response.start":
            told = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                told.setdefault(name, value)
        await send(message)

    return send_some


async def _to_sign_in(call: HTTPConnection, where: str, receive: Receive) -> Response:
    """Return the way to sign in, and to ``where`` then; what was written in a form is on that page."""
    typed = await typed_in(call, receive)
    if typed:
        return await run_in_threadpool(sign_in_with, Request(call.scope), where, typed)
    return RedirectResponse(f"{SIGN_IN}?next={quote(where, safe='')}", HTTPStatus.SEE_OTHER)


def _is_for_a_browser(route: Route | None, call: HTTPConnection) -> bool:
    """Return whether a page is to say what is wrong, where there may be no route at all."""
    if "app" not in call.scope:
        return False
    if route is not None:
        return route.page
    return not call.scope["path"].startswith(f"{API}/") and "text/html" in call.headers.get("Accept", "")


def _require_once(call: HTTPConnection) -> None:
    """Refuse a call that says two things in one place: what stands before us may have read the other one."""
    twice = [name for name in SAID_ONCE if len(call.headers.getlist(name)) > 1]
    if twice:
        raise _Refused(problem(HTTPStatus.BAD_REQUEST, f"send this header once: {', '.join(twice)}"))
    if len(call.query_params.multi_items()) != len(call.query_params):
        raise _Refused(problem(HTTPStatus.BAD_REQUEST, "query: a name stands twice: give each once"))


def _require_size(route: Route, call: HTTPConnection) -> None:
    length = call.headers.get("Content-Length", "0")
    if route.body_bytes is not None and length.isdecimal() and int(length[:19]) > route.body_bytes:
        answer = problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, too_large(route.body_bytes))
        raise _Refused(answer, {"Connection": "close"})
