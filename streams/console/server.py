"""The process: listens, answers until SIGTERM or Ctrl-C, and lets calls at hand end."""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable

import structlog
import uvicorn

from streams import gc_tuning
from streams.adapters.listening import not_to_be_had, written
from streams.adapters.own_folder import require_usable
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.schema import require_current
from streams.clock import now_ms
from streams.console.app import build_app
from streams.console.compose import identity, use_cases
from streams.console.limits import Rates
from streams.console.metrics import ConsoleMetrics
from streams.console.pages import view
from streams.console.use_cases import UseCases
from streams.errors import SentinelError
from streams.settings import Settings

CALLS_END_S = 20
BACKLOG = 512
PURGE_EVERY_S = 600
ASK_EVERY_S = 5
PORT_FILE = "console.port"
SWITCH_S = 0.001
"""How long a thread that counts figures or makes a page may go on while others wait to go on.

A page waits so long after each answer of the database while figures of a year are counted: 20 times, and with Python's
own 5 ms it takes twice as long.
"""
logger = structlog.get_logger(__name__)


async def serve(settings: Settings) -> int:
    """Return 0 after SIGTERM or SIGINT.

    Raises :class:`streams.errors.SettingsError` when the address cannot be listened on, or the folder not written to,
    and errors as of the schema and the engine.
    """
    sys.setswitchinterval(SWITCH_S)
    require_usable(settings.data_dir, "SENTINEL_DATA_DIR")
    engine = open_engine(settings.database_url)
    try:
        await asyncio.to_thread(require_current, engine)
        uses = use_cases(engine, settings)
        app = build_app(uses, identity(uses, settings), Rates(settings.console_calls_per_s), ConsoleMetrics())
        await asyncio.to_thread(view.prepare)
        gc_tuning.settle()  # a full collection looks through 250,000 objects for an eighth of a second: all pages stand
        with _listening(settings) as sock:
            server = Server(_config(app))
            _let_the_server_end_on_signals()
            _tell(settings, sock)
            beside = [asyncio.create_task(one) for one in (_purge_on(uses), _ask_on(uses))]
            drawing = asyncio.create_task(uses.pictures.start())
            try:
                await server.serve([sock])
            finally:
                for one in beside:
                    one.cancel()
                await asyncio.wait([drawing])
                uses.pictures.stop()
    finally:
        engine.dispose()
    return 0


class Server(uvicorn.Server):
    """A server that ends the streams of open pages when it stops, because they would never end by themselves."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more calls, and let those that run end."""
        self.config.app.state.updates.end()  # type: ignore[union-attr]  # the application that build_app made
        await super().shutdown(sockets)


def _config(app: object) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # an ASGI application
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=CALLS_END_S,
    )


def _listening(settings: Settings) -> socket.socket:
    host, port = settings.console_host, settings.console_port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as exc:
        sock.close()
        raise not_to_be_had(exc, "CONSOLE", host, port) from exc
    return sock


def _tell(settings: Settings, sock: socket.socket) -> None:
    """Write the port where others look for it, once calls are taken: the socket queues them from here on."""
    sock.listen(BACKLOG)
    port = sock.getsockname()[1]
    (settings.data_dir / PORT_FILE).write_text(f"{port}\n")
    logger.info("console listens", address=f"http://{written(settings.console_host, port)}")


def _let_the_server_end_on_signals() -> None:
    """Make the signals harmless for this process: the server raises them again once it has ended cleanly."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)


async def _purge_on(uses: UseCases) -> None:
    while True:
        await purge(uses.once.purge, uses.sessions.purge, uses.accounts.purge)
        await asyncio.sleep(PURGE_EVERY_S)


async def _ask_on(uses: UseCases) -> None:
    while True:
        await asyncio.to_thread(uses.ask_uploads)
        await asyncio.sleep(ASK_EVERY_S)


async def purge(*kinds: Callable[[int], int]) -> None:
    """Delete what is over of each kind; one that fails is logged, waits for the next time, and holds up no other."""
    for delete in kinds:
        try:
            await asyncio.to_thread(delete, now_ms())
        except SentinelError as exc:
            logger.warning("what is over was not deleted", error=f"{type(exc).__name__}: {exc}")
