"""The web application: which routes there are, and what stands before them."""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from streams.access.idempotency import Answer
from streams.console.admission import Admission
from streams.console.api import assignments, cases, evidence, golden, recommendations, requests, webhooks
from streams.console.description import described
from streams.console.endpoints import at
from streams.console.identity import Identity
from streams.console.limits import Rates
from streams.console.metrics import ConsoleMetrics
from streams.console.pages import (
    access,
    acts,
    audit,
    case,
    cluster,
    live,
    merchant,
    openid,
    photo_search,
    photos,
    policies,
    queue,
    settings,
    sign_in,
    statistics,
    webhook_log,
)
from streams.console.pages.trouble import as_page
from streams.console.problems import invalid, problem, problem_of, response, told_in
from streams.console.routes import API, TABLE, Table
from streams.console.updates import Updates
from streams.console.use_cases import UseCases
from streams.errors import SentinelError

IN_JSON = (requests, cases, recommendations, evidence, assignments, golden, webhooks)
PAGES = (
    sign_in,
    openid,
    settings,
    queue,
    live,
    case,
    photos,
    acts,
    merchant,
    cluster,
    policies,
    statistics,
    access,
    webhook_log,
    audit,
    photo_search,
)
"""The parts of the application: a module each, whose routes are added."""


def build_app(uses: UseCases, identity: Identity, rates: Rates, metrics: ConsoleMetrics) -> FastAPI:
    """Return the application; ``RuntimeError`` where its routes are not those of the table."""
    app = FastAPI(title="refund-sentinel", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.uses = uses
    app.state.updates = Updates(uses.changes, metrics)
    for part in (*IN_JSON, *PAGES):
        app.router.routes.extend(part.router.routes)  # one flat list, which is compared with the table
    _add_health(app, uses, metrics)
    _add_description(app)
    _add_errors(app)
    require_listed(served(app), TABLE)
    app.add_middleware(Admission, table=TABLE, identity=identity, rates=rates, metrics=metrics)
    return app


def served(app: FastAPI) -> list[str]:
    """Return every route of the application, as the table names them."""
    return [f"{method} {route.path}" for route in _routes(app) for method in sorted(route.methods or ())]


def require_listed(names: Iterable[str], table: Table) -> None:
    """Raise ``RuntimeError``, naming those that differ, unless these routes are those of the table."""
    there, listed = set(names), {route.name for route in table.routes}
    if there != listed:
        msg = f"not in the table of routes: {sorted(there - listed)}; only in the table: {sorted(listed - there)}"
        raise RuntimeError(msg)


def _routes(app: FastAPI) -> list[APIRoute]:
    return [route for route in app.routes if isinstance(route, APIRoute)]


def _add_health(app: FastAPI, uses: UseCases, metrics: ConsoleMetrics) -> None:
    @at(app.router, "GET /live")
    def live() -> Response:
        return Response("ok\n", media_type="text/plain")

    @at(app.router, "GET /ready")
    def ready() -> Response:
        why = uses.ready()
        told = [*(why or ["ok"]), *uses.uploads_away()]
        return Response("\n".join(told) + "\n", 503 if why else 200, media_type="text/plain")

    @at(app.router, "GET /metrics")
    def figures() -> Response:
        return Response(generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _add_description(app: FastAPI) -> None:
    kept: dict[str, Mapping[str, Any]] = {}

    @at(app.router, f"GET {API}/openapi.json")
    def description() -> JSONResponse:
        if not kept:
            kept["it"] = described(
                get_openapi(title=app.title, version="1", openapi_version="3.1.0", routes=app.routes)
            )
        return JSONResponse(kept["it"])


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(SentinelError)
    async def ours(request: Request, exc: SentinelError) -> Response:
        return await _told(request, problem_of(exc))

    @app.exception_handler(RequestValidationError)
    async def not_as_described(request: Request, exc: RequestValidationError) -> Response:
        return await _told(request, invalid(exc))

    @app.exception_handler(HTTPException)
    async def of_the_framework(request: Request, exc: HTTPException) -> Response:
        return await _told(request, problem(exc.status_code, str(exc.detail)), exc.headers)


async def _told(request: Request, answer: Answer, headers: Mapping[str, str] | None = None) -> Response:
    """Return what went wrong: as a page to whoever called one."""
    route = TABLE.at(request.url.path).get(request.method)
    if route is not None and route.page:
        return await run_in_threadpool(as_page, request, answer)
    return response(told_in(request.headers.get("Accept-Language", ""), answer), headers)
