"""The worker's port: ``/metrics``, ``/live`` and ``/ready``."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, choose_encoder, generate_latest

from streams.adapters.listening import not_to_be_had

Reasons = Callable[[], list[str]]


async def serve(
    registry: CollectorRegistry, live: Reasons, ready: Reasons, address: tuple[str, int], *, exemplars: bool = False
) -> web.AppRunner:
    """Return the running server; ``runner.addresses`` tells the port when 0 was asked for.

    ``live`` and ``ready`` return reasons why not: none is 200, any is 503 with the reasons as lines. With ``exemplars``
    whoever takes OpenMetrics is given it: the plain format has no place for them.
    """
    app = web.Application()

    async def metrics(request: web.Request) -> web.Response:
        if not exemplars:
            return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
        encode, kind = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(registry), headers={"Content-Type": kind})

    def health(reasons: Reasons) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def page(_: web.Request) -> web.Response:
            why = reasons()
            return web.Response(status=503 if why else 200, text="\n".join(why or ["ok"]) + "\n")

        return page

    app.add_routes([web.get("/metrics", metrics), web.get("/live", health(live)), web.get("/ready", health(ready))])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, *address).start()
    except OSError as exc:
        raise not_to_be_had(exc, "HTTP", *address) from exc
    return runner


def write_port(data_dir: Path, runner: web.AppRunner) -> int:
    """Return the port that the server listens on, after writing it to ``http.port`` in the data directory."""
    port = int(runner.addresses[0][1])
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / "http.port").write_text(f"{port}\n")
    return port
